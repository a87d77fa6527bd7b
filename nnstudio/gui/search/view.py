"""The search of hyperparameters: what is searched, what was found so far, and which fields mattered."""

from __future__ import annotations

import time
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from nnstudio.gui.panel import MARGIN, Banner, Button, Choice, ElidedLabel
from nnstudio.gui.search import words
from nnstudio.gui.search.importance import ImportancePage
from nnstudio.gui.search.lesson import Lesson
from nnstudio.gui.search.setup import SetupPage
from nnstudio.gui.search.trials import TrialsPage
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.live_search import SearchStatus, Trial
from nnstudio.session.sentences import number
from nnstudio.spec.events import KnownSearch
from nnstudio.spec.files import project_from_json
from nnstudio.spec.project import Project
from nnstudio.spec.words import counted

SECTIONS = {
    "setup": ("Setup", "Which fields are searched, over what, and for how long."),
    "trials": ("Trials", "What was tried, and what came of it."),
    "importance": ("Importance", "Which fields mattered."),
}
REDRAW_MILLISECONDS = 120
"""So often trials are drawn at most while they are under way."""
REST, LONG_REST = 8, 120
"""So many times as long as drawing took, the window rests before the next one; longer where many trials slow it."""
SLOW_MILLISECONDS = 8
"""Half a frame: what takes longer makes the window late, and must stay rare."""
MOST_KNOWN = 20
"""Earlier searches that are offered."""
RATE = "optimizer.lr"


