"""The kinds of question that a network can answer."""

from __future__ import annotations

from enum import StrEnum


class Task(StrEnum):
    """What is to be predicted."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"
    RECONSTRUCTION = "reconstruction"
    """The target is the input itself: an autoencoder."""

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def is_classification(self) -> bool:
        return self in (Task.BINARY, Task.MULTICLASS)


_LABELS = {
    Task.BINARY: "Yes or no (binary)",
    Task.MULTICLASS: "Classification",
    Task.REGRESSION: "Regression",
    Task.RECONSTRUCTION: "Reconstruction (autoencoder)",
}
