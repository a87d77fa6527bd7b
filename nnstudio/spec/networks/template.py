"""What a template of a whole network declares, and how one is fitted to the data that there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import SpecError
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.layers import Linear
from nnstudio.spec.losses import Loss, suggest_loss
from nnstudio.spec.model import Row, new_row
from nnstudio.spec.networks.readings import FITS, Read, Reading
from nnstudio.spec.params import fields_of
from nnstudio.spec.tasks import Task

MOST_OUTPUTS = max(int(field.param.high or 0) for field in fields_of(Linear) if field.name == "out_features")
"""Of one layer; what gives back larger pictures has to be built by hand."""

USUAL_RATE = 0.003
"""The highest learning rate that is suggested."""

CLASSES = frozenset({Task.BINARY, Task.MULTICLASS})
ANSWERS = CLASSES | {Task.REGRESSION}


@dataclass(frozen=True, slots=True)
class Fitted:
    """A network for the data that there are: how these have to be read, the rows, and the loss."""

    reading: Reading
    rows: tuple[Row, ...]
    loss: Loss


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the network has to give, and how many training rows there are to learn it from."""

    outputs: int
    rows: int


@dataclass(frozen=True, slots=True)
class NetworkTemplate:
    """A whole network, for any data that it fits.

    ``family`` gives the colour. Pictures need at least ``smallest`` pixels on each side. At a learning rate above
    ``fastest`` Adam loses its way in it.
    """

    key: str
    title: str
    about: str
    group: str
    family: str
    read: Read
    make: Callable[[Reading, Wanted], tuple[Row, ...]]
    tasks: frozenset[Task] = ANSWERS
    smallest: int = 1
    fastest: float = USUAL_RATE

    def explanation(self) -> str:
        """The one sentence that explains it."""
        return self.about

    def lesson(self) -> tuple[str, ...]:
        """What data it takes, and what it sets, as paragraphs to read."""
        sides = f" Their sides need at least {self.smallest} pixels." if self.smallest > 1 else ""
        head = "Its last layer and the loss follow from what the data ask for."
        slow = (
            f" Adam’s learning rate becomes {self.fastest:g} where it is higher." if self.fastest < USUAL_RATE else ""
        )
        return FITS[self.read] + sides, head + slow

    def problem(self, data: DataSpec, facts: DataFacts) -> str:
        """Why it does not fit the data, in a sentence or two; empty when it does."""
        try:
            self._reading(data, facts)
        except SpecError as problem:
            return str(problem)
        return ""

    def fitted(self, data: DataSpec, facts: DataFacts) -> Fitted:
        """The network for these data; raises `SpecError` where it does not fit them."""
        reading = self._reading(data, facts)
        loss = suggest_loss(facts.task, None, None)
        outputs = min(MOST_OUTPUTS, loss.outputs(len(facts.classes), facts.answers))
        rows = self.make(reading, Wanted(outputs, facts.rows.train))
        return Fitted(reading, (*map(new_row, reading.lead), *rows), loss)

    def _reading(self, data: DataSpec, facts: DataFacts) -> Reading:
        if facts.task not in self.tasks:
            raise _other_task(self, facts)
        reading = self.read(data, facts)
        if len(reading.shape) == 3 and min(reading.shape[1:]) < self.smallest:
            height, width = reading.shape[1:]
            raise SpecError(
                f"It needs pictures of at least {self.smallest} × {self.smallest} pixels, "
                f"but these have {height} × {width}."
            )
        return reading


def _other_task(template: NetworkTemplate, facts: DataFacts) -> SpecError:
    """Why a template is not for the task, and what is."""
    if facts.task is Task.RECONSTRUCTION:
        return SpecError("It answers a question, but the task is to give back the input.", "", "Take the autoencoder.")
    if template.tasks == {Task.RECONSTRUCTION}:
        return SpecError(
            "It gives back its input, but the task is another one.",
            "",
            f"Choose “{Task.RECONSTRUCTION.label}” as the task, in the data panel.",
        )
    if template.tasks == CLASSES:
        return SpecError(f"It tells classes apart, but “{facts.target}” is a number.", "", "Take linear regression.")
    return SpecError(f"It predicts a number, but “{facts.target}” has classes.", "", "Take logistic regression.")
