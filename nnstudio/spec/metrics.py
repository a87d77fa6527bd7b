"""What a result is judged by, declared once each; torchmetrics computes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nnstudio.spec.calls import Call
from nnstudio.spec.tasks import Task


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure: its key in results, its title, whether it is in the target's unit, and the torchmetrics class.

    Of several targets the mean of their measures is taken, each in its own unit. Of measures that are counted together
    it is the one at ``place``.
    """

    key: str
    title: str
    help: str
    torch_name: str
    better: Literal["higher", "lower"] = "higher"
    in_target_unit: bool = False
    average: str = ""
    """How torchmetrics puts the measures of several outputs together, where not as their mean."""
    place: int | None = None

    def call(self, classes: int, targets: int = 1) -> Call:
        """The torchmetrics object, for ``classes`` classes where it counts them, or for ``targets`` values in a row."""
        if self.in_target_unit and targets > 1:
            return Call(self.torch_name, (), {"num_outputs": targets})
        if self.average:
            return Call(self.torch_name, (), {"multioutput": self.average})
        if not self.torch_name.startswith("classification.Multiclass"):
            return Call(self.torch_name, (), {"validate_args": False} if "classification" in self.torch_name else {})
        return Call(self.torch_name, (), {"num_classes": classes, "average": None, "validate_args": False})

    def alone(self, classes: int, targets: int = 1) -> Call:
        """The torchmetrics object that gives this measure by itself, from class numbers where there are classes."""
        if self.place is None:
            return self.call(classes, targets)
        average = ("micro", "macro")[self.place]
        return Call("classification.MulticlassAccuracy", (), {"num_classes": classes, "average": average})


_CLASSES, _YES_OR_NO = "classification.MulticlassStatScores", "classification.BinaryStatScores"
_BALANCED_HELP = "Mean over the classes of the share of their rows that is found: what is rare counts as much."

ACCURACY = Metric("accuracy", "Accuracy", "Share of rows whose class is right.", _CLASSES, place=0)
BINARY_ACCURACY = Metric("accuracy", "Accuracy", "Share of the right answers.", _YES_OR_NO, place=0)
BALANCED_ACCURACY = Metric("balanced_accuracy", "Balanced accuracy", _BALANCED_HELP, _CLASSES, place=1)
BINARY_BALANCED_ACCURACY = Metric("balanced_accuracy", "Balanced accuracy", _BALANCED_HELP, _YES_OR_NO, place=1)
R2 = Metric("r2", "R²", "Share of the target's variance that is explained: 1 is perfect, 0 is the mean.", "R2Score")
MAE = Metric(
    "mae", "Mean absolute error", "Mean size of a mistake, in the target's unit.", "MeanAbsoluteError", "lower", True
)

LOSS = Metric("loss", "Loss", "What training makes small.", "", "lower")
"""No measure of a result, but it is written down and drawn beside them."""

INPUT_R2 = Metric(
    "r2",
    "R²",
    "Share of the inputs' variance that is given back: 1 is perfect, 0 is their mean.",
    "R2Score",
    average="variance_weighted",
)
INPUT_MAE = Metric(
    "mae",
    "Mean absolute error",
    "Mean size of a mistake, in encoded (standardised) units.",
    "MeanAbsoluteError",
    "lower",
)


def metrics_for(task: Task) -> tuple[Metric, ...]:
    """The measures of ``task``; the first is the one that is plotted."""
    match task:
        case Task.BINARY:
            return (BINARY_ACCURACY, BINARY_BALANCED_ACCURACY)
        case Task.MULTICLASS:
            return (ACCURACY, BALANCED_ACCURACY)
        case Task.REGRESSION:
            return (R2, MAE)
        case Task.RECONSTRUCTION:
            return (INPUT_R2, INPUT_MAE)
