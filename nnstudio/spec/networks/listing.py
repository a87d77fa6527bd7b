"""Rows in the order of a list, called by their places in it."""

from __future__ import annotations

from collections.abc import Sequence

from nnstudio.spec.layers import LayerKind
from nnstudio.spec.model import Row, new_row


def listed(name: str, kinds: Sequence[LayerKind]) -> tuple[Row, ...]:
    """Rows called as the members of an ``nn.Sequential`` of that name are: ``features.0`` and so on."""
    return tuple(new_row(kind, f"{name}.{place}") for place, kind in enumerate(kinds))
