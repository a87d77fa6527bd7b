"""The parts that the rows of data are dealt into, and what they are called in a sentence."""

from __future__ import annotations

from typing import Literal

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = ("train", "validation", "test")

JudgedPart = Literal["train", "validation", "test", "all", "file"]
"""Which rows a network is judged on: a part of the split that it was trained with, all of it, or another file."""

PART_WORDS = {"train": "training", "validation": "validation", "test": "test", "all": "training, validation and test"}
"""To stand before “rows”."""

PART_COLUMNS = frozenset({"split", "fold", "set", "part", "subset", "partition", "dataset", "usage"})
"""What a column that deals the rows out is often called."""

PART_VALUES: dict[Part, tuple[str, ...]] = {
    "train": ("train", "training", "trn"),
    "validation": ("validation", "valid", "val", "dev", "development", "eval"),
    "test": ("test", "testing", "tst", "holdout", "held-out"),
}
"""What its values often call each part, most telling first."""
