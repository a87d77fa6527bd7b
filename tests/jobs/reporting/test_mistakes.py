"""The rows that a report shows as mistakes: the answers, and beside them the columns that say most."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from nnstudio.data.judging import listed
from nnstudio.jobs.reporting import mistakes
from nnstudio.jobs.reporting.mistakes import MOST_COLUMNS, mistakes_of
from nnstudio.spec.scores import Evaluation
from tests.report.made import classifier

RATES = {f"error rate {number}": [0.5, 0.25] for number in range(MOST_COLUMNS + 2)}
"""Columns of a table, whose names begin like those of answers."""


class TwoAnswers:
    """As `Answers` gives them."""

    row, badness = np.arange(2), np.ones(2)
    truth, predicted = np.zeros((2, 2)), np.ones((2, 2))

    def __len__(self) -> int:
        return 2


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two answers with these columns beside them, whatever is asked for."""

    def opened(path: str) -> Any:
        del path
        return nullcontext(TwoAnswers())

    def rows_of(sources: Sequence[str], rows: Any) -> Any:
        del sources, rows
        return pa.table(RATES)

    monkeypatch.setattr(mistakes, "Answers", opened)
    monkeypatch.setattr(listed, "rows_of", rows_of)


def evaluation(*targets: str) -> Evaluation:
    first = classifier().first
    assert first is not None
    return replace(first.found, classes=(), targets=targets)


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize(
    ("targets", "answers"),
    [
        ((), ("row", "error")),
        (("a",), ("row", "true", "predicted", "error")),
        (("a", "b"), ("row", "true a", "predicted a", "error a", "true b", "predicted b", "error b")),
    ],
)
def test_only_what_the_network_answered_is_an_answer(targets: tuple[str, ...], answers: tuple[str, ...]) -> None:
    shown = mistakes_of(evaluation(*targets), ())
    assert shown is not None
    assert shown.titles == (*answers, *list(RATES)[:MOST_COLUMNS])
    assert shown.more_columns == 2
