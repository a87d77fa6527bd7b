"""What stands between the window and the studio: dialogs, the title, leave to close."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from nnstudio.gui.actions.board import Board
from nnstudio.gui.dialogs.files import FileDialogs
from nnstudio.gui.dialogs.transfer import TransferDialogs
from nnstudio.gui.front import Front
from nnstudio.gui.idea_banner import IdeaBanner
from nnstudio.gui.main_window import MainWindow
from nnstudio.gui.notices.list import NoticeList
from nnstudio.gui.notifying import Notifier, ending_of
from nnstudio.gui.pointing import point_at
from nnstudio.gui.search_marks import field_of
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.transferring import Page
from nnstudio.gui.tabbed import TabbedPanel
from nnstudio.gui.theme import Theme
from nnstudio.session.document import State
from nnstudio.session.ideas import Idea
from nnstudio.session.live import Status
from nnstudio.session.preferences import Preferences
from nnstudio.spec.events import EngineReady

if TYPE_CHECKING:
    from nnstudio.gui.palette.popup import CommandPalette


class Desk(QObject):
    """Answers what actions ask of the window (`nnstudio.gui.actions.shell.Shell`), and keeps its title and theme."""

    def __init__(
        self,
        studio: Studio,
        theme: Theme,
        window: MainWindow,
        notices: NoticeList,
        front: Front,
    ) -> None:
        super().__init__(window)
        self._front = front
        self.idea = IdeaBanner(self.show_idea, window)
        self._studio, self._theme, self._window, self._notices = studio, theme, window, notices
        self._files, self._transfer = FileDialogs(studio, window), TransferDialogs(studio, window)
        self._notifier = Notifier(window)
        self._ready: EngineReady | None = None
        self._was_busy = False
        self._board: Board | None = None
        self._palette: CommandPalette | None = None
        window.may_close, window.plan = self._files.may_close, self._files.plan
        window.files_given.connect(self._files.open_paths)
        window.refused.connect(self._files.refuse)
        studio.engines.ready.connect(self._hear_ready)
        studio.document.changed.listen(self._render_title)
        studio.preferred.listen(self._render_theme)
        studio.run.changed.listen(self._tell_end)
        studio.pointed.asked.listen(lambda: self.show_result("Runs"))
        self._render_title(studio.state, studio.state)

    def attend(self, board: Board) -> None:
        """Offer the actions of ``board`` in the palette and on the sheet of shortcuts."""
        self._board = board
        self._window.rearranged.connect(board.refresh)

    # what actions ask for

    @property
    def studio(self) -> Studio:
        return self._studio

    @property
    def files(self) -> FileDialogs:
        return self._files

    @property
    def transfer(self) -> TransferDialogs:
        return self._transfer

    def show_transfer(self, page: Page) -> None:
        self.show_result("Transfer")
        self._studio.transfer.shown.tell(page)

    def is_panel_shown(self, name: str) -> bool:
        return not (self._window.has_workspace and self._window.workspace.docks[name].isHidden())

    def toggle_panel(self, name: str) -> None:
        workspace = self._window.workspace
        if self._front.is_welcome or not workspace.is_in_front(name):
            workspace.bring_forward(name)
        else:
            workspace.docks[name].hide()
        self._front.leave()

    def show_result(self, name: str) -> None:
        self._front.leave()
        self._window.workspace.bring_forward("Results")
        panel = self._window.workspace.docks["Results"].panel
        assert isinstance(panel, TabbedPanel)
        panel.open_tab(name)

    def show_idea(self, idea: Idea) -> None:
        """Show the place of an idea, give the keyboard to one of its controls, and say what to do there."""
        workspace = self._window.workspace
        if idea.place in workspace.docks:
            self._front.leave()
            workspace.bring_forward(idea.place)
        else:
            self.show_result(idea.place)
        self.idea.tell(idea)
        panel = workspace.docks.get(idea.place, workspace.docks["Results"]).panel
        QTimer.singleShot(0, panel, lambda: point_at(panel, idea.controls))  # a view is made when it is shown

    def show_run(self) -> None:
        """Let a run that has begun be seen where the results are behind another panel."""
        if self._studio.run.status is Status.STARTING and not self._window.workspace.docks["Results"].isHidden():
            self._window.workspace.bring_forward("Results")

    def reset_layout(self) -> None:
        self._front.leave()
        self._window.workspace.arrange()

    def toggle_notices(self) -> None:
        self._notices.setVisible(self._notices.isHidden())

    def fit_batch(self) -> None:
        from nnstudio.gui.dialogs.fit_batch import FitDialog  # noqa: PLC0415  # loaded when asked for

        FitDialog(self._studio, self._window).begin()

    def try_rates(self) -> None:
        from nnstudio.gui.training.range_dialog import RateDialog  # noqa: PLC0415  # loaded when asked for

        RateDialog(self._studio, self._theme, self._window).begin()

    def train_longer(self) -> None:
        from nnstudio.gui.dialogs.longer import ask_longer  # noqa: PLC0415  # loaded when asked for

        run = self._studio.run
        if run.finished and run.project:
            ask_longer(self._studio, run.finished, run.project, self._window)

    def search_field(self) -> None:
        """Take the field that has the keyboard into the search, or out of it."""
        path = field_of(QApplication.focusWidget())
        if self._studio.searcher.can_search(path) or self._studio.searcher.is_searched(path):
            self._studio.searcher.toggle(path)
        else:
            self._studio.notices.warn(
                "No field that can be searched is chosen.",
                "The keyboard is elsewhere.",
                "Go into a field of the training settings or of a layer first, or press the search icon beside it.",
            )

    def show_palette(self) -> None:
        from nnstudio.gui.palette.popup import CommandPalette  # noqa: PLC0415  # loaded when asked for

        if self._board:
            self._palette = self._palette or CommandPalette(self._board, self._theme, self._window)
            self._palette.open_over(self._window)

    def show_preferences(self) -> None:
        from nnstudio.gui.dialogs.preferences import PreferencesDialog  # noqa: PLC0415  # loaded when asked for

        PreferencesDialog(self._studio, self._window).open()

    def show_welcome(self) -> None:
        self._front.ask()

    def show_shortcuts(self) -> None:
        from nnstudio.gui.dialogs.shortcuts import ShortcutsDialog  # noqa: PLC0415  # loaded when asked for

        if self._board:
            ShortcutsDialog(list(self._board.rows.values()), self._window).open()

    def explain(self) -> None:
        """Say what the control that has the keyboard is for."""
        from nnstudio.gui.explaining import explain  # noqa: PLC0415  # loaded when asked for

        widget = QApplication.focusWidget()
        if widget is None or not explain(widget):
            self._studio.notices.info(
                "There is nothing to explain where the keyboard is.", "Go to a field or a button with Tab first."
            )

    def show_about(self) -> None:
        from nnstudio.gui.dialogs.about import AboutDialog  # noqa: PLC0415  # loads what only a report needs

        AboutDialog(self._studio.engines, self._ready, self._window).open()

    def change_reading(self) -> None:
        from nnstudio.gui.data.reading_dialog import change_reading  # noqa: PLC0415  # loaded when asked for

        change_reading(self._studio, self._theme, self._window)

    def show_encoded(self) -> None:
        from nnstudio.gui.data.encoded import show_encoded  # noqa: PLC0415  # loaded when asked for

        show_encoded(self._studio, self._window)

    def export_diagram(self) -> None:
        from nnstudio.gui.diagram.saving import export_diagram  # noqa: PLC0415  # loaded when asked for

        export_diagram(self._studio, self._window)

    def quit(self) -> None:
        self._window.close()

    # what happens

    def _hear_ready(self, ready: EngineReady) -> None:
        self._ready = ready

    def _render_title(self, old: State, new: State) -> None:
        del old
        self._window.set_title(title_of(new))

    def _render_theme(self, preferences: Preferences) -> None:
        self._theme.resize(int(preferences.size))
        if preferences.theme != self._theme.choice:
            self._theme.choose(preferences.theme)

    def _tell_end(self) -> None:
        """Draw attention to the window when a run ends while the user is elsewhere."""
        status = self._studio.run.status
        if self._was_busy and status in (Status.FINISHED, Status.FAILED) and not self._window.isActiveWindow():
            QApplication.alert(self._window)
            if self._studio.preferences.notify:
                self._notifier.tell(*ending_of(self._studio.run))
        self._was_busy = status.is_busy


def title_of(state: State) -> str:
    """``penguins.nnstudio — saved``; just the program where nothing is open."""
    if state.is_saved and state.path is None:
        return "nnstudio"
    return f"{state.name} — {'saved' if state.is_saved else 'edited'}"
