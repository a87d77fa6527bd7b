"""What a column means, what it is used for, and how its values become numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from nnstudio.spec.params import Declared, Field, Param, Registry


class Kind(StrEnum):
    """How the values of a column are to be understood."""

    NUMBER = "number"
    INTEGER = "integer"
    """Whole numbers, few of them different: amounts, or codes that stand for something."""
    CATEGORY = "category"
    BOOLEAN = "boolean"
    """Yes or no: two different values."""
    DATE = "date"
    TEXT = "text"
    """Free text, which hardly repeats."""
    IDENTIFIER = "identifier"
    """Names or numbers the rows; nothing general can be learned from it."""
    CONSTANT = "constant"
    IMAGE = "image"

    @property
    def label(self) -> str:
        """How it is called on screen."""
        return _LABELS.get(self, self.value)


_LABELS = {Kind.INTEGER: "integer code", Kind.BOOLEAN: "yes/no", Kind.DATE: "date", Kind.TEXT: "free text"}


class Role(StrEnum):
    """What a column is used for."""

    FEATURE = "feature"
    IGNORE = "ignore"
    TARGET = "target"
    GROUP = "group"
    """Rows with the same value belong together: a split by groups never parts them."""
    WEIGHT = "weight"
    """How much a row counts in the loss."""

    @property
    def label(self) -> str:
        """How it is called on screen."""
        return _ROLE_LABELS.get(self, self.value.capitalize())


_ROLE_LABELS = {Role.IGNORE: "Ignored"}

KIND = Field(
    "kind",
    str,
    "",
    Param("Kind", "How the values are to be understood.", labels=tuple(kind.label.capitalize() for kind in Kind)),
    tuple(Kind),
)
ROLE = Field(
    "role", str, "", Param("Role", "What it is used for.", labels=tuple(role.label for role in Role)), tuple(Role)
)
ENCODING = Param("Encode as", "What the values become.")


class ColumnEncoding(Declared):
    """How the values of one column become numbers; whatever it learns it learns from the training rows alone."""

    __slots__ = ()
    kinds: ClassVar[frozenset[Kind]]
    """The kinds of column that it can encode."""


ENCODINGS: Registry[ColumnEncoding] = Registry("encoding")

_SCALE = Param(
    "Scale",
    "How numbers are brought to a common size: to mean 0 and deviation 1 (standardise), to between 0 and 1, by median"
    " and quartiles, which outliers hardly move (robust), or by their logarithm first.",
    labels=("Standardise", "Min–max (0 to 1)", "Robust (quartiles)", "Log, standardised", "As they are"),
)
_FILL = Param(
    "Missing values", "What stands in for a missing value.", labels=("Median", "Mean", "Most frequent", "Constant")
)


@ENCODINGS("number", "Number")
@dataclass(frozen=True, slots=True)
class NumberEncoding(ColumnEncoding):
    """One number a column, brought to a size that networks learn well from."""

    kinds = frozenset({Kind.NUMBER, Kind.INTEGER, Kind.BOOLEAN, Kind.IDENTIFIER, Kind.CONSTANT})
    scale: Annotated[Literal["standard", "minmax", "robust", "log", "none"], _SCALE] = "standard"
    missing: Annotated[Literal["median", "mean", "most_frequent", "constant"], _FILL] = "median"
    constant: Annotated[float, Param("Constant", "Stands in for a missing value where a constant is chosen.")] = 0.0
    indicator: Annotated[bool, Param("Indicator", "Add a number that is 1 where the value was missing.")] = False


_CODE = Param(
    "Code",
    "How categories become numbers: a number each, 1 or 0 (one-hot), one number for the place in their order (ordinal),"
    " or 0, 1, 2 … for an embedding layer.",
    labels=("One-hot", "Ordinal (0 to 1)", "Embedding index"),
)
_MOST = Param(
    "Most categories", "The most frequent ones are kept, all others become “other”; 0 keeps all.", low=0, high=10_000
)
_OWN = Param("Missing values", "What a missing value counts as.", labels=("Own category", "Most frequent"))


@ENCODINGS("category", "Category")
@dataclass(frozen=True, slots=True)
class CategoryEncoding(ColumnEncoding):
    """Categories as numbers: one each, their place in the order, or the index of a row of an embedding table."""

    kinds = frozenset({Kind.CATEGORY, Kind.INTEGER, Kind.BOOLEAN, Kind.TEXT, Kind.IDENTIFIER, Kind.CONSTANT})
    code: Annotated[Literal["one_hot", "ordinal", "index"], _CODE] = "one_hot"
    most: Annotated[int, _MOST] = 0
    missing: Annotated[Literal["own", "most_frequent"], _OWN] = "own"


@ENCODINGS("date", "Date and time")
@dataclass(frozen=True, slots=True)
class DateEncoding(ColumnEncoding):
    """The parts of a date as numbers; those that come round again as a point on a circle."""

    kinds = frozenset({Kind.DATE})
    elapsed: Annotated[bool, Param("Elapsed time", "Days since the first training row, standardised.")] = True
    year: Annotated[bool, Param("Year", "The year, standardised.")] = False
    month: Annotated[bool, Param("Month", "January to December.")] = True
    day: Annotated[bool, Param("Day of month", "The day of the month, 1 to 31.")] = False
    weekday: Annotated[bool, Param("Weekday", "Monday to Sunday.")] = True
    hour: Annotated[bool, Param("Time of day", "Hours and minutes.")] = False
    cyclic: Annotated[
        bool, Param("Circles", "Two numbers (sine, cosine) a part, so that December lies beside January.")
    ] = True


@ENCODINGS("picture", "Picture")
@dataclass(frozen=True, slots=True)
class PictureEncoding(ColumnEncoding):
    """Pixels as numbers, channel by channel."""

    kinds = frozenset({Kind.IMAGE})
    scale: Annotated[
        Literal["standard", "unit", "symmetric", "imagenet", "none"],
        Param(
            "Normalisation",
            "How the levels of a pixel become numbers: each channel to mean 0 and deviation 1 (standardise), to a"
            " range, or by the figures that networks pretrained on ImageNet expect.",
            labels=(
                "Standardise",
                "0 to 1",
                "−1 to 1",
                "As for ImageNet",
                "As they are",
            ),
        ),
    ] = "standard"


DEFAULTS: dict[Kind, ColumnEncoding] = {
    Kind.NUMBER: NumberEncoding(),
    Kind.INTEGER: NumberEncoding(),
    Kind.CATEGORY: CategoryEncoding(),
    Kind.BOOLEAN: CategoryEncoding(),
    Kind.DATE: DateEncoding(),
    Kind.TEXT: CategoryEncoding(most=20),
    Kind.IDENTIFIER: CategoryEncoding(most=20),
    Kind.CONSTANT: CategoryEncoding(),
    Kind.IMAGE: PictureEncoding(),
}
"""How a column of each kind is encoded unless the user chose otherwise."""


def encodings_for(kind: Kind) -> tuple[type[ColumnEncoding], ...]:
    """The encodings that a column of ``kind`` can have."""
    return tuple(cls for cls in ENCODINGS.kinds.values() if kind in cls.kinds)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the data: what it is called, how it is understood, what it is used for, how it becomes numbers."""

    name: str
    kind: Kind
    role: Role = Role.FEATURE
    encoding: ColumnEncoding | None = None
    """None means the usual one of its kind."""

    @property
    def encoded(self) -> ColumnEncoding:
        """The encoding in force: the chosen one where the kind allows it, else the usual one."""
        chosen = self.encoding
        return chosen if chosen is not None and self.kind in chosen.kinds else DEFAULTS[self.kind]
