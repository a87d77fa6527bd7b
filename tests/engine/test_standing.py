"""Which epoch is the best, and for how long a better one is waited for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from nnstudio.engine.standing import Standing
from nnstudio.engine.trained import Trained

LOSSES = st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.5]), min_size=1, max_size=12)


@given(losses=LOSSES, patience=st.integers(0, 4), validates=st.booleans())
def test_it_is_waited_for_so_many_epochs_behind_the_best(losses: list[float], patience: int, validates: bool) -> None:
    trained = Trained()
    trained.follow(nn.Linear(1, 1))
    standing = Standing(trained, patience)
    for epoch, loss in enumerate(losses, start=1):
        train, validation = ({"loss": -float(epoch)}, {"loss": loss}) if validates else ({"loss": loss}, {})
        best = losses.index(min(losses[:epoch])) + 1
        assert standing.take(epoch, train, validation) == (best == epoch)
        assert trained.best_epoch == best
        assert standing.is_settled(epoch) == (0 < patience <= epoch - best)
