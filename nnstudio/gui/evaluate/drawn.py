"""What the plots show of an evaluation: the figures that the engine kept become series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.judging.files import Figure
from nnstudio.gui.plots.series import Series

Figures = Mapping[tuple[str, int], Figure]


def matrix_of(figures: Figures, classes: int) -> NDArray[np.int64]:
    """The confusion matrix ``(K, K)``, true classes down."""
    matrix = np.zeros((classes, classes), np.int64)
    cells = figures["confusion", 0]
    matrix[cells.x.astype(int), cells.y.astype(int)] = cells.z
    return matrix


def matrix_at(figures: Figures, matrix: NDArray[np.int64], stop: int) -> NDArray[np.int64]:
    """The matrix of two classes at a stop of the threshold, given the one at a half."""
    stops = figures["threshold", 0]
    no, yes = matrix.sum(1).tolist()
    found, alarms = int(stops.y[stop]), int(stops.z[stop])
    return np.array([[no - alarms, alarms], [yes - found, found]], np.int64)


def curve_classes(figures: Figures) -> list[int]:
    """The classes that have curves."""
    return [series for name, series in figures if name == "roc"]


def roc(figures: Figures, number: int, matrix: Sequence[Sequence[int]] | None) -> list[Series]:
    """The ROC curve of a class, chance, and where the threshold lies."""
    curve = figures["roc", number]
    series = [
        Series("", np.array([0.0, 1.0]), np.array([0.0, 1.0]), "faint", "dashes"),
        Series("", curve.x, curve.y),
    ]
    if matrix is not None:
        (kept, alarms), (missed, found) = matrix
        series.append(Series("threshold", _share(alarms, kept), _share(found, missed), "validation", "marks"))
    return series


def precision_recall(
    figures: Figures, number: int, rate: float, matrix: Sequence[Sequence[int]] | None
) -> list[Series]:
    """Precision over recall of a class, the share of its rows, and where the threshold lies."""
    curve = figures["pr", number]
    series = [
        Series("", np.array([0.0, 1.0]), np.array([rate, rate]), "faint", "dashes"),
        Series("", curve.x, curve.y),
    ]
    if matrix is not None and matrix[1][1] + matrix[0][1]:
        (_, alarms), (missed, found) = matrix
        series.append(Series("threshold", _share(found, missed), _share(found, alarms), "validation", "marks"))
    return series


def _share(part: int, rest: int) -> NDArray[np.float64]:
    return np.array([part / (part + rest) if part + rest else 0.0])


def calibration(figures: Figures) -> list[Series]:
    """How often it is so, over what the network says; a network that knows itself lies on the diagonal."""
    bins = figures["calibration", 0]
    return [
        Series("perfect", np.array([0.0, 1.0]), np.array([0.0, 1.0]), "faint", "dashes"),
        Series("network", bins.x, bins.y),
    ]


def confidence(figures: Figures) -> list[Series]:
    """How many rows each bin of confidence has."""
    bins = figures["calibration", 0]
    return [Series("", bins.x, bins.z, "accent", "bars", 0.9 / 15)]


def predicted(figures: Figures, target: int) -> list[Series]:
    """What was predicted over what is true; what is right lies on the diagonal."""
    points = figures["predicted", target]
    ends = np.array([min(points.x.min(), points.y.min()), max(points.x.max(), points.y.max())])
    return [Series("", points.x, points.y, "accent", "dots"), Series("perfect", ends, ends, "faint", "dashes")]


def residuals(figures: Figures, target: int) -> list[Series]:
    """How many rows are off by how much."""
    bins = figures["residual", target]
    return [Series("", bins.x, bins.z, "accent", "bars", float(bins.y[0]))]


def over_prediction(figures: Figures, target: int) -> list[Series]:
    """What is missing over what was predicted: a pattern in it is something that the network could still learn."""
    points = figures["predicted", target]
    ends = np.array([points.y.min(), points.y.max()])
    return [
        Series("", points.y, points.z, "accent", "dots"),
        Series("", ends, np.zeros(2), "faint", "dashes"),
    ]
