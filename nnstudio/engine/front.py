"""Layers at the front that never change: what they make of the rows is computed once, and the others learn from that.

A frozen body is most of a network that is fine-tuned: without this its forward pass would be repeated in every epoch.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import replace
from time import perf_counter

import numpy as np
import torch
from torch import nn

from nnstudio.engine.build import layers_of
from nnstudio.engine.examples import as_tensor
from nnstudio.engine.given import Given
from nnstudio.engine.plan import CORES, is_small
from nnstudio.engine.predict import rows_at_once
from nnstudio.engine.remote import Remote
from nnstudio.spec.events import ComputedOnce
from nnstudio.spec.freezing import front
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Walk
from nnstudio.spec.tasks import Task

LEAST_SHARE = 0.1
"""Of the multiply-adds of a network; a smaller front is not worth the memory."""

MOST_BYTES = 2**30
"""What the front makes of all rows may take."""

TOLD_SECONDS = 0.25
"""As often it is told how far that is."""


def rows_in_front(project: Project, walked: Walk, examples: int) -> int:
    """How many rows of the stack at the front are passed once by so many ``examples``; 0 where that does not pay off.

    Mixed precision, which judges in another precision than it trains in, and reconstructions, whose targets are the
    examples themselves, pass the whole network in every epoch.
    """
    training, count = project.training, front(project.model)
    reconstructs = project.data is not None and project.data.task is Task.RECONSTRUCTION
    if not count or training.precision != "float32" or reconstructs or training.epochs < 2:
        return 0
    own = walked.multiply_adds_of(slice(count))
    size = 4 * examples * math.prod(walked.steps[count - 1].after or ())
    return count if own >= LEAST_SHARE * walked.multiply_adds and size <= MOST_BYTES else 0


def threads_in_front(project: Project, walked: Walk, count: int, examples: int) -> int:
    """How many threads so many rows at the front are worth."""
    batch = project.data.batches.size if project.data else examples
    return 1 if is_small(walked.multiply_adds_of(slice(count)), batch, examples, 1) else CORES


def passed_once(given: Given, module: nn.Sequential, remote: Remote) -> Generator[ComputedOnce, None, Given]:
    """What the rest of the network is to be given: as `Given.features`, where a front is passed once.

    A plan that is given says whether, and with how many threads. `Stop` leaves everything as it was.
    """
    project, walked, examples = given.project, given.walked, given.examples
    count = rows_in_front(project, walked, len(examples.x))
    threads = given.plan.once if given.plan else threads_in_front(project, walked, count, len(examples.x))
    if not count or not threads:
        return given
    torch.set_num_threads(threads)
    layers = layers_of(module, end=count).eval()
    x, started, told = as_tensor(examples.x), perf_counter(), perf_counter()
    size = rows_at_once(layers, x[:1].to(given.device))
    features = np.empty((len(x), *(walked.steps[count - 1].after or ())), np.float32)
    with torch.no_grad():
        for begin in range(0, len(x), size):
            features[begin : begin + size] = layers(x[begin : begin + size].to(given.device)).cpu().numpy()
            if perf_counter() - told > TOLD_SECONDS:
                told = perf_counter()
                done = min(begin + size, len(x))
                yield ComputedOnce(done, len(x), (told - started) * (len(x) - done) / done)
                if remote.hears_stop():
                    return given
    return replace(given, features=features, count=count, threads=threads)
