"""Judging answers that are values: each target in its own unit, beside what always naming the mean would score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torchmetrics.functional import mean_absolute_error, mean_squared_error, r2_score

from nnstudio.data.judging.files import Figure
from nnstudio.engine.judging.judgement import Judgement, Resampling, interval
from nnstudio.spec.scores import Score

Values = NDArray[np.float64]

MOST_POINTS = 4_000
"""Rows that are drawn as points, by lot."""
BINS = 41
"""Of the histogram of the residuals; an odd number, so that one is around 0."""
BLOCKS = 4_096
"""Of more rows so many blocks of them, dealt by lot, are resampled: the interval is the same, in a moment."""

R2_HELP = "Share of the target's variance that is explained: 1 is perfect, 0 is the mean of these rows."
MAE_HELP = "Mean size of a mistake, in the target's own unit."
RMSE_HELP = "Root of the mean squared mistake, in the target's own unit: large mistakes weigh more."


def judge_values(
    truth: Values, predicted: Values, names: Sequence[str], means: Sequence[float], resampling: Resampling
) -> Judgement:
    """Judge ``predicted (N, T)`` against ``truth (N, T)``, both in the targets' own units.

    ``means`` are those of the training rows: what the baseline always names. The intervals come from bootstrap samples
    of the rows.
    """
    scores: list[Score] = []
    figures: list[Figure] = []
    for place, (name, mean) in enumerate(zip(names, means, strict=True)):
        true, named = truth[:, place], predicted[:, place]
        intervals, found = _intervals(true, named, resampling), _measures(true, named)
        scores += _scores(name, found, intervals, _measures(true, np.full_like(true, mean)))
        figures += [_points(place, true, named, resampling.seed), _histogram(place, named - true)]
    return Judgement(tuple(scores), tuple(figures), curve_rows=min(len(truth), MOST_POINTS))


def _scores(
    name: str, found: Mapping[str, float], intervals: Mapping[str, tuple[float, float]], always: Mapping[str, float]
) -> list[Score]:
    kinds = (("r2", "R²", R2_HELP), ("mae", "MAE", MAE_HELP), ("rmse", "RMSE", RMSE_HELP))
    return [
        Score(
            key, title, help_, found[key], *intervals[key], always[key],
            better="higher" if key == "r2" else "lower", target=name, in_target_unit=key != "r2",
        )
        for key, title, help_ in kinds if key in found
    ]  # fmt: skip


def _measures(true: Values, named: Values) -> dict[str, float]:
    y, p = torch.from_numpy(true.copy()), torch.from_numpy(named.copy())
    found = {"mae": float(mean_absolute_error(p, y)), "rmse": float(mean_squared_error(p, y, squared=False))}
    if len(y) > 1 and float(y.min()) < float(y.max()):  # rows that all say the same have no variance to explain
        found["r2"] = float(r2_score(p, y))
    return found


def _intervals(true: Values, named: Values, resampling: Resampling) -> dict[str, tuple[float, float]]:
    """The interval of each measure: all three follow from a few sums, which are resampled block by block."""
    random = np.random.default_rng(resampling.seed)
    middle = true.mean()  # near 0 the sums of squares keep their digits
    error, y = named - true, true - middle
    sums = np.stack([np.ones_like(y), np.abs(error), error**2, y, y**2], axis=1)
    blocks = min(len(true), BLOCKS)
    block = np.empty(len(true), np.int64)
    block[random.permutation(len(true))] = np.arange(len(true)) % blocks
    by_block = np.stack([np.bincount(block, weights=column, minlength=blocks) for column in sums.T], axis=1)
    drawn = random.multinomial(blocks, np.full(blocks, 1 / blocks), size=resampling.count)
    n, absolute, square, total, squares = (drawn @ by_block).T
    spread = squares - total**2 / n
    with np.errstate(divide="ignore", invalid="ignore"):
        r2 = np.where(spread > 0, 1 - square / spread, np.nan)
    found = {"mae": interval(absolute / n), "rmse": interval(np.sqrt(square / n))}
    usable = r2[np.isfinite(r2)]
    return found | {"r2": interval(usable) if len(usable) else (float("nan"), float("nan"))}


def _points(series: int, true: Values, named: Values, seed: int) -> Figure:
    """Some rows: x is what is true, y what was predicted, z what is missing between them."""
    chosen = np.arange(len(true))
    if len(true) > MOST_POINTS:
        chosen = np.sort(np.random.default_rng(seed).choice(len(true), MOST_POINTS, replace=False))
    return Figure("predicted", series, true[chosen], named[chosen], named[chosen] - true[chosen])


def _histogram(series: int, residuals: Values) -> Figure:
    """Residuals in equal bins around 0: x is the middle of a bin, y its width, z the rows in it."""
    reach = float(np.abs(residuals).max()) or 1.0
    rows, edges = np.histogram(residuals, BINS, (-reach, reach))
    middles = (edges[:-1] + edges[1:]) / 2
    return Figure("residual", series, middles, np.diff(edges), rows.astype(float))


def judge_reconstruction(x: NDArray[np.float32], given: NDArray[np.float32]) -> tuple[Judgement, NDArray[np.float32]]:
    """Judge how well the inputs ``x (N, F)`` are given back, in encoded units; and the mean squared error of each row.

    In the figure x is the middle of a bin of row errors, y its width, z the rows in it.
    """
    y, p = torch.from_numpy(x.copy()), torch.from_numpy(given)
    scores = [
        Score(
            "mae", "MAE", "Mean size of a mistake, in encoded units.",
            float(mean_absolute_error(p, y)), better="lower",
        ),
        Score(
            "rmse", "RMSE", "Root of the mean squared mistake, in encoded units.",
            float(mean_squared_error(p, y, squared=False)), better="lower",
        ),
    ]  # fmt: skip
    if len(y) > 1:
        help_ = "Share of the inputs' variance that is given back: 1 is perfect, 0 is their mean."
        value = float(r2_score(p, y, multioutput="variance_weighted"))
        scores.insert(0, Score("r2", "R²", help_, value, baseline=0.0))
    errors: NDArray[np.float32] = ((p - y) ** 2).mean(1).numpy()
    rows, edges = np.histogram(errors, BINS, (0.0, float(errors.max()) or 1.0))
    figure = Figure("residual", 0, (edges[:-1] + edges[1:]) / 2, np.diff(edges), rows.astype(float))
    return Judgement(tuple(scores), (figure,), curve_rows=len(x)), errors
