"""The curves of answers that are classes: confusion, ROC, precision-recall, calibration, and every threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torchmetrics.functional import classification as tm

from nnstudio.data.judging.files import Figure
from nnstudio.engine.judging.judgement import thinned

MOST_SCORES = 2_000_000
"""Probabilities that curves are drawn from; of more rows some are drawn by lot, which the eye cannot tell."""
MOST_POINTS = 1_000
ALL_POINTS = 40_000
"""Points of one curve, and of the curves of all classes together."""
STOPS = 1_000
"""Steps of the threshold from 0 to 1."""

Truth = NDArray[np.int64]
Chances = NDArray[np.float32]


@dataclass(frozen=True, eq=False, slots=True)
class Curves:
    """ROC and precision-recall curves of each class against the rest, with their areas by class number."""

    figures: tuple[Figure, ...]
    auroc: dict[int, float]
    average_precision: dict[int, float]
    rows: int


def draw_curves(truth: Truth, chances: Chances, seed: int) -> Curves:
    """The curves of each class that some rows have and others have not; of two classes only the second's.

    In the figures ``roc`` x is the false positive rate, y the true positive rate; in ``pr`` x is recall, y precision; z
    is the threshold.
    """
    most = max(1, MOST_SCORES // chances.shape[1])
    if len(truth) > most:
        chosen = np.sort(np.random.default_rng(seed).choice(len(truth), most, replace=False))
        truth, chances = truth[chosen], chances[chosen]
    classes = [1] if chances.shape[1] == 2 else range(chances.shape[1])
    points = max(50, min(MOST_POINTS, ALL_POINTS // len(classes)))
    figures: list[Figure] = []
    auroc: dict[int, float] = {}
    precision: dict[int, float] = {}
    for number in classes:
        is_one = torch.from_numpy((truth == number).astype(np.int64))
        if 0 < int(is_one.sum()) < len(is_one):
            chance = torch.from_numpy(np.ascontiguousarray(chances[:, number]))
            auroc[number] = float(tm.binary_auroc(chance, is_one))
            precision[number] = float(tm.binary_average_precision(chance, is_one))
            fpr, tpr, threshold = tm.binary_roc(chance, is_one)
            figures.append(_curve("roc", number, (fpr, tpr, threshold), points))
            precise, recall, above = tm.binary_precision_recall_curve(chance, is_one)
            above = torch.cat([above, torch.ones(1)])
            figures.append(_curve("pr", number, (recall.flip(0), precise.flip(0), above.flip(0)), points))
    return Curves(tuple(figures), auroc, precision, len(truth))


def _curve(name: str, series: int, axes: tuple[torch.Tensor, torch.Tensor, torch.Tensor], points: int) -> Figure:
    xs, ys, zs = (axis.double().numpy() for axis in axes)
    places = thinned(xs, ys, points)
    return Figure(name, series, xs[places], ys[places], zs[places])


def confusion_figure(matrix: NDArray[np.int64]) -> Figure:
    """The cells that are not empty: x is the true class, y the one that was named, z the rows."""
    true, named = np.nonzero(matrix)
    return Figure("confusion", 0, true.astype(float), named.astype(float), matrix[true, named].astype(float))


def thresholds(truth: Truth, chance: Chances) -> list[Figure]:
    """For every stop of the threshold x: y positive and z negative rows whose ``chance (N,)`` lies above it."""
    stops = np.linspace(0, 1, STOPS + 1)
    above = [
        (len(sides) - np.searchsorted(np.sort(sides), stops.astype(np.float32), side="right")).astype(float)
        for sides in (chance[truth == 1], chance[truth == 0])
    ]
    return [Figure("threshold", 0, stops, above[0], above[1])]


def calibration(truth: Truth, chances: Chances, bins: int) -> Figure:
    """For each bin that holds rows: x what the network says on average, y how often it is so, z how many rows.

    Of two classes it is the probability of the second, else that of the class that is named.
    """
    if chances.shape[1] == 2:
        says, is_so = chances[:, 1].astype(np.float64), truth == 1
    else:
        says, is_so = chances.max(1).astype(np.float64), chances.argmax(1) == truth
    place = np.minimum((says * bins).astype(np.int64), bins - 1)
    rows = np.bincount(place, minlength=bins)
    there = rows > 0
    means = [np.bincount(place, weights=values, minlength=bins)[there] / rows[there] for values in (says, is_so)]
    return Figure("calibration", 0, means[0], means[1], rows[there].astype(float))
