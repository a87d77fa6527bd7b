"""What always giving one answer scores agrees with scikit-learn's dummies, on every part."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import accuracy_score, mean_absolute_error, r2_score, recall_score

from nnstudio.data import baselines
from nnstudio.data.baselines import Parts, baseline_of_classes, baseline_of_inputs, baseline_of_values
from nnstudio.spec.parts import PARTS

CLASSES = ("Adelie", "Chinstrap", "Gentoo")
seeds = given(seed=st.integers(0, 999))


def parts_of(rows: int, random: np.random.Generator) -> Parts:
    dealt = np.split(random.permutation(rows), [rows - 9, rows - 4])
    return dict(zip(PARTS, map(np.sort, dealt), strict=True))


@seeds
def test_the_commonest_class(seed: int) -> None:
    random = np.random.default_rng(seed)
    y, parts = random.choice(3, 20, p=(0.1, 0.2, 0.7)), parts_of(20, random)
    dummy = DummyClassifier(strategy="most_frequent").fit(y[parts["train"]], y[parts["train"]])
    found = baseline_of_classes(y, parts, CLASSES)
    said = int(dummy.predict(y[:1])[0])
    assert found.answer == f"“{CLASSES[said]}”"
    for part in PARTS:
        true = y[parts[part]]
        always = dummy.predict(true)
        present = np.unique(true)
        recall = recall_score(true, always, labels=present, average="macro", zero_division=0)
        assert found.of(part) == pytest.approx({"accuracy": accuracy_score(true, always), "balanced_accuracy": recall})


@seeds
@pytest.mark.parametrize("targets", [1, 2])
def test_the_mean(targets: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    y, parts = random.lognormal(size=(20, targets)), parts_of(20, random)
    dummy = DummyRegressor().fit(y[parts["train"]], y[parts["train"]])
    found = baseline_of_values(y, parts)
    assert found.answer == ", ".join(f"{at:.4g}" for at in y[parts["train"]].mean(axis=0))
    for part in PARTS:
        true = y[parts[part]]
        always = dummy.predict(true)
        assert found.of(part) == pytest.approx(
            {"r2": r2_score(true, always), "mae": mean_absolute_error(true, always)}, abs=1e-9
        )


@pytest.mark.parametrize("at_once", [1, 7, 2**22])
def test_the_mean_of_inputs(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baselines, "AT_ONCE", at_once)
    random = np.random.default_rng(0)
    x, parts = random.normal(size=(20, 2, 3)).astype(np.float32), parts_of(20, random)
    found = baseline_of_inputs(x, parts)
    flat = x.reshape(20, 6)
    mean = np.tile(flat[parts["train"]].mean(axis=0), (20, 1))
    for part in PARTS:
        rows = parts[part]
        r2 = r2_score(flat[rows], mean[rows], multioutput="variance_weighted")
        mae = mean_absolute_error(flat[rows], mean[rows])
        assert found.of(part) == pytest.approx({"r2": r2, "mae": mae}, abs=1e-5)


def test_rows_that_define_nothing_are_not_judged() -> None:
    y = np.array([[1.0], [3.0], [5.0], [2.0], [2.0]])
    found = baseline_of_values(y, {"train": np.arange(2), "validation": np.array([2]), "test": np.array([], np.int64)})
    assert found.validation == {"mae": 3.0}, "the variance of one row is undefined"
    assert found.test == {}
    met = baseline_of_values(y, {"train": np.arange(2), "validation": np.array([3, 4])})
    assert met.validation == {"r2": 1.0, "mae": 0.0}, "rows that all say what the mean says"
