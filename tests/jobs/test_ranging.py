"""The learning-rate range test on real data: one batch a rate, the same numbers every time, ended by a command."""

from __future__ import annotations

from dataclasses import replace
from queue import SimpleQueue

import pytest

from nnstudio.jobs.ranging import try_rates
from nnstudio.resources import resource
from nnstudio.session.rate_range import rates
from nnstudio.spec.events import Inbox, RatesTried, Stop
from nnstudio.spec.files import load_project
from nnstudio.spec.project import Project
from nnstudio.spec.requests import TryRates


def tried_in(project: Project, inbox: Inbox | None = None) -> list[RatesTried]:
    events = list(try_rates(TryRates(project), inbox or SimpleQueue()))
    return [event for event in events if isinstance(event, RatesTried)]


@pytest.mark.parametrize("sample", ["iris", "digits", "diabetes"])
def test_a_rate_is_suggested_between_too_small_and_too_large(sample: str) -> None:
    project = load_project(resource(f"samples/{sample}.nnstudio"))
    *under_way, last = tried_in(project)
    assert last.done
    assert not any(event.done for event in under_way)
    assert last.rates == tuple(rates()[: len(last.rates)])
    assert last.suggested is not None
    assert 1e-4 <= last.suggested <= 0.2
    assert tried_in(project)[-1] == last


def test_layers_that_learn_at_other_rates_keep_their_share() -> None:
    project = load_project(resource("samples/iris.nnstudio"))
    rows = tuple(replace(row, rate=1e-3) for row in project.model.rows)
    slower = replace(project, model=replace(project.model, rows=rows))
    assert (tried_in(slower)[-1].suggested or 1.0) > (tried_in(project)[-1].suggested or 1.0)


def test_a_command_ends_it() -> None:
    inbox: Inbox = SimpleQueue()
    inbox.put(Stop())
    assert tried_in(load_project(resource("samples/iris.nnstudio")), inbox) == []
