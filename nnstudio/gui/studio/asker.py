"""The verbs of a single example: enter it, take it from the data, and hear what the network says, also otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nnstudio.gui.studio.answering import Answering
from nnstudio.gui.studio.engines import Engines, JobHandle
from nnstudio.gui.studio.hearing import either
from nnstudio.gui.studio.latest import Newest
from nnstudio.session.asking import Asked, Cells, Sweep, sweep, typical, with_cell, with_taken
from nnstudio.session.listeners import Listeners
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import (
    Answer,
    ExampleTaken,
    ModelAnswered,
    ModelDescribed,
)
from nnstudio.spec.inputs import Cell, ModelForm
from nnstudio.spec.parts import PARTS, Part
from nnstudio.spec.requests import AskModel, AskPicture, DescribeModel, TakeExample

Request = DescribeModel | AskModel | AskPicture | TakeExample


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
        sizes = dict(zip(PARTS, found.form.parts, strict=True))
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
