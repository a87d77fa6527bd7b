"""A layer of one kind made of one of another kind."""

from __future__ import annotations

from typing import Any

from nnstudio.spec.layers.base import LayerKind
from nnstudio.spec.params import Field, fields_of


def converted(kind: LayerKind, wanted: type[LayerKind]) -> LayerKind:
    """A layer of the ``wanted`` kind with the settings that it has in common with ``kind``."""
    had = {field.name for field in fields_of(type(kind))}
    common = (field for field in fields_of(wanted) if field.name in had)
    return wanted(**{field.name: _carried(getattr(kind, field.name), field) for field in common})


def _carried(setting: Any, field: Field) -> Any:
    """A setting; where it has a number for each side, and there are others now, the largest of them."""
    return max(setting) if isinstance(setting, tuple) and len(setting) != field.sides else setting
