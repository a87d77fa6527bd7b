"""What has to be right before anything starts: the first problem is raised as a sentence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.build import passable
from nnstudio.engine.examples import Examples
from nnstudio.spec.errors import ShapeError, TrainingError
from nnstudio.spec.layers import Embedding, EmbeddingBag
from nnstudio.spec.losses import KLDivergence, Loss, PoissonNLL
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Walk, output_problem, walk

MOST_DRAWN = 2**24
"""Rows that ``torch.multinomial`` draws from."""
SHARES_OFF = 0.01
"""How far from 1 shares may add up that were rounded."""


def check(project: Project, examples: Examples) -> Walk:
    """The walk of a project that can be trained on ``examples``; raises `ShapeError` or `TrainingError` otherwise."""
    walked = passable(walk(project.model, examples.facts.input_shape))
    _check_loss(project, walked, examples)
    _check_rows(project, examples)
    _check_lookup(project, examples)
    _check_labels(examples)
    _check_values(project.training.loss, examples)
    _check_weights(examples)
    _check_balance(project, examples)
    if project.data is not None and normalises_single_rows(walked):
        _check_batches(project.data.batches.size, len(examples.train))
    return walked


def _check_loss(project: Project, walked: Walk, examples: Examples) -> None:
    loss, task = project.training.loss, examples.facts.task
    if task not in loss.tasks:
        raise TrainingError(
            f"{loss.title} does not fit the task.", f"The task is: {task.label.lower()}.", "Choose another loss."
        )
    problem: ShapeError | None = output_problem(walked, loss, examples.facts)
    if problem is not None:
        raise problem
    last = project.model.rows[-1].kind if project.model.rows else None
    if loss.ends and not isinstance(last, loss.ends):
        raise TrainingError(
            f"{loss.title} needs {loss.ends[0].title} as the last layer.",
            "It takes what that layer gives.",
            f"Add {loss.ends[0].title} at the end, or choose another loss.",
        )


def _check_rows(project: Project, examples: Examples) -> None:
    if project.data is None:
        raise TrainingError("There is nothing to learn from.", "No data are open.", "Open a table or an image folder.")
    if not len(examples.train):
        raise TrainingError("There is nothing to learn from.", "No row is left to train on.", "Change the split.")
    if examples.x.shape[1:] != examples.facts.input_shape:
        raise TrainingError(
            "The data are not what the network was told.",
            f"One example is {examples.x.shape[1:]}, not {examples.facts.input_shape}.",
            "Open the data again.",
        )


def _check_lookup(project: Project, examples: Examples) -> None:
    """Raise `TrainingError` where a first layer that looks numbers up would not find one of ``x``."""
    first = project.model.rows[0].kind if project.model.rows else None
    if not isinstance(first, Embedding | EmbeddingBag) or not examples.x.size:
        return
    low, high = float(examples.x.min()), float(examples.x.max())
    if low < 0 or high >= first.num_embeddings:
        why = f"The inputs lie between {low:.4g} and {high:.4g}."
    elif examples.x[examples.x != np.floor(examples.x)].size:
        why = "Some of the inputs are no whole numbers."
    else:
        return
    raise TrainingError(
        f"{first.title} looks up whole numbers from 0 to {first.num_embeddings - 1:,}.",
        why,
        "Encode the columns as an index, and let the layer have as many entries as they have categories.",
    )


def _check_labels(examples: Examples) -> None:
    classes = len(examples.facts.classes)
    if not examples.facts.task.is_classification:
        return
    low, high = int(examples.y.min()), int(examples.y.max())
    if low < 0 or high >= classes:
        raise TrainingError(
            f"The data hold the class number {high if high >= classes else low}.",
            f"There are {classes} classes, so that it must lie between 0 and {classes - 1}.",
            "Open the data again.",
        )


def _check_values(loss: Loss, examples: Examples) -> None:
    facts, y = examples.facts, examples.y
    if facts.task.is_classification:
        return
    if y.shape != (len(examples.x), facts.answers):
        raise TrainingError(
            "The targets are not what the network was told.",
            f"There are {y.shape} of them, not {(len(examples.x), facts.answers)}.",
            "Open the data again.",
        )
    if isinstance(loss, PoissonNLL) and y.min() < 0:
        raise TrainingError(
            f"{loss.title} is for counts, which are never negative.",
            f"A target is {y.min():g}.",
            "Choose another loss, such as the mean squared error.",
        )
    if isinstance(loss, KLDivergence):
        _check_shares(y)


def _check_shares(y: NDArray[np.int64] | NDArray[np.float32]) -> None:
    """Raise `TrainingError` unless every row of ``y (N, T)`` is a distribution."""
    sums = y.sum(1, dtype=np.float64)
    worst = float(sums[np.abs(sums - 1).argmax()])
    if y.shape[1] > 1 and y.min() >= 0 and abs(worst - 1) <= SHARES_OFF:
        return
    why = f"Those of one row add up to {worst:.4g}." if y.min() >= 0 else f"One of them is {y.min():.4g}."
    raise TrainingError(
        "The targets are no distribution, which the Kullback–Leibler divergence compares with.",
        "There is one column, and a distribution has several." if y.shape[1] == 1 else why,
        "Predict several columns of shares that add up to 1 in each row, or choose another loss.",
    )


def _check_weights(examples: Examples) -> None:
    weights = examples.weights
    if weights is None:
        return
    if not np.isfinite(weights).all() or weights.min() < 0:
        raise TrainingError(
            "Not every row has a weight that can be used.",
            "A weight is missing, infinite or negative.",
            "Correct the weights in the file, or give their column another role.",
        )
    for part, rows in (("training", examples.train), ("validation", examples.validation), ("test", examples.test)):
        if len(rows) and not weights[rows].any():
            raise TrainingError(
                f"The {part} rows do not count.",
                "Every one of them has the weight 0.",
                "Correct the weights in the file, or change the split.",
            )


def _check_balance(project: Project, examples: Examples) -> None:
    balance = project.data.batches.balance if project.data is not None else "none"
    if balance == "none":
        return
    if not examples.facts.task.is_classification:
        raise TrainingError(
            "There are no classes to balance.",
            f"The task is: {examples.facts.task.label.lower()}.",
            "Set balance to nothing.",
        )
    if balance == "sampling" and len(examples.train) > MOST_DRAWN:
        raise TrainingError(
            "There are too many rows for balanced sampling.",
            f"PyTorch draws from at most {MOST_DRAWN:,} rows, and {len(examples.train):,} are to be trained on.",
            "Set balance to class weights.",
        )


def _check_batches(size: int, rows: int) -> None:
    if min(size, rows) == 1:
        raise TrainingError(
            "Batch norm cannot learn from one row at a time.",
            "It compares the rows of a batch, and one has nothing to be compared with.",
            "Choose a batch size of 2 or more." if rows > 1 else "Train on more rows.",
        )


def rows_an_epoch(walked: Walk, rows: int, batch: int) -> int:
    """How many of the training rows an epoch passes in batches: a last one alone is left out where it would fail."""
    return rows - 1 if rows % batch == 1 and normalises_single_rows(walked) else rows


def normalises_single_rows(walked: Walk) -> bool:
    """Whether a batch of one row would fail: an unlocked batch norm would see one number a channel."""
    return any(step.compares_rows_alone for step in walked.leaves())
