"""How a field says its title, help and limits, and how a class of such fields checks, reads and writes itself."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar, get_args, get_origin, get_type_hints

from nnstudio.spec.errors import SpecError

Sides = int | tuple[int, ...]
"""One whole number for all sides of a window, or one for each; a field of this type belongs to a class of `sides`."""


@dataclass(frozen=True, slots=True)
class Param:
    """What a form, a tooltip and a validator need to know of one field."""

    title: str
    help: str
    low: float | None = None
    high: float | None = None
    above: float | None = None
    """The value must be greater than this one (an open lower bound)."""
    unit: str = ""
    labels: tuple[str, ...] = ()
    """The wording of each choice of a ``Literal`` field, in its order."""
    suggestions: tuple[str, ...] = ()
    """Values that a text field offers; others may be typed."""
    is_path: bool = False
    """The text is a path: absolute in memory, in a project file relative to its folder."""
    usual: tuple[float, float] | None = None
    """Between which numbers a good value mostly lies: where a search looks for it."""
    share: bool = False
    """It is a share of 1, which forms show in percent."""
    log: bool = False
    """It is the ratio of two values that counts, not their difference: a search tries each power of ten as often."""


@dataclass(frozen=True, slots=True)
class Field:
    """One declared field: its name, its type, its default and its `Param`.

    Where ``sides`` is more than 1, a value may also be a tuple of so many numbers, not all the same.
    """

    name: str
    type: type
    default: Any
    param: Param
    choices: tuple[str, ...] = ()
    sides: int = 1

    def settled(self, value: Any) -> Any:
        """An allowed value as it is kept: a decimal as one, and one number for sides that are all alike."""
        if self.type is float and isinstance(value, int):
            return float(value)
        return value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value

    def check(self, value: object, owner: str) -> None:
        """Raise `SpecError`, naming the field, the rule and the value, unless ``value`` is allowed."""
        if problem := self._problem(value):
            raise SpecError(f"{owner}: {self.param.title.lower()} must be {problem}, not {reprlib.repr(value)}.")

    def _problem(self, value: object) -> str:
        if self.choices:
            return "" if value in self.choices else "one of " + ", ".join(self.choices)
        if self.type is bool or self.type is str:
            return "" if isinstance(value, self.type) else {bool: "true or false", str: "text"}[self.type]
        if isinstance(value, tuple) and len(value) == self.sides > 1:
            return next(filter(None, map(self._number_problem, value)), "")
        return self._number_problem(value)

    def _number_problem(self, value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, (int, float) if self.type is float else int):
            each = f", or {self.sides} such as {' × '.join(map(str, range(1, self.sides + 1)))}"
            return "a number" if self.type is float else f"a whole number{each if self.sides > 1 else ''}"
        return self._bounds_problem(value)

    def _bounds_problem(self, number: float) -> str:
        if not _is_finite(number):
            return "a finite number"
        if self.param.above is not None and number <= self.param.above:
            return f"greater than {_bound(self.param.above)}"
        if self.param.low is not None and number < self.param.low:
            return f"at least {_bound(self.param.low)}"
        if self.param.high is not None and number > self.param.high:
            return f"at most {_bound(self.param.high)}"
        return ""


def _is_finite(number: float) -> bool:
    """Whether a float can hold ``number``, which may be a whole number of any length."""
    try:
        return math.isfinite(number)
    except OverflowError:
        return False


def _bound(number: float) -> str:
    """A bound in full: ``0.9999`` or ``1,048,576``."""
    return f"{number:,.15g}"


PEOPLE = frozenset({"Huber", "Kaiming", "Poisson", "Xavier"})
"""Titles that are somebody's name."""


class Declared:
    """A frozen dataclass whose annotated fields check themselves when it is made."""

    __slots__ = ()
    key: ClassVar[str]
    title: ClassVar[str]

    def __post_init__(self) -> None:
        for field in fields_of(type(self)):
            given = getattr(self, field.name)
            value = tuple(given) if isinstance(given, list) and field.sides > 1 else given
            field.check(value, self.title)
            if (settled := field.settled(value)) is not given:
                object.__setattr__(self, field.name, settled)

    @classmethod
    def explanation(cls) -> str:
        """The one sentence that explains this kind: the first line of its docstring."""
        return (cls.__doc__ or "").strip().splitlines()[0]

    @classmethod
    def wording(cls) -> str:
        """The title within a sentence: ``log-softmax``, but ``ReLU`` and ``Huber``."""
        words = cls.title.split()
        return " ".join(word.lower() if word[1:].islower() and word not in PEOPLE else word for word in words)


