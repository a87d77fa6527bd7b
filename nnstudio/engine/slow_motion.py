"""Training in slow motion: a run that is held in front of any of its steps, so that the step can be watched."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from nnstudio.engine.build import make_loss
from nnstudio.engine.checkpoint import load_model
from nnstudio.engine.examples import Examples, Tensors
from nnstudio.engine.given import Given
from nnstudio.engine.learner import Learner
from nnstudio.engine.load import load_starts
from nnstudio.engine.order import Order
from nnstudio.engine.precision import check_precision
from nnstudio.engine.predict import judge
from nnstudio.engine.preflight import check, rows_an_epoch
from nnstudio.engine.trained import Trained
from nnstudio.spec.events import NumericPlan
from nnstudio.spec.model import Weights
from nnstudio.spec.project import Project

Moment = tuple[dict[str, Any], Tensor]
"""All that changes in a step: what the learner says of itself, and the state of PyTorch's generator."""


class SlowMotion:
    """A run of ``project`` on the CPU, in one thread; ``position`` is how many steps it has made.

    It begins as a run begins, or with the weights of a ``file``, and makes the steps that a run makes: the same rows
    in the same order, with the same dropout. PyTorch's generator is drawn from: whoever shares it keeps it from that.
    Raises what training raises before it starts.
    """

    def __init__(self, project: Project, examples: Examples, file: str = "") -> None:
        walked = check(project, examples)
        check_precision(project.training.precision, "cpu")
        given = Given(project, examples, walked, "cpu")
        assert project.data is not None  # `check` refuses a project without data
        batches = project.data.batches
        self.project, self.examples = project, examples
        self._file, self._given = file, given
        self._order = Order(len(examples.train), given.classes, project.training.seed, batches)
        self._tensors = Tensors(examples, project.training.loss, "cpu", batches.balance)
        self._feed = self._tensors.feed(examples.train, batches.size)
        self._rows = rows_an_epoch(walked, len(self._feed), batches.size)
        self.batches = math.ceil(self._rows / batches.size)
        self.loss = make_loss(project.training.loss, self._tensors.weighted)
        self._plan = NumericPlan(step="eager", precision=project.training.precision)
        self.begin()

    def begin(self) -> None:
        """Be in front of the first step."""
        module = self._given.module()
        if self._file:
            load_starts(module, self.project.model, [(Weights(self._file, ""), load_model(Path(self._file)))])
        self.learner = Learner(self.project, module, Trained(), weighted=self._tensors.weighted)
        self.learner.begin(self._plan, self.batches)
        self.learner.thaw(1)
        self.random = torch.get_rng_state()
        self.position = 0
        self._under_way = self._batches_of(1)
        self.batch = next(self._under_way)

    @property
    def module(self) -> nn.Sequential:
        return self.learner.module

    @property
    def epoch(self) -> int:
        """The epoch that the next step belongs to, from 1."""
        return self.position // self.batches + 1

    @property
    def rows(self) -> Tensor:
        """The training rows of the batch as positions in the examples, ``(B,) int64``."""
        start = self.position % self.batches * self._feed.size
        order = self._order(self.epoch)[: self._rows][start : start + self._feed.size]
        return torch.from_numpy(self.examples.train)[order]

    def advance(self) -> None:
        """Make the step, and be in front of the next one."""
        torch.set_rng_state(self.random)
        self.learner.frozen.train()
        self.learner.eager.gradients(*self.batch)
        self.update()
        after_batch = self.learner.scheduler.after_batch
        if after_batch:
            after_batch()
        self.position += 1
        if self.position % self.batches == 0:
            self._end_epoch()
        self.random = torch.get_rng_state()
        self.batch = next(self._under_way)

    def update(self) -> bool:
        """Let the optimiser take the gradients that are there; says whether it made a step of them."""
        self.learner.eager.update()
        stepped = not self.learner.eager.update.gathered
        if stepped and self.learner.average is not None:
            self.learner.average.follow()
        return stepped

    def go_to(self, steps: int, is_wanted: Callable[[], bool]) -> bool:
        """Be in front of the step behind ``steps`` others; False where it ``is_wanted`` no more."""
        if steps < self.position:
            self.begin()
        while self.position < steps:
            if not is_wanted():
                return False
            self.advance()
        return True

    def moment(self) -> Moment:
        """How all is now, to come back to with `restore`; PyTorch's generator is put where the step begins."""
        torch.set_rng_state(self.random)
        return copy.deepcopy(self.learner.state()), self.random

    def restore(self, moment: Moment) -> None:
        """Be where `moment` was taken."""
        state, self.random = moment
        self.learner.restore(state, self.epoch, ())

    def _end_epoch(self) -> None:
        """What a run does behind the last batch of an epoch, and in front of the first one of the next."""
        learner, training = self.learner, self.project.training
        learner.end_epoch()
        loss = 0.0
        if training.schedule.follows_loss:
            rows = self.examples.validation if len(self.examples.validation) else self.examples.train
            loss = judge(learner.judged, training.loss, self._tensors, rows)()["loss"]
        learner.scheduler.after_epoch(loss)
        learner.thaw(self.epoch)
        self._under_way = self._batches_of(self.epoch)

    def _batches_of(self, epoch: int) -> Iterator[tuple[Tensor, ...]]:
        for chunk in self._feed.chunks(self._order(epoch)[: self._rows]):
            yield from self._feed.batches(*chunk)
