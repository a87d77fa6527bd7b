"""Why a weights file is not used, in words that a stranger's names cannot spoil."""

from __future__ import annotations

from pathlib import Path

from nnstudio.spec.errors import ModelFileError


def refused(path: Path, why: str, remedy: str = "", details: str = "") -> ModelFileError:
    """The error for the file ``path``, with the reason and what can be done."""
    return ModelFileError(f"“{path.name}” could not be opened.", why, remedy, details)


def quoted(found: object) -> str:
    """A name that a stranger chose, fit to be shown: control characters as escapes, and no more than a line."""
    text = str(found)
    return f"“{text if text.isprintable() else repr(text)[1:-1]:.80}”"
