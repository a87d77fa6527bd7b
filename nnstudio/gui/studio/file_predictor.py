"""The verbs of a file: check its rows, look at the first of them, write all, give it up."""

from __future__ import annotations

from pathlib import Path

from nnstudio.gui.studio.answering import Answering
from nnstudio.gui.studio.engines import Engines
from nnstudio.gui.studio.one_job import OneJob
from nnstudio.session.listeners import Listeners
from nnstudio.session.notices import Notices
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import (
    Event,
    Failed,
    Predicted,
    PredictedFirst,
    Predicting,
    PredictingStopped,
    Reading,
)
from nnstudio.spec.requests import PredictTable
from nnstudio.spec.sources import Source


class FilePredictor:
    """Predicts every row of a file. ``changed()`` is told of every step of it."""

    def __init__(self, answering: Answering, engines: Engines, notices: Notices) -> None:
        self.changed: Listeners[[]] = Listeners()
        self.source: Source | None = None
        self.model = ""
        """The model file that what is shown comes from."""
        self.progress: Reading | Predicting | None = None
        self.first: PredictedFirst | None = None
        """The first rows, while the others are checked."""
        self.result: Predicted | None = None
        self.error: StudioError | None = None
        self.inputs = self.probabilities = True
        """What a file that is written has beside the answers."""
        self._answering, self._notices = answering, notices
        self._detect = False
        self._job = OneJob(engines)
        self._is_writing = False
        self.is_outdated = False
        """Another network came to hand while a file was written, which is gone through with."""
        answering.changed.listen(self._follow_model)

    @property
    def is_busy(self) -> bool:
        return self._job.is_busy

    def _follow_model(self) -> None:
        """What the network before said is not shown any more; a file that it writes is worth waiting for."""
        self.is_outdated = self._is_writing and bool(self._answering.model)
        if self.is_outdated:
            return
        if self._is_writing:
            self._notices.info("The prediction was cancelled.", "No network is at hand. Nothing was written.")
        self.forget()

    def forget(self) -> None:
        """Nothing is shown any more; what is under way is given up."""
        self._give_up()
        self.source = self.result = self.error = self.progress = None
        self.first, self.model = None, ""
        self.changed.tell()

    def look_at(self, source: Source, detect: bool) -> None:
        """Check every row of a file, and show what the network says to the first ones."""
        self.forget()
        self.source, self._detect = source, detect
        self._ask("")

    def write(self, out: Path) -> None:
        """Write what the network says to every row."""
        self._give_up()
        self._ask(str(out))

    def cancel(self) -> None:
        """Give up what is under way; nothing is left of it."""
        self._job.stop()

    def _ask(self, out: str) -> None:
        if self.source is None or not self._answering.model:
            return
        self.error, self.progress = None, None
        self._is_writing = bool(out)
        self.model = self._answering.model
        wanted = {"inputs": self.inputs, "probabilities": self.probabilities} if out else {}
        request = PredictTable(self._answering.model, self.source, out, self._detect, **wanted)
        self._job.ask(request, self._hear)
        self.changed.tell()

    def _give_up(self) -> None:
        self._job.forget()
        self._is_writing = self.is_outdated = False

    def _hear(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case Reading() | Predicting():
                    self.progress = event
                case PredictedFirst():
                    self.first = event
                case _:
                    self._end(event)
        self.changed.tell()

    def _end(self, event: Event) -> None:
        self._job.end()
        self.progress = None
        self._is_writing = False
        match event:
            case Predicted():
                self.result = event if not event.out or self.result is None else self.result
                if event.out:
                    self._notices.info(f"The predictions were saved as “{Path(event.out).name}”.", event.out)
            case PredictingStopped():
                self._notices.info("The prediction was cancelled.", "Nothing was written.")
            case Failed(error):
                self.error = error
                self._notices.error(error)
        if self.is_outdated:
            self.forget()
