"""What the engine is given: the encoded data of a project."""

from __future__ import annotations

from nnstudio.data.encoding.encode import Encoded
from nnstudio.engine.examples import Examples


def examples_of(encoded: Encoded) -> Examples:
    """The encoded data as the engine takes it."""
    rows = encoded.rows
    return Examples(
        encoded.x,
        encoded.y,
        rows.train,
        rows.validation,
        rows.test,
        encoded.facts,
        encoded.encoding.target.scales,
        encoded.weights,
    )
