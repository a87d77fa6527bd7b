"""What a model's file says of its encoding is doubted until it makes sense."""

from __future__ import annotations

import math

from nnstudio.spec.errors import ModelFileError


def need(holds: bool, what: str) -> None:
    """Raise `ModelFileError` unless ``holds``: encodings come from strangers' files, too."""
    if not holds:
        raise ModelFileError("This model cannot be used.", f"What it says about {what} makes no sense.")


def finite(*numbers: float) -> bool:
    return all(map(math.isfinite, numbers))
