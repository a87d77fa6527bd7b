"""What answering without looking scores: what every score is to be held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from nnstudio.spec.parts import PARTS, Part


@dataclass(frozen=True, slots=True)
class Baseline:
    """What always giving one ``answer`` scores on the rows of each part, by the keys of the task's metrics.

    The answer is the commonest class of the training rows, or their mean, in words to stand behind “always”; it is
    empty where nothing is known. What the rows of a part do not define, such as the R² of a single row, is missing.
    """

    answer: str = ""
    train: Mapping[str, float] = field(default_factory=dict, hash=False)
    validation: Mapping[str, float] = field(default_factory=dict, hash=False)
    test: Mapping[str, float] = field(default_factory=dict, hash=False)

    def of(self, part: Part) -> Mapping[str, float]:
        """What it scores on the rows of ``part``."""
        return {"train": self.train, "validation": self.validation, "test": self.test}[part]

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Self:
        """The baseline that was written as a dictionary."""
        return cls(written.get("answer", ""), **{part: written.get(part, {}) for part in PARTS})
