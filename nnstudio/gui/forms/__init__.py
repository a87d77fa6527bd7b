"""Forms that are made from declared fields: `Form` shows values, checks what is typed and says what was changed."""

from nnstudio.gui.forms.form import Form

__all__ = ["Form"]
