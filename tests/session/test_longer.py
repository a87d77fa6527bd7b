"""What training for longer comes to, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.session.longer import longer_sentence, more_epochs
from nnstudio.spec.events import RunFinished
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import ConstantRate, Cosine, Schedule, Steps
from nnstudio.spec.training import Training

END = RunFinished("r", "stopped", 40, 30, {}, {}, {}, 1.0, 1.0, "", "")


def planned(schedule: Schedule, epochs: int = 100) -> Project:
    return Project(training=Training(schedule=schedule, epochs=epochs))


def test_what_is_left_of_the_plan_is_proposed_and_else_as_many_again() -> None:
    assert more_epochs(planned(ConstantRate()), END) == 60
    assert more_epochs(planned(ConstantRate(), 40), END) == 40
    assert more_epochs(planned(ConstantRate(), 1), replace(END, epochs=1)) == 1


@pytest.mark.parametrize(
    ("schedule", "more", "said"),
    [
        (ConstantRate(), 60, "to epoch 100."),
        (Steps(), 5, "to epoch 45. The schedule goes on where it was."),
        (Cosine(), 60, "to epoch 100. The schedule goes on where it was."),
        (
            Cosine(),
            5,
            "to epoch 45. The schedule is laid out over all 45 epochs, and goes on where it would be in such a run.",
        ),
    ],
)
def test_it_says_what_becomes_of_the_schedule(schedule: Schedule, more: int, said: str) -> None:
    sentence = longer_sentence(planned(schedule), END, more, "last")
    assert sentence == f"It goes on after epoch 40 as if it had not ended there, {said}"


def test_it_says_that_early_stopping_waits_anew() -> None:
    early = replace(END, outcome="early")
    assert longer_sentence(planned(ConstantRate()), early, 10, "last").endswith(
        "to epoch 50. Early stopping waits anew."
    )


def test_it_says_what_becomes_of_the_optimiser() -> None:
    assert longer_sentence(planned(ConstantRate()), END, 10, "best") == (
        "It goes on from the best weights, those of epoch 30, with an optimiser that begins anew, to epoch 40."
    )
