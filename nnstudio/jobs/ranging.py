"""The learning-rate range test as a job."""

from __future__ import annotations

from collections.abc import Iterator

from nnstudio.engine.ranging import losses_by_rate
from nnstudio.jobs.given import encoded_for, examples_of
from nnstudio.session.rate_range import has_burst, rates, suggested
from nnstudio.spec.events import Event, Inbox, RatesTried
from nnstudio.spec.requests import TryRates


def try_rates(request: TryRates, inbox: Inbox) -> Iterator[Event]:
    """Try one learning rate after another until the loss bursts; records nothing. Any command ends it."""
    project = request.project
    examples = examples_of(encoded_for(project))
    tried: list[float] = []
    losses: list[float] = []
    for rate, loss in losses_by_rate(project, examples, rates()):
        tried.append(rate)
        losses.append(loss)
        if not inbox.empty():
            return
        if has_burst(losses):
            break
        yield RatesTried(tuple(tried), tuple(losses))
    yield RatesTried(tuple(tried), tuple(losses), suggested(tried, losses), done=True)
