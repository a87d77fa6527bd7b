"""What is asked of a JSON object before it is believed."""

from __future__ import annotations

import reprlib
from enum import StrEnum
from typing import TypeVar

from nnstudio.spec.errors import SpecError

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
_JSON = {dict: "a JSON object", list: "a list", str: "text", bool: "true or false", int: "a whole number"}


def member(data: object, name: str, kind: type[T]) -> T:
    """What a JSON object calls ``name``; raises `SpecError` unless it is there and of that kind."""
    if not isinstance(data, dict):
        raise SpecError("This project is damaged.", f"{reprlib.repr(data)} stands where a JSON object should.")
    if name not in data:
        raise SpecError("This project is damaged.", f"“{name}” is missing.")
    value = data[name]
    if not isinstance(value, kind):
        raise SpecError("This project is damaged.", f"“{name}” must be {_JSON[kind]}, not {reprlib.repr(value)}.")
    return value


def choice(data: object, name: str, choices: type[E]) -> E:
    """The same for a name out of ``choices``."""
    value = member(data, name, str)
    if value not in set(choices):
        why = f"“{name}” must be one of {', '.join(choices)}, not {reprlib.repr(value)}."
        raise SpecError("This project is damaged.", why)
    return choices(value)
