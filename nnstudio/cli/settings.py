"""Settings that are given as ``name=value``, for whatever declares fields: how a file is read, how rows are split."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from nnstudio.spec.errors import SpecError
from nnstudio.spec.params import Declared, Field, fields_of, write_fields

D = TypeVar("D", bound=Declared)

WORDS_FOR_TRUTH = {
    "yes": True,
    "true": True,
    "on": True,
    "1": True,
    "no": False,
    "false": False,
    "off": False,
    "0": False,
}


def with_settings(value: D, settings: Sequence[str]) -> D:
    """``value`` with some fields changed: ``sheet=Sales``; raises `SpecError` for what cannot be set so."""
    fields = {field.name: field for field in fields_of(type(value)) if field.name != "path"}
    changes = {}
    for setting in settings:
        name, sign, text = setting.partition("=")
        if not sign or name not in fields:
            raise SpecError(
                f"{value.title}: “{setting}” cannot be set.",
                f"What can be set is {', '.join(fields)}." if fields else "Nothing can be set here.",
                "Write NAME=VALUE.",
            )
        changes[name] = _read(fields[name], text)
    return type(value)(**write_fields(value) | changes)


def _read(field: Field, text: str) -> object:
    """What ``text`` means to a field: a choice also by its label, a truth also as yes or no."""
    if field.choices:
        labels = dict(zip((label.casefold() for label in field.param.labels), field.choices, strict=False))
        return labels.get(text.casefold(), text)
    if field.param.is_path and text:
        return str(Path(text).absolute())
    if field.type is bool:
        return WORDS_FOR_TRUTH.get(text.casefold(), text)
    if field.type in (int, float):
        return _number(field, text)
    return text


def _number(field: Field, text: str) -> object:
    try:
        return field.type(text)
    except ValueError:
        return text  # the field's own check says what it must be
