"""Asks what to do about a file that is not where the project says, or not what it was."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from nnstudio.gui.dialogs.files import FileDialogs
from nnstudio.gui.panel import Banner, Button
from nnstudio.gui.studio import Studio
from nnstudio.session.document import State


class FileBanner(Banner):
    """Stands where the data cannot be read, or differs from what the project was made for. The project stays usable."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__("warning", parent)
        self._files = FileDialogs(studio, self)
        self.locate = partial(Button, "Locate…", "", self._files.locate, "Say where the file lies now.")
        self.accept = partial(Button, "Accept it", "primary", studio.accept_file, "Go on with the file as it is now.")
        self.again = partial(Button, "Read again", "", studio.read_again, "Look once more whether it can be read.")
        self.destroyed.connect(studio.document.changed.listen(lambda _old, new: self._render(new)))
        self._render(studio.state)

    def _render(self, state: State) -> None:
        data = state.project.data
        problem = state.data_problem if state.facts_are_current else None
        self.setVisible(bool(data and ((problem and not state.source_is_current) or state.file_changed)))
        if data is None:
            return
        name = Path(data.source.path).name
        if state.file_changed:
            locate = Button(
                "Locate the old one…", "", self._files.locate, "Choose the file that the project was made for."
            )
            text = "It is not the file that the project was made for."
            self.say(f"{name} has changed.", text, [self.accept(), locate], "warning")
        elif problem and not state.source_is_current:
            if state.file_missing:
                text = f"Looked for in {Path(data.source.path).parent}. The project is complete without it."
                self.say(f"{name} is not where the project says.", text, [self.locate(), self.again()], "warning")
            else:
                self.say(problem.what, problem.advice, [self.again(), self.locate()], "bad")