class SearchView(QWidget):
    """Renders the search of the project and the one that goes on, when they are looked at."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self._searcher = studio, studio.searcher
        self._has_looked = False
        self._text, self._project = "", Project()
        self.redraw = QTimer(self, singleShot=True, interval=REDRAW_MILLISECONDS)
        self.redraw.timeout.connect(self._render_search)
        self.lesson = Lesson(theme, lambda: self._searcher.toggle(RATE))
        self.interrupted, self.problem = Banner("warning"), Banner("bad")
        self.sections, self.stack = Choice(SECTIONS), QStackedWidget()
        self.setup, self.trials, self.importance = SetupPage(studio), TrialsPage(theme), ImportancePage(theme)
        self.status, self.bar = ElidedLabel(role="small"), QProgressBar()
        self.plan = ElidedLabel(role="strong")
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Trials that are done")
        self._make_buttons()
        self._lay_out()
        self._listen()
        self._render_buttons()

    def _make_buttons(self) -> None:
        searcher = self._searcher
        self.start = Button("Start", "primary", searcher.start, "Begin a search of these fields.")
        self.go_on = Button("Continue", "", searcher.go_on, "Go on with the search that is shown.")
        self.pause = Button("Pause", "", self._pause_or_resume, "Rest at the next batch, or go on.")
        self.stop = Button("Stop", "", searcher.stop, "End it; what was found stays, and it can go on.")
        self.earlier = Button("Earlier", tooltip="Searches that are remembered.")
        self.earlier.setMenu(QMenu(self.earlier))
        self.earlier.setProperty("hasMenu", True)
        self.earlier.menu().aboutToShow.connect(self._fill_earlier)
        self.use_best = Button("Open best as project", "", self._use_best, "Put the values of the best trial in.")
        self.use = Button("Open trial", "", self._use_chosen, "Put the values of the chosen trial into the project.")
        self.run = Button("Show its run", "", self._show_run, "The run of the chosen trial, among all runs.")

    def _lay_out(self) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(self.lesson)
        self._pages.addWidget(self._page())
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._above = QVBoxLayout()
        self._above.addWidget(self.interrupted)
        outer.addLayout(self._above)
        outer.addWidget(self._pages, 1)
        self.interrupted.hide()
        self.problem.hide()
        self.sections.show_choice("setup")

    def _page(self) -> QWidget:
        """What is shown as soon as something is searched."""
        head, page, self.foot = QHBoxLayout(), QWidget(), QWidget()
        head.setSpacing(GRID)
        head.addWidget(self.sections)
        head.addWidget(self.plan)
        head.addStretch(1)
        for button in (self.earlier, self.go_on, self.pause, self.stop, self.start):
            head.addWidget(button)
        foot = QHBoxLayout(self.foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(GRID)
        for button in (self.use_best, self.use, self.run):
            foot.addWidget(button)
        foot.addStretch(1)
        for section in (self.setup, self.trials, self.importance):
            self.stack.addWidget(section)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(MARGIN, GRID, MARGIN, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(head)
        for widget in (self.problem, self.status, self.bar):
            layout.addWidget(widget)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.foot)
        return page

    def _listen(self) -> None:
        searcher = self._searcher
        self.sections.chosen.connect(self._show_section)
        self.trials.chosen.connect(self._render_foot)
        self.trials.opened.connect(self._use_chosen)
        for stop in (
            self._studio.document.changed.listen(lambda _old, _new: self._render()),
            searcher.search.changed.listen(self._hear),
            searcher.listed.listen(self._render_interrupted),
        ):
            self.destroyed.connect(stop)

    # when to look

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._searcher.mark_all(True)
        if not self._has_looked:
            self._has_looked = True
            self._searcher.look()
        self._render()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._searcher.mark_all(False)

    def _hear(self) -> None:
        """Draw at once how a search begins and ends, and otherwise what comes within a moment together."""
        status = self._searcher.search.status
        if status is SearchStatus.STARTING:
            self._show_section("trials")
        if status is SearchStatus.STARTING or not status.is_busy:
            self.redraw.stop()
            self._render_search()
        elif not self.redraw.isActive():
            self.redraw.start()

    # rendering

    def _render(self) -> None:
        """Show the search of the project."""
        if not self.isVisible():
            return
        if self._studio.state.project.search.fields:
            self._searcher.warm_up()
        self.setup.render_state(self._studio.state)
        self._render_search()

    def _render_search(self) -> None:
        """Show the search that goes on, or went last."""
        if not self.isVisible():
            return
        began = time.perf_counter()
        search, project = self._searcher.search, self._studio.state.project
        is_idle = search.status is SearchStatus.IDLE
        has_fields = bool(project.search.fields)
        self.lesson.begin.setEnabled(project.data is not None and self._searcher.can_search(RATE))
        self._pages.setCurrentIndex(0 if is_idle and not has_fields else 1)
        self.sections.setVisible(not is_idle)
        self.plan.setVisible(is_idle)
        self.plan.setText(words.plan(project.search))
        if is_idle and self.sections.choice != "setup":
            self._show_section("setup")
        self._render_buttons()
        self._render_status()
        self._render_interrupted()
        self.trials.show_search(search, self._searched_by())
        self.importance.show_search(search)
        self._render_foot()
        taken = 1_000 * (time.perf_counter() - began)
        rest = LONG_REST if taken > SLOW_MILLISECONDS else REST
        self.redraw.setInterval(max(REDRAW_MILLISECONDS, round(rest * taken)))

    def _searched_by(self) -> Project:
        """The project that asked for the search that is shown."""
        started = self._searcher.search.started
        if started and started.project != self._text:
            self._text, self._project = started.project, project_from_json(started.project)
        return self._project

    def _render_buttons(self) -> None:
        searcher, status = self._searcher, self._searcher.search.status
        busy = status.is_busy
        self.start.setVisible(not busy)
        self.start.setEnabled(searcher.can_start)
        self.start.setToolTip(self._why_not() or "Begin a search of these fields.")
        self.go_on.setVisible(searcher.can_continue)
        self.go_on.setEnabled(searcher.can_continue)
        self.earlier.setVisible(not busy and bool(searcher.known))
        for button in (self.pause, self.stop):
            button.setVisible(busy)
            button.setEnabled(status in (SearchStatus.RUNNING, SearchStatus.PAUSED))
        self.pause.setText("Resume" if status is SearchStatus.PAUSED else "Pause")

    def _why_not(self) -> str:
        """What speaks against a search, in a sentence."""
        if self._studio.state.project.data is None:
            return "Open data first."
        if trouble := self._searcher.problem():
            return str(trouble)
        return next((finding.problem.what for finding in self._searcher.blocking()), "")

    def _render_status(self) -> None:
        search = self._searcher.search
        self.status.setText(words.status(search))
        self.status.setVisible(search.status is not SearchStatus.IDLE)
        planned = search.started.trials if search.started else 0
        self.bar.setVisible(search.status.is_busy)
        self.bar.setRange(0, planned)  # without a plan it shows that something goes on
        self.bar.setValue(search.done)
        self.problem.show_problem(search.error)

    def _render_interrupted(self) -> None:
        """Offer the newest search that could go on, as long as no other is shown."""
        found = self._searcher.interrupted
        shown = found is not None and self._searcher.search.status is SearchStatus.IDLE
        self.interrupted.setVisible(shown)
        self._above.setContentsMargins(MARGIN, GRID if shown else 0, MARGIN, 0)
        self.earlier.setVisible(not self._searcher.search.status.is_busy and bool(self._searcher.known))
        if shown and found:
            look = Button("Show", "quiet", lambda: self._look_at(found))
            go_on = Button("Continue", "primary", lambda: self._searcher.go_on(found.search))
            later = Button("Later", "quiet", lambda: self._searcher.leave(found))
            self.interrupted.say(words.interrupted_title(found), "What it has found is kept.", [later, look, go_on])

    def _render_foot(self) -> None:
        search, trial = self._searcher.search, self.trials.trial
        self.foot.setVisible(self.sections.choice == "trials" and bool(search.trials))
        self.use_best.setEnabled(search.best is not None)
        self.use.setEnabled(trial is not None)
        self.run.setEnabled(trial is not None and bool(trial.run))

    def _show_section(self, section: str) -> None:
        self.sections.show_choice(section)
        self.stack.setCurrentIndex(list(SECTIONS).index(section))
        self._render_foot()

    # what the user asks for

    def _pause_or_resume(self) -> None:
        if self._searcher.search.status is SearchStatus.PAUSED:
            self._searcher.resume()
        else:
            self._searcher.pause()

    def _fill_earlier(self) -> None:
        menu = self.earlier.menu()
        menu.clear()
        for known in self._searcher.known[:MOST_KNOWN]:
            menu.addAction(_told(known).replace("&", "&&")).triggered.connect(partial(self._look_at, known))

    def _look_at(self, known: KnownSearch, _checked: bool = False) -> None:
        self._searcher.show(known.search)

    def _use_best(self) -> None:
        if best := self._searcher.search.best:
            self._open(best)

    def _use_chosen(self) -> None:
        if trial := self.trials.trial:
            self._open(trial)

    def _open(self, trial: Trial) -> None:
        if project := self._searcher.project_of(trial):
            self._studio.take_over(f"Use the values of trial {trial.number}", project)

    def _show_run(self) -> None:
        if (trial := self.trials.trial) and trial.run:
            self._studio.pointed.point(trial.run)


def _told(known: KnownSearch) -> str:
    """A search in a menu: its name, when it began, and how far it is."""
    when = time.strftime("%d %b %H:%M", time.localtime(known.started))
    best = f" · best {number(known.best)}" if known.best is not None else ""
    return f"{known.name or 'Search'} · {when} · {counted(known.done, 'trial')}{best} · {known.status}"
