"""The verbs of prediction: which network answers, what it says to a single example, and to every row of a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from nnstudio.gui.engines import Engines, JobHandle
from nnstudio.gui.latest import Newest
from nnstudio.gui.looking import either
from nnstudio.session.asking import Asked, Cells, Sweep, sweep, typical, with_cell, with_taken
from nnstudio.session.document import Document
from nnstudio.session.listeners import Listeners
from nnstudio.session.live import LiveRun
from nnstudio.session.notices import Notices
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import (
    Answer,
    Event,
    ExampleTaken,
    Failed,
    ModelAnswered,
    ModelDescribed,
    Predicted,
    PredictedFirst,
    Predicting,
    PredictingStopped,
    Reading,
    Stop,
)
from nnstudio.spec.inputs import Cell, ModelForm
from nnstudio.spec.requests import AskModel, AskPicture, DescribeModel, PredictTable, TakeExample
from nnstudio.spec.sources import Source

Part = Literal["train", "validation", "test"]
Request = DescribeModel | AskModel | AskPicture | TakeExample


class Answering:
    """Which network answers: the one at hand, or while a run is going on the one that was at hand before it.

    ``changed()`` is told when it is another one.
    """

    def __init__(self, document: Document, run: LiveRun, at_hand: Callable[[], str]) -> None:
        self.changed: Listeners[[]] = Listeners()
        self.model = ""
        """The model file; empty where there is none."""
        self.run = run
        self._document, self._at_hand = document, at_hand
        run.changed.listen(self.follow)
        document.changed.listen(lambda _old, _new: self.follow())

    def follow(self) -> None:
        """Take on the network at hand."""
        model = self._at_hand()
        if model == self.model or (self.run.status.is_busy and self.model and self.run.project):
            return
        self.model = model
        self.changed.tell()

    @property
    def source(self) -> Source | None:
        """Where the data of the project lie now."""
        data = self._document.project.data
        return data.source if data else None


class Asker:
    """Asks for single examples. ``changed()`` is told of another example, ``answered()`` of every answer."""

    def __init__(self, answering: Answering, engines: Engines) -> None:
        self.changed: Listeners[[]] = Listeners()
        self.answered: Listeners[[]] = Listeners()
        self.asked: Asked | None = None
        self.answer: Answer | None = None
        self.swept: tuple[Sweep, tuple[Answer, ...]] | None = None
        """The what-if curve of the focused input, as soon as it is known."""
        self.error: StudioError | None = None
        self.part: Part = "validation"
        """Where examples are taken from."""
        self._answering, self._engines = answering, engines
        self._now: Newest[ModelAnswered | StudioError] = Newest()
        self._curve: Newest[ModelAnswered | StudioError] = Newest()
        self._example: Newest[ExampleTaken | StudioError] = Newest()
        self._form: Newest[ModelDescribed | StudioError] = Newest()
        self._described = ""

    @property
    def form(self) -> ModelForm | None:
        return self.asked.form if self.asked else None

    def describe(self) -> None:
        """Find out what the network that answers asks of an example, unless that is known."""
        model = self._answering.model
        if model == self._described:
            return
        self._described = model
        for wish in (self._now, self._curve, self._example, self._form):
            wish.forget()
        self.asked = self.answer = self.swept = self.error = None
        if model:
            request = DescribeModel(model, self._answering.source)
            self._form.ask(lambda hear: self._submit(request, ModelDescribed, hear), self._take_form)
        self.changed.tell()

    def _take_form(self, found: ModelDescribed | StudioError) -> None:
        if isinstance(found, StudioError):
            self._fail(found)
            return
        sizes = dict(zip(("train", "validation", "test"), found.form.parts, strict=True))
        self.part = "validation" if sizes["validation"] else "train"
        self.asked = typical(found.form)
        self._show()

    # what the user asks for

    def be_typical(self) -> None:
        """Begin again with a typical row."""
        if self.asked:
            self.asked = typical(self.asked.form)
            self._show()

    def enter(self, step: int, at: int, cell: Cell) -> None:
        """Give one input another value."""
        if self.asked is None or self.asked.cells[step][at] == cell:
            return
        same = self.asked.focus == (step, at)
        self.asked = with_cell(self.asked, step, at, cell)
        self._ask_now()
        if not (same and self._is_swept(cell)):
            self._ask_curve()
        self.changed.tell()

    def _is_swept(self, cell: Cell) -> bool:
        """Whether the curve that is shown goes over this value."""
        if self.swept is None:
            return False
        places = self.swept[0].places
        return isinstance(cell, str) or cell is None or places[0] <= cell <= places[-1]

    def go_to(self, step: int, at: int) -> None:
        """The user is at another input: what if it were otherwise?"""
        if self.asked and self.asked.focus != (step, at):
            self.asked = with_cell(self.asked, step, at, self.asked.cells[step][at])
            self._ask_curve()
            self.changed.tell()

    def take(self, part: Part, number: int, mistaken: bool = False) -> None:
        """Take an example of the data, or the one that the network gets wrong."""
        self.part = part
        request = TakeExample(self._described, part, number, mistaken, self._answering.source)
        self._ask_example(request)

    def take_picture(self, path: Path) -> None:
        """Ask for the picture in a file."""
        self._ask_example(AskPicture(self._described, str(path)))

    # asking

    def _ask_example(self, request: TakeExample | AskPicture) -> None:
        if self.asked:
            self._example.ask(lambda hear: self._submit(request, ExampleTaken, hear), self._take_example)

    def _take_example(self, found: ExampleTaken | StudioError) -> None:
        if isinstance(found, StudioError):
            self._fail(found)
        elif self.asked:
            self._now.forget()
            self.error = None
            self.asked, self.answer = with_taken(self.asked, found), found.answer
            self._ask_curve()
            self.changed.tell()
            self.answered.tell()

    def _show(self) -> None:
        self.changed.tell()
        self._ask_now()
        self._ask_curve()

    def _ask_now(self) -> None:
        if self.asked and self.asked.cells:
            self._ask(self._now, self.asked.cells, self._take_answer)
        else:
            self.answered.tell()

    def _take_answer(self, found: ModelAnswered | StudioError) -> None:
        self.error = found if isinstance(found, StudioError) else None
        self.answer = None if isinstance(found, StudioError) else found.answers[0]
        self.answered.tell()

    def _ask_curve(self) -> None:
        self.swept = None
        if self.asked and self.asked.cells:
            going = sweep(self.asked)
            self._ask(self._curve, going.rows, lambda found: self._take_curve(going, found))

    def _take_curve(self, going: Sweep, found: ModelAnswered | StudioError) -> None:
        if not isinstance(found, StudioError):
            self.swept = going, found.answers
            self.answered.tell()

    def _ask(
        self,
        newest: Newest[ModelAnswered | StudioError],
        rows: Cells,
        receive: Callable[[ModelAnswered | StudioError], None],
    ) -> None:
        request = AskModel(self._described, rows)
        newest.ask(lambda hear: self._submit(request, ModelAnswered, hear), receive)

    def _submit(self, request: Request, kind: type, hear: Callable[..., None]) -> JobHandle:
        return self._engines.submit(request, either(kind, lambda event: event, hear))

    def _fail(self, error: StudioError) -> None:
        self.error = error
        self.changed.tell()
        self.answered.tell()


class FilePredictor:
    """Predicts every row of a file. ``changed()`` is told of every step of it."""

    def __init__(self, answering: Answering, engines: Engines, notices: Notices) -> None:
        self.changed: Listeners[[]] = Listeners()
        self.source: Source | None = None
        self.progress: Reading | Predicting | None = None
        self.first = ""
        """A preview of the first rows, while the others are checked."""
        self.result: Predicted | None = None
        self.error: StudioError | None = None
        self.inputs = self.probabilities = True
        """What a file that is written has beside the answers."""
        self._answering, self._engines, self._notices = answering, engines, notices
        self._detect = False
        self._job: JobHandle | None = None
        self._number = 0
        answering.changed.listen(self.forget)

    @property
    def is_busy(self) -> bool:
        return self._job is not None

    def forget(self) -> None:
        """Nothing is shown any more; what is under way is given up."""
        self._give_up()
        self.source = self.result = self.error = self.progress = None
        self.first = ""
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
        if self._job:
            self._job.command(Stop())

    def _ask(self, out: str) -> None:
        if self.source is None or not self._answering.model:
            return
        self.error, self.progress = None, None
        self._number += 1
        number = self._number
        wanted = {"inputs": self.inputs, "probabilities": self.probabilities} if out else {}
        request = PredictTable(self._answering.model, self.source, out, self._detect, **wanted)
        self._job = self._engines.submit(request, lambda events: self._hear(number, events))
        self.changed.tell()

    def _give_up(self) -> None:
        self.cancel()
        self._job = None
        self._number += 1

    def _hear(self, number: int, events: list[Event]) -> None:
        if number != self._number:
            return
        for event in events:
            match event:
                case Reading() | Predicting():
                    self.progress = event
                case PredictedFirst(preview):
                    self.first = preview
                case _:
                    self._end(event)
        self.changed.tell()

    def _end(self, event: Event) -> None:
        self._job = self.progress = None
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


class Predictor:
    """All verbs of prediction, over the network that answers."""

    def __init__(
        self, document: Document, engines: Engines, run: LiveRun, notices: Notices, at_hand: Callable[[], str]
    ) -> None:
        self.answering = Answering(document, run, at_hand)
        self.asker = Asker(self.answering, engines)
        self.file = FilePredictor(self.answering, engines, notices)
