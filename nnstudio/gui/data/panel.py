"""The data panel: from a dropped file to the rows and numbers that the network gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from nnstudio.gui.data import words
from nnstudio.gui.data.column_verbs import ColumnVerbs
from nnstudio.gui.data.empty import DataEmptyState
from nnstudio.gui.data.reading import ReadingProgress
from nnstudio.gui.data.watch import Watch
from nnstudio.gui.panel import Panel
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session.document import State
from nnstudio.session.finding import Finding

if TYPE_CHECKING:
    from nnstudio.gui.data.column_details import ColumnDetails
    from nnstudio.gui.data.content import DataContent


class DataPanel(Panel):
    """Shows what is open, what each column is for and who gets to see which rows; or one column in full.

    Both pages are loaded when they are needed: the window is there before them.
    """

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Data", scrolls=True, parent=parent)
        self._studio = studio
        self._watch = Watch()
        self._theme = theme
        self._content: DataContent | None = None
        self._details: ColumnDetails | None = None
        self._verbs = ColumnVerbs(studio)
        self.empty, self.busy = DataEmptyState(studio), ReadingProgress(studio, theme)
        self.body.addWidget(self.busy)
        self.body.addWidget(self.empty, 1)
        self.destroyed.connect(studio.document.changed.listen(lambda _old, new: self._render(new)))
        self._render(studio.state)

    @property
    def content(self) -> DataContent:
        """The page for all of the data, made when it is needed first."""
        if self._content is None:
            from nnstudio.gui.data.content import DataContent  # noqa: PLC0415  # loads half of what the window needs

            self._content = DataContent(self._studio, self._theme, self._verbs, self._studio.use_fix, self._put_aside)
            self._content.setVisible(False)
            self._content.columns.details_asked.connect(self.show_details)
            self.body.insertWidget(self.body.indexOf(self.empty) + 1, self._content, 1)
        return self._content

    @property
    def details(self) -> ColumnDetails:
        """The page for columns in full, made when it is needed first."""
        if self._details is None:
            from nnstudio.gui.data.column_details import ColumnDetails  # noqa: PLC0415  # seldom looked at

            self._details = ColumnDetails(self._verbs, self._theme, self._studio.use_fix, self._put_aside)
            self._details.closed.connect(self.close_details)
            self._details.moved.connect(self._show_neighbour)
            self.body.addWidget(self._details, 1)
        return self._details

    @property
    def _in_full(self) -> bool:
        """Whether columns are shown in full, rather than all of the data."""
        return self._details is not None and bool(self._details.names)

    # rendering

    def _render(self, state: State) -> None:
        data = state.project.data
        self.set_note(words.note(state), data.source.path if data else "")
        if data is None and self._details:
            self._details.show_columns([])
        if data is not None:
            self._render_page(state)
        self._choose_page(state)

    def _render_page(self, state: State) -> None:
        findings = self._watch.look(state)
        if self._in_full:  # what is hidden is rendered when it comes back
            self.details.render_state(state, findings)
        else:
            self.content.render_state(state, findings)

    def _choose_page(self, state: State) -> None:
        """What is to be seen: the invitation, one column, or all of it."""
        data = state.project.data
        self.empty.setVisible(data is None and self._studio.reading_now is None)
        if self._content:
            self._content.setVisible(data is not None and not self._in_full)
        if self._details:
            self._details.setVisible(self._in_full)

    # what the user asks for

    def show_details(self, names: list[str]) -> None:
        """Show these columns in full, in the place of the list."""
        self.details.show_columns(names)
        self._render(self._studio.state)
        self.details.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_details(self) -> None:
        """Show the list again."""
        self.details.show_columns([])
        self._render(self._studio.state)
        self.content.columns.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_neighbour(self, by: int) -> None:
        self.show_details(self.content.columns.step(by))

    def _put_aside(self, finding: Finding) -> None:
        self._watch.put_aside(finding)
        self._render(self._studio.state)
