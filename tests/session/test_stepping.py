"""What is said about a step: sentences with its own numbers, and the formula by which weights move."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from nnstudio.session.stepping import (
    equation,
    figure,
    loss_words,
    remark,
    result,
    step_formula,
    unit_words,
    whereabouts,
)
from nnstudio.spec.layers import Dropout, Linear, ReLU
from nnstudio.spec.losses import L1, MSE, BCEWithLogits, CrossEntropy, Huber
from nnstudio.spec.model import Row
from nnstudio.spec.optimizers import OPTIMIZERS, SGD, Adagrad, Adam, AdamW, RMSprop
from nnstudio.spec.training import Training
from nnstudio.spec.watched import AnswerTerm, Neuron, Passed, Term, WatchedLayer, WatchedStep

TERMS = (AnswerTerm("cat", 1.0, 1.0, 0.25, 1.3863), AnswerTerm("dog", 2.0, 0.0, 0.75, 0.0))
STEP = WatchedStep(2, 1, 3, 8, (4, 9), 1, (0.5,), (2, 1), (), TERMS, 1.3863, 1.1, 1.05, 0.01, 0.7)
RELU = Passed("a", "1", (2, 4), "float32", (0.0,), 0.5, 1.0)


@pytest.mark.parametrize(
    ("value", "text"), [(1.23456, "1.235"), (-0.5, "−0.5"), (-0.0, "0"), (math.nan, "nan"), (-math.inf, "−∞")]
)
def test_figures_can_be_multiplied_again_by_hand(value: float, text: str) -> None:
    assert figure(value) == text


def test_where_the_step_is() -> None:
    assert whereabouts(STEP) == "Epoch 1 · batch 3 of 8 · row 10"


def test_what_a_step_does_to_the_loss_of_its_batch() -> None:
    said = result(STEP, Training())
    assert said == (
        "Loss 1.1. One step with learning rate 0.01 against a gradient of length 0.7 "
        "brings the loss of the same rows to 1.05."
    )
    assert "raises the loss of the same rows to 9: it went too far." in result(
        replace(STEP, loss_after=9.0), Training()
    )
    assert "clipped to 0.5," in result(STEP, Training(clip=0.5))
    assert "clipped" not in result(STEP, Training(clip=1.0))
    assert "gradients of 4 batches are gathered" in result(replace(STEP, has_stepped=False), Training(accumulate=4))
    assert "smaller learning rate" in result(replace(STEP, loss=math.nan), Training())


def test_what_stands_out_in_a_layer() -> None:
    relu, dropout, linear = (Row("a", kind) for kind in (ReLU(), Dropout(), Linear(4)))
    assert remark(RELU, relu, in_training=True) == "50% of the outputs are 0: there no gradient passes back."
    assert "nearly all units are off" in remark(replace(RELU, zeros=0.95), relu, in_training=True)
    assert remark(replace(RELU, zeros=0.0), relu, in_training=True) == ""
    assert remark(RELU, dropout, in_training=True) == "50% of the numbers are 0 now; the others are multiplied by 2."
    assert remark(RELU, Row("a", Dropout(1.0)), in_training=True) == "50% of the numbers are 0 now."
    assert "eval()" in remark(RELU, dropout, in_training=False)
    assert "vanished" in remark(replace(RELU, gradient=1e-9), linear, in_training=True)
    assert remark(replace(RELU, gradient=0.1), linear, in_training=True) == ""


def test_the_sum_of_a_neuron_in_numbers() -> None:
    neuron = Neuron(3, 5, (Term("a", 2.0, -0.5), Term("b", 1.0, 0.25)), 0.0, -0.1, -0.85)
    layer = WatchedLayer("a", (), (), (2, 5), (2, 4), neuron)
    assert equation(layer) == "y[3] = 2 · (−0.5) + 1 · 0.25 + … + bias (−0.1) = −0.85"
    assert equation(replace(layer, neuron=None)) == ""


def test_the_loss_of_a_row_in_numbers() -> None:
    assert loss_words(CrossEntropy(), STEP).endswith("“cat”: −ln 0.25 = 1.386.")
    assert loss_words(CrossEntropy(0.1), STEP) == "−target · ln(probability), added up over the lines: 1.386."
    assert loss_words(BCEWithLogits(), STEP) == "−target · ln(probability), added up over the lines: 1.386."
    assert loss_words(MSE(), STEP) == "(output − target)², the mean over the lines: 1.386."
    assert loss_words(L1(), replace(STEP, answers=TERMS[:1])) == "|output − target| = 1.386."
    assert loss_words(Huber(), STEP) == f"{Huber.explanation()} Here: 1.386."
    assert unit_words(replace(STEP, scales=(20.0,))) == (
        "The target is standardised: a difference of 1 is 20 in its own unit."
    )
    assert unit_words(STEP) == ""


def test_how_weights_move() -> None:
    assert step_formula(SGD(momentum=0), 0.1, 1) == "w = w − 0.1 · grad"
    assert step_formula(SGD(momentum=0.9, weight_decay=0.01), 0.1, 1).splitlines() == [
        "momentum_buffer = 0.9 · momentum_buffer + (grad + 0.01 · w)",
        "w = w − 0.1 · momentum_buffer",
    ]
    spared = step_formula(SGD(momentum=0.9, weight_decay=0.01, nesterov=True), 0.1, 1, decays=False)
    assert spared.endswith("w = w − 0.1 · (grad + 0.9 · momentum_buffer)")
    assert "0.9^7" in step_formula(Adam(), 0.1, 7)
    assert "w = w · (1 − 0.001) − 0.1" in step_formula(AdamW(), 0.1, 1)
    assert "momentum_buffer" in step_formula(RMSprop(momentum=0.5), 0.1, 1)
    assert step_formula(Adagrad(lr_decay=0.1), 0.1, 1) == Adagrad.explanation()


@pytest.mark.parametrize("kind", OPTIMIZERS.kinds.values(), ids=OPTIMIZERS.kinds)
def test_every_optimiser_says_how_it_steps(kind: type) -> None:
    assert step_formula(kind(), 0.1, 1)
