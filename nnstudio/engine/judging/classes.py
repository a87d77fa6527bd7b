"""Judging answers that are classes: what torchmetrics counts, beside what always naming one class would score."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchmetrics.functional import classification as tm

from nnstudio.engine.judging.curves import Curves, calibration, confusion_figure, draw_curves, thresholds
from nnstudio.engine.judging.judgement import Judgement, Resampling, interval
from nnstudio.spec.scores import ClassScore, Score

BINS = 15
"""Equal bins of confidence that calibration is measured in."""
DEEPEST = 5
"""Of the top-k accuracies the last."""
AT_ONCE = 65_536
"""Rows whose ranks are found at once."""
CELLS = 2_000_000
"""Resampled counts that are held at once."""

Matrix = NDArray[np.int64]
Resampled = Mapping[str, NDArray[np.float64]]


def judge_classes(
    truth: NDArray[np.int64],
    chances: NDArray[np.float32],
    classes: tuple[str, ...],
    commonest: int,
    resampling: Resampling,
) -> Judgement:
    """Judge ``chances (N, K)``, the probability of each class, against ``truth (N,)``, class numbers.

    ``commonest`` is the class that the baseline always names. The intervals come from bootstrap samples of the
    rows: the cells of a resampled confusion matrix are multinomial, so that drawing those is drawing the rows.
    """
    told, true = torch.from_numpy(chances), torch.from_numpy(truth)
    named = told.argmax(1)
    matrix: Matrix = tm.multiclass_confusion_matrix(named, true, len(classes)).numpy()
    resampled = _resampled(matrix, resampling)
    curves = draw_curves(truth, chances, resampling.seed)
    scores = (
        *_shares(named, true, matrix, commonest, resampled),
        *_areas(curves, truth, len(classes)),
        *_deeper(told, true, len(classes)),
        _calibration_error(told, true),
    )
    figures = [confusion_figure(matrix), calibration(truth, chances, BINS), *curves.figures]
    if len(classes) == 2:
        figures += thresholds(truth, chances[:, 1])
    return Judgement(scores, tuple(figures), _by_class(named, true, classes, curves), curves.rows)


def _by_class(named: Tensor, true: Tensor, classes: tuple[str, ...], curves: Curves) -> tuple[ClassScore, ...]:
    k = len(classes)
    measures = (tm.multiclass_precision, tm.multiclass_recall, tm.multiclass_f1_score)
    columns = [measure(named, true, k, average="none").double().tolist() for measure in measures]
    support, taken = (torch.bincount(numbers, minlength=k).tolist() for numbers in (true, named))
    areas = [curves.auroc.get(number) for number in range(k)]
    return tuple(ClassScore(*row) for row in zip(classes, *columns, support, taken, areas, strict=True))


# ---- scores of the confusion matrix ----


def _shares(named: Tensor, true: Tensor, matrix: Matrix, commonest: int, resampled: Resampled) -> tuple[Score, ...]:
    """Accuracy, balanced accuracy and F1 with intervals, and what always naming the ``commonest`` class scores."""
    k = len(matrix)
    present = torch.bincount(true, minlength=k) > 0
    recall = tm.multiclass_recall(named, true, k, average="none").double()
    f1 = tm.multiclass_f1_score(named, true, k, average="none").double()
    values = {
        "accuracy": float(tm.multiclass_accuracy(named, true, k, average="micro")),
        "balanced_accuracy": float(recall[present].mean()),
        "f1": float(f1[present].mean()),
    }
    always = np.zeros_like(matrix)
    always[:, commonest] = matrix.sum(1)
    baseline = shares_of(always.sum(1)[None], always.sum(0)[None], np.diagonal(always)[None])
    return tuple(
        Score(key, title, help_, values[key], *interval(resampled[key]), float(baseline[key][0]))
        for key, title, help_ in _SHARES
    )


_SHARES = (
    ("accuracy", "Accuracy", "Share of the rows whose class is right."),
    (
        "balanced_accuracy",
        "Balanced accuracy",
        "Mean over the classes of the share of rows that is found.",
    ),
    ("f1", "F1 (macro)", "Mean over the classes of the harmonic mean of precision and recall."),
)


def shares_of(support: NDArray[np.integer], taken: NDArray[np.integer], hits: NDArray[np.integer]) -> Resampled:
    """Accuracy, balanced accuracy and F1 of confusion matrices by their margins and diagonals, ``(R, K)`` each.

    Classes without rows count nowhere, as in the scores themselves.
    """
    there = support > 0
    classes = there.sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        recall = np.where(there, hits / support, 0)
        f1 = np.where(there, 2 * hits / (support + taken), 0)
    return {
        "accuracy": hits.sum(1) / support.sum(1),
        "balanced_accuracy": recall.sum(1) / classes,
        "f1": f1.sum(1) / classes,
    }


def _resampled(matrix: Matrix, resampling: Resampling) -> Resampled:
    """The same measures of so many bootstrap samples of the rows."""
    random = np.random.default_rng(resampling.seed)
    k, (true, named) = len(matrix), np.nonzero(matrix)
    counts = matrix[true, named]
    rows = int(counts.sum())
    at_once = max(1, CELLS // max(len(counts), k))
    found = []
    for start in range(0, resampling.count, at_once):
        drawn = random.multinomial(rows, counts / rows, size=min(at_once, resampling.count - start))
        margins = _summed(drawn, true, k), _summed(drawn, named, k)
        found.append(shares_of(*margins, _summed(drawn[:, true == named], true[true == named], k)))
    return {key: np.concatenate([part[key] for part in found]) for key in found[0]}


def _summed(drawn: Matrix, places: NDArray[np.int64], k: int) -> Matrix:
    """The columns of ``drawn (R, M)`` summed by their place ``(M,)``: ``(R, K)``."""
    summed = torch.zeros(len(drawn), k, dtype=torch.int64)
    whole: Matrix = summed.index_add_(1, torch.from_numpy(places), torch.from_numpy(drawn)).numpy()
    return whole


# ---- scores of the probabilities ----


def _areas(curves: Curves, truth: NDArray[np.int64], classes: int) -> tuple[Score, ...]:
    """Areas under the ROC and the precision-recall curves: of the positive class, or the mean over the classes."""
    if not curves.auroc:
        return ()
    of = "" if classes == 2 else " (mean)"
    rate = float((truth == 1).mean()) if classes == 2 else None
    return (
        Score(
            "auroc", f"ROC AUC{of}", "How often a row of the class is given a higher probability than one of another.",
            _mean(curves.auroc), baseline=0.5,
        ),
        Score(
            "average_precision", f"Average precision{of}",
            "Area under the precision-recall curve: the mean precision over all thresholds.",
            _mean(curves.average_precision), baseline=rate,
        ),
    )  # fmt: skip


def _mean(areas: Mapping[int, float]) -> float:
    return math.fsum(areas.values()) / len(areas)


def _deeper(told: Tensor, true: Tensor, classes: int) -> tuple[Score, ...]:
    """How often the class is among the k most probable ones.

    Counted by the rank of the true class, once for all k: torchmetrics marks the k first of every row, which takes half
    a minute for a million rows of a hundred classes.
    """
    deepest = min(DEEPEST, classes - 1)
    if deepest < 2:
        return ()
    rank = torch.cat(
        [_ranks(*part) for part in zip(torch.split(told, AT_ONCE), torch.split(true, AT_ONCE), strict=True)]
    )
    return tuple(
        Score(
            f"top_{k}",
            f"Top-{k} accuracy",
            f"Share of the rows whose class is among the {k} most probable ones.",
            float((rank < k).double().mean()),
        )
        for k in range(2, deepest + 1)
    )


def _ranks(told: Tensor, true: Tensor) -> Tensor:
    """How many classes are more probable than the true one; of equally probable ones those before it count."""
    chance = told.gather(1, true[:, None])
    before = torch.arange(told.shape[1]) < true[:, None]
    return (told > chance).sum(1) + ((told == chance) & before).sum(1)


def _calibration_error(told: Tensor, true: Tensor) -> Score:
    k = told.shape[1]
    if k == 2:
        value = tm.binary_calibration_error(told[:, 1].contiguous(), true, n_bins=BINS)
    else:
        value = tm.multiclass_calibration_error(told, true, k, n_bins=BINS)
    help_ = f"Mean gap between what the network says and how often it is so, over {BINS} bins of confidence."
    return Score("calibration_error", "Calibration error", help_, float(value), better="lower")
