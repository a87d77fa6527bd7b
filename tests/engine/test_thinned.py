"""The losses of the batches stay few, and the same however they are looked at."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.engine import pace, thinned
from nnstudio.engine.thinned import MOST_POINTS, Thinned
from nnstudio.session.batch_history import BatchHistory
from nnstudio.spec.events import BatchLosses, EpochDone, RunStarted
from tests.engine.experiments import all_of, examples, experiment, run, the

LOSSES = np.random.default_rng(0).random(20_000).tolist()


@pytest.fixture(autouse=True, scope="module")
def few() -> Iterator[None]:
    """Already 16 points are many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(thinned, "MOST_POINTS", 16)
        yield


def history(losses: list[float], parts: list[int], *, interrupted: bool = False) -> BatchHistory:
    """What a listener knows at the end of a run whose losses come in ``parts``."""
    heard, points, place = BatchHistory(), Thinned(), 0
    for part in [*parts, len(losses)]:
        points.add(losses[place : place + part])
        place += part
        if news := points.news():
            heard.take(news)
        if interrupted:
            state, points = points.state(), Thinned()
            points.restore(state)
    if news := points.news(is_over=True):
        heard.take(news)
    return heard


def test_every_batch_is_a_point_of_its_own_while_there_are_few() -> None:
    told = history(LOSSES[:15], [4, 3])
    assert (told.width, told.batches) == (1, 15)
    assert [*told.means] == [*told.lows] == [*told.highs] == LOSSES[:15]


@pytest.mark.parametrize("count", [16, 17, 31, 32, 100, 1_000, 20_000])
def test_a_point_has_the_mean_the_least_and_the_largest_of_its_batches(count: int) -> None:
    told = history(LOSSES[:count], [])
    assert 8 <= len(told.means) <= 16
    assert told.batches == count
    assert (len(told.means) - 1) * told.width < count <= len(told.means) * told.width
    parts = [LOSSES[:count][at : at + told.width] for at in range(0, count, told.width)]
    assert told.means == pytest.approx([np.mean(part) for part in parts])
    assert [*told.lows] == [min(part) for part in parts]
    assert [*told.highs] == [max(part) for part in parts]


@given(st.lists(st.integers(0, 60), max_size=30), st.integers(0, 700), st.booleans())
def test_neither_looks_nor_interruptions_change_a_bit(parts: list[int], count: int, interrupted: bool) -> None:
    assert history(LOSSES[:count], parts, interrupted=interrupted) == history(LOSSES[:count], [])


def test_ten_million_batches_stay_small() -> None:
    assert 3 * 8 * MOST_POINTS < 200_000


@pytest.mark.parametrize("interval", [-1.0, 1e9])
def test_a_run_tells_the_losses_of_all_of_its_batches(interval: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "INTERVAL", interval)
    events = run(experiment(epochs=2), examples())
    told = BatchHistory()
    for news in all_of(BatchLosses, events):
        told.take(news)
    assert told.batches == 2 * the(RunStarted, events).batches == 10
    of_epochs = [np.mean(told.means[:5]), np.mean(told.means[5:])]
    assert of_epochs == pytest.approx([done.train["loss"] for done in all_of(EpochDone, events)])
