"""What the window can be asked for about searching hyperparameters: rows of the table of actions."""

from __future__ import annotations

from nnstudio.gui.actions import needs
from nnstudio.gui.actions.action import Action
from nnstudio.gui.actions.shell import Shell
from nnstudio.gui.studio import Studio
from nnstudio.session.live_search import SearchStatus


def _can_start(studio: Studio) -> bool:
    has_something = studio.state.project.data is not None and bool(studio.state.project.search.fields)
    return has_something and not studio.searcher.search.status.is_busy


def _goes_on(studio: Studio) -> bool:
    return studio.searcher.search.status in (SearchStatus.RUNNING, SearchStatus.PAUSED)


def _start(shell: Shell) -> None:
    shell.show_result("Search")
    shell.studio.searcher.start()


SEARCH = (
    Action(
        "search_field", "Training", "Search this field", lambda s: s.search_field(),
        "Take the field that the keyboard is in into the search, or out of it.", "Ctrl+Shift+F",
        enabled=lambda studio: studio.state.project.data is not None, separated=True,
        needs=needs.DATA,
    ),
    Action(
        "start_search", "Training", "Start search", _start,
        "Try values of the searched fields, each trial a run of its own.", "Ctrl+F9", enabled=_can_start,
        needs="Needs data and a field that is searched, and no search under way.",
    ),
    Action(
        "stop_search", "Training", "Stop search", lambda s: s.studio.searcher.stop(),
        "End the search at the next batch; what was found stays, and it can go on.", "Ctrl+Shift+F9", enabled=_goes_on,
        needs="No search is under way.",
    ),
)  # fmt: skip
