"""What a cross-validation says."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.session.folds import folds_sentence, spreads, stopped_sentence
from nnstudio.spec.events import FoldDone, FoldsStopped
from nnstudio.spec.tasks import Task

losses = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=12)


@given(values=losses)
def test_a_spread_is_mean_and_sample_deviation(values: list[float]) -> None:
    folds = [FoldDone(fold, len(values), {"loss": value}) for fold, value in enumerate(values, 1)]
    mean, deviation = spreads(folds)["loss"]
    assert mean == pytest.approx(statistics.mean(values), abs=1e-6)
    assert deviation == pytest.approx(statistics.stdev(values), abs=1e-6)


def test_a_measure_that_folds_lack_is_that_of_the_others() -> None:
    folds = [FoldDone(1, 3, {"loss": 1.0, "r2": 0.5}), FoldDone(2, 3, {"loss": 3.0}), FoldDone(3, 3, {})]
    assert spreads(folds) == {"loss": (2.0, pytest.approx(2**0.5)), "r2": (0.5, 0.0)}
    assert spreads([]) == {}


def test_the_sentence_names_every_measure() -> None:
    folds = [FoldDone(1, 2, {"loss": 0.1, "accuracy": 0.9}), FoldDone(2, 2, {"loss": 0.3, "accuracy": 0.7})]
    assert folds_sentence(folds, Task.MULTICLASS) == (
        "2-fold cross-validation: loss 0.200 ± 0.141, accuracy 0.800 ± 0.141 (mean ± deviation over the folds)."
    )


def test_the_sentence_holds_the_folds_against_one_answer() -> None:
    folds = [FoldDone(1, 2, {"accuracy": 0.9}, {"accuracy": 0.4}), FoldDone(2, 2, {"accuracy": 0.7}, {"accuracy": 0.6})]
    assert folds_sentence(folds, Task.MULTICLASS).endswith("Always giving one answer: accuracy 0.500.")


def test_a_stop_is_said() -> None:
    assert stopped_sentence(FoldsStopped(2, 5)) == "Training was stopped in fold 2 of 5. Nothing was kept."