_FIELDS: dict[type, tuple[Field, ...]] = {}


def fields_of(cls: type) -> tuple[Field, ...]:
    """The declared fields of a dataclass, in order; read from its annotations once."""
    if cls not in _FIELDS:
        hints = get_type_hints(cls, include_extras=True)
        declared = [item for item in fields(cls) if get_origin(hints[item.name]) is Annotated]
        sides = getattr(cls, "sides", 1)
        _FIELDS[cls] = tuple(_field(item.name, hints[item.name], item.default, sides) for item in declared)
    return _FIELDS[cls]


def _field(name: str, hint: Any, default: object, sides: int) -> Field:
    kind, param = get_args(hint)
    choices = get_args(kind) if get_origin(kind) is Literal else ()
    if default is MISSING:
        raise TypeError(f"the declared field {name} needs a default")
    if kind == Sides:
        return Field(name, int, default, param, sides=sides)
    return Field(name, str if choices else kind, default, param, choices)


T = TypeVar("T", bound=Declared)


class Registry(Generic[T]):
    """The kinds of one family, by the key that stands for each in JSON.

    Used as a decorator: ``@layer("linear", "Linear")`` above the ``@dataclass`` line.
    """

    def __init__(self, family: str) -> None:
        self.family = family
        self.kinds: dict[str, type[T]] = {}

    def __call__(self, key: str, title: str) -> Callable[[type[T]], type[T]]:
        def register(cls: type[T]) -> type[T]:
            if key in self.kinds:
                raise TypeError(f"two kinds of {self.family} are called {key}")
            cls.key, cls.title = key, title
            self.kinds[key] = cls
            return cls

        return register

    def choice(self, name: str, param: Param) -> Field:
        """The choice among the kinds as a field that is called ``name``: their keys, which their titles stand for."""
        titles = tuple(kind.title for kind in self.kinds.values())
        return Field(name, str, "", replace(param, labels=titles), tuple(self.kinds))

    def write(self, value: T) -> dict[str, Any]:
        """``value`` as a JSON object whose ``kind`` is its key."""
        return {"kind": value.key} | {field.name: getattr(value, field.name) for field in fields_of(type(value))}

    def read(self, data: object) -> T:
        """The value that `write` wrote; raises `SpecError` for an unknown kind, an unknown field or a bad value."""
        kind = data.get("kind") if isinstance(data, Mapping) else data
        if not isinstance(data, Mapping) or not isinstance(kind, str) or kind not in self.kinds:
            known = f"Known are: {', '.join(self.kinds)}."
            raise SpecError(f"{reprlib.repr(kind)} is not a known {self.family}.", known)
        return read_fields(self.kinds[kind], {name: value for name, value in data.items() if name != "kind"})


D = TypeVar("D")


def read_fields(cls: type[D], data: object) -> D:
    """A dataclass of declared fields from a JSON object; missing fields take their defaults."""
    if not isinstance(data, Mapping):
        raise SpecError(f"{cls.__name__} must be a JSON object, not {reprlib.repr(data)}.")
    names = {field.name for field in fields_of(cls)}
    if unknown := sorted(set(data) - names):
        raise SpecError(f"{cls.__name__} has no field called {', '.join(map(str, unknown))}.")
    return cls(**data)


def write_fields(value: object) -> dict[str, Any]:
    """The declared fields of a dataclass as a JSON object."""
    return {field.name: getattr(value, field.name) for field in fields_of(type(value))}


def changed_fields(value: object) -> dict[str, Any]:
    """The declared fields of a dataclass that are not at their defaults."""
    given = ((field, getattr(value, field.name)) for field in fields_of(type(value)))
    return {field.name: setting for field, setting in given if setting != field.default}
