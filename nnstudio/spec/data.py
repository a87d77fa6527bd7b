"""The data of an experiment: a source, what its columns mean, which rows are for what, and how they are handed out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from nnstudio.spec.columns import Column, Role
from nnstudio.spec.layouts import Layout, RowLayout
from nnstudio.spec.params import Declared, Field, Param
from nnstudio.spec.sources import Source
from nnstudio.spec.splits import RandomSplit, Split
from nnstudio.spec.tasks import Task

_BATCH_SIZE = Param(
    "Batch size",
    "Rows between two updates of the weights.",
    low=1,
    high=1_048_576,
    unit="rows",
    usual=(8, 256),
    log=True,
)
_BALANCE = Param(
    "Balance",
    "What helps rare classes to be learned.",
    labels=("Nothing", "Class weights", "Balanced sampling"),
)

TASK = Field(
    "task",
    str,
    "",
    Param("Task", "The kind of question that the target asks.", labels=tuple(task.label for task in Task)),
    tuple(Task),
)
REPEATS = Field(
    "keep_repeats",
    bool,
    True,
    Param("Keep repeats", "Rows that are the same as an earlier one in every column count like all others."),
)


@dataclass(frozen=True, slots=True)
class Batches(Declared):
    """How the training rows are handed to the network."""

    title = "Batches"

    size: Annotated[int, _BATCH_SIZE] = 32
    shuffle: Annotated[bool, Param("Shuffle", "Deal the training rows out anew in every epoch.")] = True
    balance: Annotated[Literal["none", "weights", "sampling"], _BALANCE] = "none"


@dataclass(frozen=True, slots=True)
class DataSpec:
    """The data of an experiment: a source, what its columns are for, and how its rows are dealt out.

    ``columns`` names every column of the source, in its order. ``task`` is always stated: what was inferred at opening
    is written down, so that a project means the same tomorrow. ``fingerprint`` is that of the file it was made for.
    """

    source: Source
    columns: tuple[Column, ...]
    task: Task
    split: Split = field(default_factory=RandomSplit)
    batches: Batches = field(default_factory=Batches)
    fingerprint: str = ""
    layout: Layout = field(default_factory=RowLayout)
    keep_repeats: bool = True
    """Rows that are the same as an earlier one in every column count like all others; else they are left out."""

    @property
    def target(self) -> Column | None:
        """The first column to predict, or None while none is chosen."""
        return next(iter(self.targets), None)

    @property
    def targets(self) -> tuple[Column, ...]:
        """The columns to predict: several for a regression, else one; none for a reconstruction."""
        return self.with_role(Role.TARGET)

    @property
    def features(self) -> tuple[Column, ...]:
        """The columns that the network sees, in the order of the source."""
        return self.with_role(Role.FEATURE)

    def with_role(self, role: Role) -> tuple[Column, ...]:
        """The columns that are used for ``role``, in the order of the source."""
        return tuple(column for column in self.columns if column.role is role)

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)
