"""The kinds of question that a network can answer."""

from __future__ import annotations

from enum import StrEnum


class Task(StrEnum):
    """What is to be predicted."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def is_classification(self) -> bool:
        return self is not Task.REGRESSION


_LABELS = {
    Task.BINARY: "Yes or no (binary)",
    Task.MULTICLASS: "Classification",
    Task.REGRESSION: "Regression",
}
