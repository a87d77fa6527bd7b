"""Results in words, the same in the window and in the terminal."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.session.sentences import (
    duration,
    finished_sentence,
    frozen_sentence,
    matching_sentence,
    number,
    parts_notice,
    took,
    unusable,
)
from nnstudio.spec.events import ModelOpened, NumericPlan, RunFinished
from nnstudio.spec.layers import BatchNorm1d, LayerKind, Linear, ReLU
from nnstudio.spec.model import Model
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Walk, walk
from nnstudio.spec.training import Training
from tests.session.examples import stack

Tensors = dict[str, tuple[int, ...]]


def finished(**changes: object) -> RunFinished:
    """A run of three epochs, four seconds."""
    run = RunFinished("r1", "completed", 3, 2, {}, {}, {}, 4.2, 900.0, "b.pth", "l.pth")
    return replace(run, **changes)  # type: ignore[arg-type]  # fields of RunFinished


def opened(tensors: Tensors) -> ModelOpened:
    return ModelOpened("w.pth", "ab", "", tensors)


def walked(*kinds: LayerKind) -> Walk:
    return walk(stack(*kinds), (4,))


# figures


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0.000"),
        (0.5, "0.500"),
        (0.9666, "0.967"),
        (-2.5, "-2.500"),
        (0.01, "0.010"),
        (0.004567, "0.00457"),
        (0.000312, "0.000312"),
        (-0.00005, "-5e-05"),
        (999.9, "999.900"),
        (1_000, "1,000"),
        (-1_234_567.8, "-1,234,568"),
        (math.inf, "inf"),
        (math.nan, "nan"),
    ],
)
def test_figures(value: float, text: str) -> None:
    assert number(value) == text


@given(value=st.floats(1e-12, 1e12))
def test_a_figure_is_close_to_what_it_stands_for(value: float) -> None:
    assert float(number(value).replace(",", "")) == pytest.approx(value, rel=0.06)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0:00"),
        (-3, "0:00"),
        (4.4, "0:04"),
        (59.6, "1:00"),
        (750, "12:30"),
        (3_599.4, "59:59"),
        (3_600, "1:00:00"),
        (11_100, "3:05:00"),
        (360_000, "100:00:00"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (0.44, "0.4 s"),
        (59.94, "59.9 s"),
        (59.96, "1:00 min"),
        (185, "3:05 min"),
        (3_599.4, "59:59 min"),
        (3_599.6, "1:00:00 h"),
        (11_100, "3:05:00 h"),
    ],
)
def test_how_long_something_took(seconds: float, text: str) -> None:
    assert took(seconds) == text


# the end of a run


@pytest.mark.parametrize(
    ("run", "sentence"),
    [
        (finished(), "Training is done after 3 epochs in 4.2 s. The best weights are those of epoch 2."),
        (
            finished(epochs=1, best_epoch=1),
            "Training is done after 1 epoch in 4.2 s. The best weights are those of epoch 1.",
        ),
        (finished(outcome="stopped", epochs=0, best_epoch=0), "Training was stopped after 0 epochs in 4.2 s."),
        (
            finished(frozen=("0.weight", "0.bias"), frozen_unchanged=True),
            (
                "Training is done after 3 epochs in 4.2 s. The best weights are those of epoch 2. "
                "2 locked tensors: verified unchanged, bit for bit."
            ),
        ),
    ],
)
def test_how_a_run_ended(run: RunFinished, sentence: str) -> None:
    assert finished_sentence(run, None) == finished_sentence(run, Project()) == sentence


def test_where_an_average_is_kept_the_end_of_a_run_says_so() -> None:
    sentence = finished_sentence(finished(), Project(training=Training(ema=0.99)))
    assert sentence.endswith("The best weights are the average (EMA) of epoch 2.")


@pytest.mark.parametrize(
    ("frozen", "unchanged", "sentence"),
    [
        ((), None, ""),
        (("0.weight",), True, " 1 locked tensor: verified unchanged, bit for bit."),
        (("0.weight", "0.bias"), True, " 2 locked tensors: verified unchanged, bit for bit."),
        (("0.weight",), False, " 1 locked tensor: CHANGED, which is a defect."),
    ],
)
def test_what_became_of_locked_tensors(frozen: tuple[str, ...], unchanged: bool | None, sentence: str) -> None:
    assert frozen_sentence(finished(frozen=frozen, frozen_unchanged=unchanged)) == sentence


@pytest.mark.parametrize(
    ("frozen", "thawed", "sentence"),
    [
        (("0.weight",), ("1.weight", "1.bias"), "1 locked tensor and 2 tensors locked until a later epoch"),
        ((), ("1.weight",), "1 tensor locked until a later epoch"),
    ],
)
def test_what_was_locked_for_a_while_is_told(frozen: tuple[str, ...], thawed: tuple[str, ...], sentence: str) -> None:
    told = frozen_sentence(finished(frozen=frozen, thawed=thawed, frozen_unchanged=True))
    assert told == f" {sentence}: verified unchanged, bit for bit."


# files of bare tensors

LINEAR: Tensors = {"0.weight": (3, 4), "0.bias": (3,)}


@pytest.mark.parametrize("network", [None, walk(Model(), (4,))])
def test_weights_without_a_network_are_of_no_use(network: Walk | None) -> None:
    problem = unusable(opened(LINEAR), network)
    assert problem is not None
    assert str(problem) == (
        "This file holds weights without a network. Open the data and build the network first, then open it again."
    )


@pytest.mark.parametrize(
    ("tensors", "listed"),
    [
        ({"fc.weight": (3, 4)}, "fc.weight"),
        ({"0.weight": (4, 3), "0.bias": (1,)}, "0.weight, 0.bias"),
        ({f"{n}": (1,) for n in range(4)}, "0, 1, 2, 3"),
        ({f"{n}": (1,) for n in range(5)}, "0, 1, 2, 3 …"),
    ],
)
def test_weights_that_do_not_fit_are_named(tensors: Tensors, listed: str) -> None:
    problem = unusable(opened(tensors), walked(Linear(3)))
    assert problem is not None
    assert problem.what == "None of the tensors in this file fits the network."
    assert problem.why == f"It holds {listed}."


@pytest.mark.parametrize(
    ("kinds", "tensors", "sentence"),
    [
        ([Linear(3)], LINEAR, "2 of 2 tensors match"),
        ([Linear(3), ReLU(), Linear(2)], LINEAR, "2 of 4 tensors match"),
        ([ReLU(), Linear(3)], {"1.weight": (3, 4)}, "1 of 2 tensors match"),
        ([Linear(3, bias=False)], LINEAR, "1 of 1 tensors match"),
        ([BatchNorm1d()], {"0.running_mean": (4,), "0.num_batches_tracked": ()}, "2 of 5 tensors match"),
    ],
)
def test_weights_that_fit_are_counted(kinds: list[LayerKind], tensors: Tensors, sentence: str) -> None:
    assert unusable(opened(tensors), walked(*kinds)) is None
    fitting, _, wanted, *_ = sentence.split()
    fresh = "" if fitting == wanted else "; the others start fresh"
    assert matching_sentence(opened(tensors), walked(*kinds)) == f"{sentence} by name and shape{fresh}."


def test_without_a_network_nothing_matches() -> None:
    assert matching_sentence(opened(LINEAR), None).startswith("0 of 0 tensors match")


def test_memory_that_ran_out_and_what_is_done_about_it() -> None:
    what, why, remedy = parts_notice(NumericPlan(parts=4), 30)
    assert what == "Memory ran out: each batch of 30 goes through in 4 parts of 8 now."
    assert "batch norm compares the rows of a part only" in why
    assert remedy == "Training goes on. A batch size of 8 that is accumulated 4 times needs as little memory."
