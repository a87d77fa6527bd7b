"""A step of training in words: what it did, by which formula, and how the numbers that are shown hang together."""

from __future__ import annotations

import math

from nnstudio.spec.layers import Dropout
from nnstudio.spec.losses import BCE, L1, MSE, NLL, BCEWithLogits, CrossEntropy, Loss
from nnstudio.spec.model import Row
from nnstudio.spec.optimizers import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop
from nnstudio.spec.training import Training
from nnstudio.spec.watched import Passed, WatchedLayer, WatchedStep
from nnstudio.spec.words import counted, signed

VANISHED, MANY_ZEROS = 1e-6, 0.9
"""A gradient below the first is as good as none; from the second on hidden units are mostly off."""


def figure(value: float) -> str:
    """Four digits that count, with a real minus sign: what can be multiplied again by hand."""
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return signed(f"{value + 0.0:.4g}")


def whereabouts(watched: WatchedStep) -> str:
    """``Epoch 1 · batch 3 of 18 · row 152``: the row is that of the file, from 1."""
    row = watched.rows[watched.place] + 1
    return f"Epoch {watched.epoch:,} · batch {watched.batch:,} of {watched.batches:,} · row {row:,}"


def result(watched: WatchedStep, training: Training) -> str:
    """What the step does to the loss of its own batch."""
    before, after = figure(watched.loss), figure(watched.loss_after)
    if not math.isfinite(watched.loss):
        return "The loss is no number any more: the steps before were too large. Choose a smaller learning rate."
    if not watched.has_stepped:
        return (
            f"Loss {before}. No step yet: the gradients of {counted(training.accumulate, 'batch')} are gathered first."
        )
    how = f"One step with learning rate {watched.rate:g} against a gradient of length {figure(watched.gradient)}"
    if training.clip and watched.gradient > training.clip:
        how += f", clipped to {training.clip:g},"
    if not watched.loss_after < watched.loss:
        return f"Loss {before}. {how} raises the loss of the same rows to {after}: it went too far."
    return f"Loss {before}. {how} brings the loss of the same rows to {after}."


# ---- Layers ----


def remark(passed: Passed, row: Row, in_training: bool) -> str:
    """What stands out in what a layer gave; empty where nothing does."""
    if isinstance(row.kind, Dropout):
        if not in_training:
            return "In eval() all pass as they are."
        dropped = f"{passed.zeros:.0%} of the numbers are 0 now"
        return (
            f"{dropped}; the others are multiplied by {1 / (1 - row.kind.p):.4g}." if row.kind.p < 1 else f"{dropped}."
        )
    family = row.kind.family
    if family == "activation" and passed.zeros >= MANY_ZEROS:
        return f"{passed.zeros:.0%} of the outputs are 0: nearly all units are off, and pass no gradient back."
    if family == "activation" and passed.zeros:
        return f"{passed.zeros:.0%} of the outputs are 0: there no gradient passes back."
    if passed.gradient is not None and passed.gradient < VANISHED:
        return "The gradient has vanished: this layer does not learn."
    return ""


def equation(layer: WatchedLayer) -> str:
    """How the watched unit of a linear layer comes about, for the first terms in numbers."""
    neuron = layer.neuron
    if neuron is None:
        return ""
    shown = neuron.terms[:3]
    sums = " + ".join(f"{figure(term.x)} · {_bracketed(term.weight)}" for term in shown)
    more = " + …" if neuron.inputs > len(shown) else ""
    return f"y[{neuron.unit}] = {sums}{more} + bias {_bracketed(neuron.bias)} = {figure(neuron.output)}"


def _bracketed(value: float) -> str:
    text = figure(value)
    return f"({text})" if value < 0 else text


# ---- Loss ----


def loss_words(loss: Loss, watched: WatchedStep) -> str:
    """How the loss of the watched example comes about, in its own numbers."""
    value, terms = figure(watched.row_loss), watched.answers
    right = max(terms, key=lambda term: term.target, default=None)
    match loss:
        case CrossEntropy() if right and not loss.label_smoothing and right.probability is not None:
            chance = figure(right.probability)
            of_right = f"−ln of that of “{right.name}”: −ln {chance} = {value}."
            return f"Softmax turns the logits into probabilities; {of_right}"
        case CrossEntropy() | NLL() | BCEWithLogits() | BCE():
            return f"−target · ln(probability), added up over the lines: {value}."
        case MSE():
            return f"(output − target)²{_mean_of(len(terms))}{value}."
        case L1():
            return f"|output − target|{_mean_of(len(terms))}{value}."
    return f"{loss.explanation()} Here: {value}."


def _mean_of(count: int) -> str:
    return " = " if count == 1 else ", the mean over the lines: "


def unit_words(watched: WatchedStep) -> str:
    """What a standardised target means; empty where nothing is standardised."""
    if len(watched.scales) != 1:
        return ""
    return f"The target is standardised: a difference of 1 is {figure(watched.scales[0])} in its own unit."


# ---- Step ----


def step_formula(optimizer: Optimizer, rate: float, step: int, *, decays: bool = True) -> str:
    """How a weight moves, in the names of PyTorch's buffers and with the figures in force; ``step`` counts from 1.

    Formulas: those of the documentation of ``torch.optim``.
    """
    decay = optimizer.weight_decay if decays else 0.0
    grad = f"(grad + {decay:g} · w)" if decay else "grad"
    lr = f"{rate:g}"
    match optimizer:
        case SGD():
            return _sgd(optimizer, grad, lr)
        case AdamW():
            shrunk = f"w · (1 − {rate * decay:g})" if decay else "w"
            return _adam("grad", shrunk, lr, step)
        case Adam():
            return _adam(grad, "w", lr, step)
        case RMSprop():
            known = f"square_avg = {optimizer.alpha:g} · square_avg + {1 - optimizer.alpha:.4g} · {grad}²"
            if optimizer.momentum:
                buffer = f"momentum_buffer = {optimizer.momentum:g} · momentum_buffer + {grad} / (√square_avg + 1e−8)"
                return f"{known}\n{buffer}\nw = w − {lr} · momentum_buffer"
            return f"{known}\nw = w − {lr} · {grad} / (√square_avg + 1e−8)"
        case Adagrad() if not optimizer.lr_decay:
            return f"sum = sum + {grad}²\nw = w − {lr} · {grad} / (√sum + 1e−10)"
    return optimizer.explanation()


def _sgd(optimizer: SGD, grad: str, lr: str) -> str:
    if not optimizer.momentum:
        return f"w = w − {lr} · {grad}"
    kept = f"momentum_buffer = {optimizer.momentum:g} · momentum_buffer + {grad}"
    ahead = f"({grad} + {optimizer.momentum:g} · momentum_buffer)" if optimizer.nesterov else "momentum_buffer"
    return f"{kept}\nw = w − {lr} · {ahead}"


def _adam(grad: str, weight: str, lr: str, step: int) -> str:
    mean, spread = f"exp_avg / (1 − 0.9^{step})", f"exp_avg_sq / (1 − 0.999^{step})"
    return "\n".join(
        (
            f"exp_avg = 0.9 · exp_avg + 0.1 · {grad}",
            f"exp_avg_sq = 0.999 · exp_avg_sq + 0.001 · {grad}²",
            f"w = {weight} − {lr} · {mean} / (√({spread}) + 1e−8)",
        )
    )
