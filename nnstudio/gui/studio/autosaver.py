"""Keeps what is not saved, a moment after each edit, and what waits; brings back what an earlier window left."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.session.document import Document, State
from nnstudio.session.notices import Notices
from nnstudio.spec.errors import StudioError, as_studio_error

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

    from nnstudio.runs.queued import QueuedFiles
    from nnstudio.runs.unsaved import Unsaved, UnsavedFile
    from nnstudio.session.queue import QueuedRun

Looked = tuple[list["Unsaved"], list["Unsaved"], list[StudioError]]
"""Projects that were left behind, runs that waited, and what cannot be read."""
MOMENT_MILLISECONDS = 1_000
"""So long after an edit it is written, whatever is edited meanwhile."""


class Autosaver(QObject):
    """Writes in a thread of its own: a slow disk does not hold the window up.

    Signals
    -------
    found(list[Unsaved])
        What earlier windows left behind, newest first.
    waited(list[Unsaved])
        The runs that waited in their queues, in their order.
    """

    found = Signal(list)
    waited = Signal(list)
    _looked = Signal(object)
    _failed = Signal(object)

    def __init__(self, document: Document, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._notices = document, notices
        self._is_kept, self._has_failed, self._is_closed = False, False, False
        self._is_on = True
        self._soon = QTimer(self, singleShot=True, interval=MOMENT_MILLISECONDS)
        self._soon.timeout.connect(self.keep)
        self._looked.connect(self._tell)
        self._failed.connect(self._warn)
        self._stop_listening = document.changed.listen(self._hear)

    @cached_property
    def _work(self) -> ThreadPoolExecutor:
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # the window does not start slower for it

        return ThreadPoolExecutor(1, "autosaver")

    @cached_property
    def _file(self) -> UnsavedFile:
        """Made, and used, in the other thread."""
        from nnstudio.runs.unsaved import UnsavedFile  # noqa: PLC0415  # as above

        return UnsavedFile()

    @cached_property
    def _queue(self) -> QueuedFiles:
        """Made, and used, in the other thread."""
        from nnstudio.runs.queued import QueuedFiles  # noqa: PLC0415  # as above

        return QueuedFiles()

    def _hear(self, old: State, new: State) -> None:
        if new.project is old.project and new.saved is old.saved:
            return
        if not new.is_saved and self._is_on:
            if not self._soon.isActive():
                self._soon.start()
            return
        self._forget()

    def turn(self, *, on: bool) -> None:
        """Keep what is not saved from now on, or forget what was kept."""
        if on is self._is_on:
            return
        self._is_on = on
        if on:
            self.keep()
        else:
            self._forget()

    def _forget(self) -> None:
        self._soon.stop()
        if self._is_kept:
            self._is_kept = False
            self._do(lambda: self._file.forget())  # noqa: PLW0108  # looked up in the other thread

    def keep(self) -> None:
        """Write the project now, if it is not saved."""
        if self._is_on and not self._document.state.is_saved:
            self._do(self._keeping())

    def _keeping(self) -> Callable[[], object]:
        """What writes the project as it is now."""
        state = self._document.state
        self._soon.stop()
        self._is_kept = True
        return lambda: self._file.keep(state.name, state.path, state.project)

    def keep_queue(self, waiting: tuple[QueuedRun, ...]) -> None:
        """Write the runs that wait now; they stay when the window closes."""
        if not self._is_closed:
            runs = [(run.number, run.name, run.project) for run in waiting]
            self._do(lambda: self._queue.keep(runs))

    def look(self) -> None:
        """Find what earlier windows left behind."""
        self._work.submit(_look).add_done_callback(self._hear_looked)

    def discard(self, unsaved: Unsaved) -> None:
        """Delete what was left."""
        from nnstudio.runs.unsaved import discard  # noqa: PLC0415  # as above

        self._do(lambda: discard(unsaved.folder))

    def replace(self, unsaved: Unsaved) -> None:
        """Write the project that is open now, which is what was left; where that succeeds, delete the other."""
        from nnstudio.runs.unsaved import discard  # noqa: PLC0415  # as above

        keep = self._keeping()
        self._do(lambda: (keep(), discard(unsaved.folder)))

    def close(self, *, forget: bool) -> None:
        """The window closes: what is unsaved is to be forgotten, or stays for the next start."""
        if self._is_closed:
            return
        self._is_closed = True
        self._stop_listening()
        if forget:
            self._soon.stop()
        else:
            self.keep()
        self._do(lambda: self._file.close(forget=forget) if "_file" in vars(self) else None)
        self._do(lambda: self._queue.close() if "_queue" in vars(self) else None)
        self._work.shutdown()

    def discard_queued(self, unsaved: Unsaved) -> None:
        """Delete what waited in an earlier window, if this one keeps all that waits now."""
        from nnstudio.runs.unsaved import discard  # noqa: PLC0415  # as above

        self._do(lambda: discard(unsaved.folder) if self._queue.are_whole else None)

    def _do(self, work: Callable[[], object]) -> None:
        self._work.submit(work).add_done_callback(self._hear_done)

    # from the other thread

    def _hear_done(self, future: Future[object]) -> None:
        if error := future.exception():
            self._failed.emit(error)

    def _hear_looked(self, future: Future[Looked]) -> None:
        error = future.exception()
        self._looked.emit(([], [], [as_studio_error(error)]) if error else future.result())

    # in this one

    def _tell(self, looked: Looked) -> None:
        found, waited, problems = looked
        for problem in problems:
            self._notices.warn(problem.what, problem.why, problem.remedy)
        self.found.emit(found)
        self.waited.emit(waited)

    def _warn(self, error: BaseException) -> None:
        """Say it once: the next edit would fail likewise."""
        if not self._has_failed:
            self._has_failed = True
            known = as_studio_error(error)
            self._notices.warn("Changes are not kept for the case of a crash.", f"{known.what} {known.why}".strip())


def _look() -> Looked:
    from nnstudio.runs.queued import left_waiting  # noqa: PLC0415  # as above
    from nnstudio.runs.unsaved import left_behind  # noqa: PLC0415  # as above

    (found, problems), (waited, others) = left_behind(), left_waiting()
    return found, waited, problems + others
