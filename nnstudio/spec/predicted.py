"""What the columns are called that predictions add to a table."""

from __future__ import annotations

CHANCE = "probability_"
"""Begins the name of a column with the probability of one class."""

ERROR_COLUMN = "reconstruction_error"


def predicted_column(target: str) -> str:
    """The column with what is predicted of ``target``."""
    return f"predicted_{target}"


def chance_column(name: str) -> str:
    """The column with the probability of the class ``name``."""
    return f"{CHANCE}{name}"
