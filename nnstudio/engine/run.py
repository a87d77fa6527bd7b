"""One run under way, split by level: run, epoch, batch. What a batch does to the network is the `Learner`'s."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from queue import SimpleQueue
from time import perf_counter
from typing import Literal

import torch
from torch import nn

from nnstudio.engine.build import layers_of
from nnstudio.engine.examples import Tensors
from nnstudio.engine.given import Given
from nnstudio.engine.gradients import GradientWatch
from nnstudio.engine.learner import Learner
from nnstudio.engine.order import Order
from nnstudio.engine.pace import Pace
from nnstudio.engine.planning import planner_for
from nnstudio.engine.predict import judge
from nnstudio.engine.preflight import normalises_single_rows, rows_an_epoch
from nnstudio.engine.recovery import Content, Keeper, Restart
from nnstudio.engine.remote import Remote
from nnstudio.engine.standing import Standing
from nnstudio.engine.thinned import Thinned
from nnstudio.engine.trained import Trained, need_finite
from nnstudio.spec.events import (
    BatchLosses,
    CheckpointSaved,
    EpochDone,
    Event,
    Measures,
    PlanChanged,
    Progress,
    RatesChanged,
    RunFinished,
    RunStarted,
)
from nnstudio.spec.facts import Rows


class Run:
    """One run under way: its network, what it is fed, and how far it is."""

    def __init__(
        self,
        given: Given,
        module: nn.Sequential,
        remote: Remote,
        trained: Trained,
        *,
        keeper: Keeper | None = None,
        restart: Restart | None = None,
    ) -> None:
        project, examples = given.project, given.examples
        assert project.data is not None  # `check` refuses a project without data
        batches = project.data.batches
        self.given, self._training, self._examples = given, project.training, examples
        self._order = Order(len(examples.train), given.classes, self._training.seed, batches)
        self._remote, self._trained, self._keeper = remote, trained, keeper
        self._tensors = Tensors(given.fed, self._training.loss, given.device, batches.balance)
        self._feed = self._tensors.feed(examples.train, batches.size)
        self._tally, self._losses = self._tensors.tally(), Thinned()
        self._tally.told = self._losses.add
        self._rows = rows_an_epoch(given.walked, len(self._feed), batches.size)
        self._batches = math.ceil(self._rows / batches.size)
        weighted = self._tensors.weighted
        fewest = 2 if normalises_single_rows(given.walked) else 1
        self.learner = Learner(project, module, trained, weighted=weighted, fewest=fewest, passed=given.count)
        self._planner = planner_for(given, self.learner, self._feed, self._rows)
        self.learner.begin(self._planner.plan, self._batches)
        self._judge = judge(self.learner.applied, self._training.loss, self._tensors, examples.validation)
        self._pace = Pace(self._rows * self._training.epochs)
        self._standing = Standing(trained, self._training.patience)
        self._gradients = GradientWatch(self.learner, project.model, rows=self._rows % batches.size or batches.size)
        self._epochs, self._learned, self._left_at = 0, 0, 0
        self._changes: list[RatesChanged] = []
        self._restart = restart
        if restart is not None:
            self._restore(restart)

    # ---- Run ----

    def events(self, run: str) -> Iterator[Event]:
        """Train till the last epoch or a Stop."""
        yield self._started(run)
        yield from self._tell_losses()
        while self._epochs < self._training.epochs and not self._standing.is_settled(self._epochs):
            yield from self._epoch(self._epochs + 1)
            if self._remote.stopped:
                break
        yield from self._tell_losses(is_over=True)
        self._trained.ending = self._state(self._left_at)
        yield self._finished(run)

    def _started(self, run: str) -> RunStarted:
        examples = self._examples
        rows = Rows(len(examples.train), len(examples.validation), len(examples.test))
        plan, count, trainable = self._planner.plan, self.given.walked.count, self.given.walked.trainable
        baseline = examples.facts.baseline
        return RunStarted(run, plan, self._training.epochs, self._batches, rows, count, trainable, baseline)

    def _finished(self, run: str) -> RunFinished:
        trained, frozen, seconds = self._trained, self.learner.frozen, self._pace.seconds()
        if trained.best_epoch == 0:  # stopped in the first epoch: what was learned is what there is
            trained.keep(0)
        return RunFinished(
            run,
            self._outcome(),
            self._epochs,
            trained.best_epoch,
            *self._standing.measures,
            self._tested(),
            seconds,
            self._epochs * self._rows / seconds,
            best_weights="",
            last_weights="",
            frozen=frozen.names,
            frozen_unchanged=frozen.unchanged(trained.last, trained.best),
            thawed=frozen.thawed,
            baseline=self._examples.facts.baseline,
        )

    def _outcome(self) -> Literal["completed", "stopped", "early"]:
        if self._remote.stopped:
            return "stopped"
        return "early" if self._epochs < self._training.epochs else "completed"

    def _tested(self) -> Measures:
        """The measures of the best weights on the test rows, with a copy of the network that holds them."""
        best = copy.deepcopy(self.learner.judged)
        best.load_state_dict(self._trained.best)
        return judge(layers_of(best, self.given.count), self._training.loss, self._tensors, self._examples.test)()

    # ---- Epoch ----

    def _epoch(self, epoch: int) -> Iterator[Event]:
        started = self._pace.seconds()
        self.learner.thaw(epoch)
        yield from self._train_batches(epoch)
        if self._remote.stopped:
            return
        train_seconds = self._pace.seconds() - started
        train = self._tally.read()
        validation = self._judge()
        best = self._compare(epoch, train, validation)
        self._epochs = epoch
        rate = self.learner.scheduler.rate
        self.learner.scheduler.after_epoch((validation or train)["loss"])
        yield EpochDone(epoch, train, validation, self._pace.seconds() - started, best, rate)
        yield from self._gradients.look(epoch)
        yield from self._tell_parts(epoch)
        if self._planner.stay_eager(self.learner.step.reason) | self._planner.after_epoch(self._rows / train_seconds):
            self.learner.step.forget()
            yield PlanChanged(epoch, self._planner.plan)
        yield from self._keep(0)

    def _compare(self, epoch: int, train: Measures, validation: Measures) -> bool:
        """Keep the weights if they are the best so far."""
        need_finite(train["loss"], epoch)
        if validation:
            need_finite(validation["loss"], epoch)
        else:  # the last step of the epoch may have spoilt the weights, and nothing has shown it yet
            self._trained.need_finite(epoch)
        return self._standing.take(epoch, train, validation)

    # ---- Batch ----

    def _train_batches(self, epoch: int) -> Iterator[Event]:
        learner = self.learner
        learner.frozen.train()
        inbox, learn, tally, pace, batch = self._remote.inbox, learner.learn, self._tally, self._pace, 0
        after_batch, due = learner.scheduler.after_batch, learner.tuning.due(epoch)
        before, self._learned = self._learned, 0
        for chunk in self._feed.chunks(self._order(epoch)[: self._rows]):
            batches = self._feed.batches(*chunk)
            batch += sum(1 for _ in islice(batches, max(0, before - batch)))
            for examples in batches:
                tally.add(*learn(*examples))
                batch += 1
                if after_batch:
                    after_batch()
                if perf_counter() >= pace.due or not inbox.empty() or batch == due:
                    yield from self._attend(epoch, batch)
                    if self._remote.stopped:
                        self._left_at = batch
                        return
                    due = learner.tuning.due(epoch)
            if batch >= before:
                tally.close_chunk(chunk[1])
        learner.end_epoch()

    def _attend(self, epoch: int, batch: int) -> Iterator[Event]:
        """Answer commands, and say how far training is when that is due."""
        since, tuning = perf_counter(), self.learner.tuning
        yield from self._noted(tuning.repeat(epoch, batch))
        yield from self._remote.answer(lambda wish: self._noted(tuning.change(wish, epoch, batch)))
        yield from self._tell_parts(epoch)
        self._pace.rest(since)
        if self._remote.stopped or perf_counter() < self._pace.due:
            return
        loss = need_finite(self._tally.mean_loss(), epoch)
        rows = (epoch - 1) * self._rows + min(batch * self._feed.size, self._rows)
        yield Progress(epoch, batch, loss, self._pace.rate(rows), self._pace.seconds_left(rows))
        yield from self._tell_losses()
        yield from self._keep(batch)

    def _noted(self, changes: Iterator[RatesChanged]) -> Iterator[RatesChanged]:
        """The changes of rates, which are remembered until a checkpoint has them."""
        for change in changes:
            self._changes.append(change)
            yield change

    def _tell_parts(self, epoch: int) -> Iterator[PlanChanged]:
        """Say that memory ran out, where it did, and that batches go through in more parts."""
        if self._planner.split(self.learner.parts):
            yield PlanChanged(epoch, self._planner.plan)

    def _tell_losses(self, *, is_over: bool = False) -> Iterator[BatchLosses]:
        """Give the losses of the batches since the last time, thinned, where there is something new."""
        if news := self._losses.news(is_over):
            yield news

    # ---- Checkpoints ----

    def _keep(self, batch: int) -> Iterator[Event]:
        """Write a checkpoint where one is due: behind ``batch`` batches of an epoch, or, 0, at the end of one."""
        keeper, since = self._keeper, perf_counter()
        if keeper is None or not keeper.is_due(epoch_is_over=batch == 0):
            return
        self._trained.need_finite(self._epochs + (1 if batch else 0))
        yield from self._remote.insist(lambda: keeper.save(self._state(batch)))
        self._changes.clear()
        self._pace.rest(since)
        if not self._remote.stopped:
            yield CheckpointSaved(self._epochs, batch)

    def _state(self, batch: int) -> Content:
        """All that changed since the run was prepared."""
        return {
            "epochs": self._epochs,
            "batches": batch,
            "seconds": self._pace.seconds(),
            "tally": self._tally.state() if batch else None,
            "losses": self._losses.state(),
            "random": torch.get_rng_state(),
            **self._standing.state(),
            **self.learner.state(),
        }

    def _restore(self, restart: Restart) -> None:
        """Be where the run was when it gave `_state`."""
        state = restart.state
        self._epochs, self._learned = state["epochs"], state["batches"]
        self.learner.restore(state, self._epochs + (1 if self._learned else 0), restart.changes)
        self._standing.restore(state)
        if state["tally"] is not None:
            self._tally.restore(state["tally"])
        self._losses.restore(state["losses"])
        self._pace.go_on_from(state["seconds"])
        if state["random"] is not None:
            torch.set_rng_state(state["random"])

    # ---- Once more ----

    def again(self) -> Run | None:
        """The same run as it was at its last checkpoint, or at its beginning; None where that is not known any more."""
        kept = self._keeper and self._keeper.kept()
        if kept is None and self._restart is not None:
            return None
        given = replace(self.given, plan=replace(self._planner.plan, step="eager"))
        restart = Restart(kept, tuple(self._changes)) if kept else None
        return Run(given, given.module(), Remote(SimpleQueue()), Trained(), restart=restart)

    @property
    def batches_before(self) -> int:
        """How many batches were learned from where this process began."""
        return self._epochs * self._batches + self._learned
