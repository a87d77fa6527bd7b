"""The plan of a run from what it is made of: the one that was given, or one that is measured where that pays off."""

from __future__ import annotations

from dataclasses import replace

import torch

from nnstudio.engine.feed import Feed
from nnstudio.engine.given import Given
from nnstudio.engine.layout import has_kernels
from nnstudio.engine.learner import Learner
from nnstudio.engine.plan import Planner, is_small, plan_for, seconds_a_batch
from nnstudio.spec.events import Layout, NumericPlan

MEASURED = 8
"""Batches that are learned from again and again while it is measured."""


def planner_for(given: Given, learner: Learner, feed: Feed, rows: int) -> Planner:
    """Follows or finds the plan for training ``learner`` on so many ``rows`` of ``feed`` an epoch."""
    training = given.project.training

    def seconds(threads: int, layout: Layout = "contiguous") -> float:
        """Measure some batches on a copy of the network, so that the real one does not notice."""
        step = learner.trial(NumericPlan(layout=layout, precision=training.precision))
        chunk = next(feed.chunks(torch.arange(rows)))
        return seconds_a_batch(step, list(feed.batches(*chunk))[:MEASURED], threads)

    small = is_small(given.multiply_adds, feed.size, rows, training.epochs)
    fixed = given.plan is not None or given.device != "cpu" or small
    plan = replace(given.plan or plan_for(given.device, training.precision), once=given.threads)
    planner = Planner(plan, None if fixed else seconds)
    if not fixed and has_kernels(learner.trained_layers):
        planner.choose_layout(lambda layout: seconds(planner.plan.threads, layout))
    return planner
