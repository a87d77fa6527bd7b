"""The answer to one example, number by number: scores, probabilities, what was right, and what the loss adds up."""

from __future__ import annotations

import torch
from torch import Tensor

from nnstudio.engine.measures import probabilities
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.losses import BCE, L1, MSE, NLL, BCEWithLogits, CrossEntropy, Loss
from nnstudio.spec.watched import AnswerTerm

MOST_ANSWERS = 64


def answer_terms(
    loss: Loss, facts: DataFacts, output: Tensor, target: Tensor, targets: tuple[str, ...]
) -> tuple[AnswerTerm, ...]:
    """The terms of ``output (K,)`` for ``target``, a class number ``()`` or values ``(K,)``; the first `MOST_ANSWERS`.

    What the terms of cross-entropy and its kin add up to is the loss of the example; of a squared or absolute
    difference their mean is.
    """
    output = output.flatten()
    right = _right(loss, target, len(output))
    means = probabilities(loss, output[None])[0]
    parts = _parts(loss, output, means, right)
    names = _names(facts, targets, len(output))
    has_probabilities = loss.link != "identity"
    return tuple(
        AnswerTerm(
            names[place],
            float(output[place]),
            float(right[place]),
            float(means[place]) if has_probabilities else None,
            None if parts is None else float(parts[place]),
        )
        for place in range(min(len(output), MOST_ANSWERS))
    )


def _right(loss: Loss, target: Tensor, count: int) -> Tensor:
    """What the answer is compared with, ``(count,)``: one-hot (smoothed where that is asked for), or values."""
    if not loss.counts_classes or target.dim():
        return target.flatten().float()
    hot = torch.nn.functional.one_hot(target, count).float()
    smoothing = loss.label_smoothing if isinstance(loss, CrossEntropy) else 0.0
    return hot * (1 - smoothing) + smoothing / count


def _parts(loss: Loss, output: Tensor, means: Tensor, right: Tensor) -> Tensor | None:
    """What each number adds; None where the loss is no sum or mean over them."""
    match loss:
        case CrossEntropy():
            return -right * output.log_softmax(0)
        case NLL():
            return -right * output
        case BCEWithLogits() | BCE():
            chance = means.clamp(1e-38, 1.0)
            return -(right * chance.log() + (1 - right) * (1 - means).clamp_min(1e-38).log())
        case MSE():
            return (output - right) ** 2
        case L1():
            return (output - right).abs()
        case _:
            return None


def _names(facts: DataFacts, targets: tuple[str, ...], count: int) -> tuple[str, ...]:
    """What each number of the answer is about."""
    if facts.task.is_classification:
        return facts.classes if len(facts.classes) == count else facts.classes[-1:] * count
    known = targets if len(targets) == count else facts.features
    return known if len(known) == count else tuple(f"[{place}]" for place in range(count))
