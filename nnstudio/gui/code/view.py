"""The tab with the code: live, side by side with the stack, to be copied or saved."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from nnstudio.gui.code.page import CodePage
from nnstudio.gui.dialogs.files import FileDialogs
from nnstudio.gui.lazily import LazyView
from nnstudio.gui.panel import Button, ElidedLabel, EmptyState
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session.printing import code_of
from nnstudio.spec.code.text import Code

NOTE = "The network as PyTorch makes it. Click a line to choose its layer."


class CodeView(LazyView):
    """Prints the network that is open; choosing a layer marks its lines, and going to a line chooses its layer."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self._code = Code(())
        self._files = FileDialogs(studio, self)
        self.empty = EmptyState(
            "No code yet", "Open data: the network for it will be printed here as PyTorch code, live as you edit it."
        )
        self.page = CodePage(theme)
        self.page.line_chosen.connect(self._choose_row)
        self.note = ElidedLabel(NOTE, role="small")
        self.copy = Button("Copy", clicked=self._copy, tooltip="Copy all of the code.")
        self.save = Button("Save as .py", clicked=self._files.save_code, tooltip="Write the code into a file.")
        self.lay_out(self.empty, (self.note, self.copy, self.save), self.page)

    def render_state(self) -> None:
        code = code_of(self._studio.state, self._code)
        self.show_content(code is not None)
        self._code = code or Code(())
        self.page.show_lines([line.text for line in self._code.lines])

    def render_choice(self) -> None:
        self.page.mark(self._code.lines_of(self._studio.choice.rows))

    def _choose_row(self, number: int) -> None:
        if row_id := self._code.row_at(number):
            self._studio.choice.choose([row_id])

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._code.text)
