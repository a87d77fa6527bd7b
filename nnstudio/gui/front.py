"""Which page stands in front: the welcome page while nothing is open, else the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from nnstudio.gui.left_behind import LeftBehind, LeftBehindBanner
from nnstudio.gui.main_window import MainWindow
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.reader import ReadingNow
from nnstudio.gui.theme import Theme
from nnstudio.session.document import State
from nnstudio.session.notices import Notice
from nnstudio.spec.project import Project

if TYPE_CHECKING:
    from nnstudio.gui.welcome.page import WelcomePage


class Front(QObject):
    """Brings the welcome page to the front and takes it away again; it is made when it is first needed.

    ``opens_something``: the window was started with files, which are waited for.
    """

    def __init__(
        self, studio: Studio, theme: Theme, window: MainWindow, banner: LeftBehindBanner, left: LeftBehind
    ) -> None:
        super().__init__(window)
        self._studio, self._theme, self._window = studio, theme, window
        self._banner, self._left = banner, left
        self._page: WelcomePage | None = None
        self._is_asked, self._is_declined = False, False
        self._is_shown: bool | None = None
        studio.document.changed.listen(self._follow)
        studio.reading.listen(self._follow_reading)
        studio.notices.posted.listen(self._hear)
        window.painted.connect(self._draw)

    @property
    def page(self) -> WelcomePage:
        """The welcome page."""
        if self._page is None:
            from nnstudio.gui.welcome.page import WelcomePage  # noqa: PLC0415  # not for who starts with a file

            self._page = WelcomePage(self._studio, self._left, self._theme)
            self._page.left.connect(self.leave)
            self._window.add_page(self._page)
        return self._page

    @property
    def is_welcome(self) -> bool:
        """Whether the welcome page is in front."""
        return bool(self._is_shown)

    def begin(self, *, opens_something: bool) -> None:
        """Show the first page; what was asked for is waited for."""
        self._is_declined = opens_something
        self._render()

    def ask(self) -> None:
        """Show the welcome page, whatever is open."""
        self._is_asked, self._is_declined = True, False
        self._render()
        if self.is_welcome:
            self.page.draw()

    def leave(self) -> None:
        """Show the workspace, whether something is open or not."""
        self._is_asked, self._is_declined = False, True
        self._render()

    def _follow(self, old: State, new: State) -> None:
        self._is_asked = self._is_asked and new.project is old.project
        self._is_declined = self._is_declined and new.saved is old.saved  # until another project is opened
        self._render()

    def _follow_reading(self, now: ReadingNow | None) -> None:
        if now is not None:
            self._is_asked = False
        self._render()

    def _hear(self, notice: Notice) -> None:
        """What was asked for at the start could not be opened: there is nothing to wait for."""
        if notice.level == "error" and self._is_declined and self._page is None:
            self._is_declined = False
            self._render()

    def _render(self) -> None:
        studio = self._studio
        is_idle = not self._is_declined and studio.reading_now is None
        wanted = self._is_asked or (is_idle and is_nothing(studio.state))
        if wanted:
            self.page.offer_way_back("" if is_nothing(studio.state) else studio.state.name)
        if wanted is not self._is_shown:
            self._is_shown = wanted
            self._banner.hold(wanted)
            self._window.bring_forward(self.page if wanted else self._window.workspace)

    def _draw(self) -> None:
        if self._page:
            self._page.draw()


def is_nothing(state: State) -> bool:
    """Whether nothing is open: no file, no data, no edit."""
    return state.path is None and state.offered is None and state.project == EMPTY


EMPTY = Project()
