"""Who gets to see which rows: the ways to deal them out to training, validation and test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from nnstudio.spec.errors import SpecError
from nnstudio.spec.params import Declared, Param, Registry

LEAST_TRAIN = 0.05
"""Share of the rows that must be left to train on."""

_FOLDS = Param(
    "Folds",
    "Judge by k-fold cross-validation: so many networks, each validated on another part. 0 trains only one.",
    low=0,
    high=50,
)
_SEED = Param("Seed", "Another seed deals the rows out differently.", low=0, high=2**31 - 1)
_VALIDATION = Param("Validation", "Share of the rows that watches training.", low=0, high=0.9, share=True)
_TEST = Param("Test", "Share of the rows that is kept for the end.", low=0, high=0.9, share=True)


class Split(Declared):
    """Which rows train, which choose (validation), and which judge at the end (test).

    ``folds`` of 2 or more ask for k-fold cross-validation beside it: the rows that are not for the test are dealt into
    so many parts, and each part once is the validation of a network that is trained on the others.
    """

    __slots__ = ()
    folds: int

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        if self.folds == 1:
            raise SpecError(f"{self.title}: folds must be 0, or at least 2, not 1.")


@dataclass(frozen=True, slots=True)
class ShareSplit(Split):
    """A split by shares: ``validation`` and ``test`` are parts of 1, the rest trains."""

    validation: Annotated[float, _VALIDATION] = 0.1
    test: Annotated[float, _TEST] = 0.1

    def __post_init__(self) -> None:
        Split.__post_init__(self)
        if self.train < LEAST_TRAIN:
            raise SpecError(f"{self.title}: at least {LEAST_TRAIN:.0%} of the rows must be left to train on.")

    @property
    def train(self) -> float:
        """Share of the rows that the network learns from."""
        return round(1.0 - self.validation - self.test, 6)


SPLITS: Registry[Split] = Registry("split")
SPLIT = Param("Split", "How it is decided which rows train, validate and test.")


@SPLITS("random", "Random split")
@dataclass(frozen=True, slots=True)
class RandomSplit(ShareSplit):
    """Deal the rows out at random."""

    stratify: Annotated[bool, Param("Stratify", "Keep the proportions of the classes in every part.")] = True
    seed: Annotated[int, _SEED] = 0
    folds: Annotated[int, _FOLDS] = 0


@SPLITS("group", "Split by groups")
@dataclass(frozen=True, slots=True)
class GroupSplit(ShareSplit):
    """Keep rows of one group on one side: those with the same value in the column whose role is “group”."""

    seed: Annotated[int, _SEED] = 0
    folds: Annotated[int, _FOLDS] = 0


@SPLITS("time", "Split by time")
@dataclass(frozen=True, slots=True)
class TimeSplit(ShareSplit):
    """Train on the past: the latest rows test, those before them validate."""

    column: Annotated[
        str, Param("Order", "The column that tells earlier from later; empty means the order of the file.")
    ] = ""
    folds: Annotated[int, _FOLDS] = 0


@SPLITS("column", "Split by a column")
@dataclass(frozen=True, slots=True)
class ColumnSplit(Split):
    """A column of the file says which row is for what; every other value of it trains."""

    column: Annotated[str, Param("Column", "The column that says it.")] = ""
    validation: Annotated[str, Param("Validation is", "The value of the validation rows.")] = "validation"
    test: Annotated[str, Param("Test is", "The value of the test rows.")] = "test"
    folds: Annotated[int, _FOLDS] = 0


@SPLITS("files", "Separate files")
@dataclass(frozen=True, slots=True)
class FileSplit(Split):
    """The test rows (and the validation rows, if there is a file of them) lie in files of their own."""

    validation: Annotated[str, Param("Validation file", "Empty takes a share of the training file.", is_path=True)] = ""
    test: Annotated[str, Param("Test file", "Empty means no test rows.", is_path=True)] = ""
    share: Annotated[
        float,
        Param(
            "Validation share",
            "Share of the training file where there is no validation file.",
            low=0,
            high=0.9,
            share=True,
        ),
    ] = 0.1
    seed: Annotated[int, _SEED] = 0
    folds: Annotated[int, _FOLDS] = 0
