"""Training as a generator of events, split by level: run, epoch, batch. The step itself lives in ``step``."""

from __future__ import annotations

import copy
import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from queue import SimpleQueue
from time import perf_counter
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from nnstudio.engine.build import build
from nnstudio.engine.examples import Examples, Tensors
from nnstudio.engine.layout import has_kernels
from nnstudio.engine.learner import Learner
from nnstudio.engine.load import load_own_starts
from nnstudio.engine.order import Order
from nnstudio.engine.origin import Found, Origin, Watcher, not_finite
from nnstudio.engine.pace import Pace
from nnstudio.engine.plan import Planner, device_for, is_small, plan_for, seconds_a_batch, threads_restored
from nnstudio.engine.precision import check_precision
from nnstudio.engine.predict import judge
from nnstudio.engine.preflight import check, normalises_single_rows
from nnstudio.engine.recovery import Content, Keeper, Restart
from nnstudio.engine.remote import Remote
from nnstudio.engine.thinned import Thinned
from nnstudio.engine.trained import Trained
from nnstudio.spec.data import Batches
from nnstudio.spec.errors import NotFiniteError, OutOfMemory, as_studio_error
from nnstudio.spec.events import (
    BatchLosses,
    CheckpointSaved,
    EpochDone,
    Event,
    Inbox,
    Layout,
    Measures,
    NumericPlan,
    PlanChanged,
    Progress,
    RatesChanged,
    RunFinished,
    RunStarted,
)
from nnstudio.spec.facts import Rows
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Walk


def train(
    project: Project,
    examples: Examples,
    *,
    inbox: Inbox,
    run: str,
    plan: NumericPlan | None = None,
    trained: Trained | None = None,
    keeper: Keeper | None = None,
    go_on_from: Restart | None = None,
) -> Generator[Event, None, None]:
    """Train ``project`` on ``examples``: [WeightsLoaded], RunStarted, then what comes of it, at last RunFinished.

    Progress and BatchLosses come a few times a second, EpochDone after every epoch.

    Commands are taken from ``inbox`` after every batch; RatesChanged says from where on other rates are in force. A
    ``plan`` is followed as it is; without one it is chosen, and PlanChanged says when measuring anew led to another.
    The weights are in ``trained``, also after an error or `close`; RunFinished names no files: its caller writes them.
    The same plan and seed give the same bits. Where a batch norm is trained, a last batch of a single row is left out
    of the epoch, since it cannot be normalised.

    A ``keeper`` is given checkpoints, each told by CheckpointSaved; while its disk is full, training rests (DiskFull).
    With one of them in ``go_on_from``, and with the plan of that run, training goes on from there, to the same bits;
    changes of rates that were made behind it are made again.

    Raises `ShapeError`, `TrainingError` or `ModelFileError` before anything starts, later `NotFiniteError` or
    `OutOfMemory`.
    """
    try:
        with threads_restored():
            yield from _train(
                project,
                examples,
                plan,
                Remote(inbox),
                trained or Trained(),
                run=run,
                keeper=keeper,
                go_on_from=go_on_from,
            )
    except (RuntimeError, MemoryError) as error:  # memory that ran out is a RuntimeError of PyTorch's
        known = as_studio_error(error)
        if isinstance(known, OutOfMemory):
            raise known from error
        raise


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What a run is about; ``plan`` is the one to follow, or None where it is to be chosen."""

    project: Project
    examples: Examples
    walked: Walk
    device: str
    plan: NumericPlan | None = None
    is_searched: bool = True
    """It is found out where a number that is none came from."""

    def module(self) -> nn.Sequential:
        """The network as training begins with it, on the device."""
        project = self.project
        module = build(project.model, self.walked.input_shape, project.training.seed)
        if project.model.starts:
            load_own_starts(module, project.model)
        return module.to(self.device)


def _train(
    project: Project,
    examples: Examples,
    plan: NumericPlan | None,
    remote: Remote,
    trained: Trained,
    *,
    run: str,
    keeper: Keeper | None,
    go_on_from: Restart | None,
) -> Iterator[Event]:
    walked = check(project, examples)
    device = device_for(plan.device if plan else project.training.device)
    check_precision(plan.precision if plan else project.training.precision, device)
    module = build(project.model, walked.input_shape, project.training.seed)
    if project.model.starts:
        yield load_own_starts(module, project.model)
    given = Given(project, examples, walked, device, plan)
    under_way = Run(given, module.to(device), remote, trained, keeper=keeper, restart=go_on_from)
    yield from under_way.events(run)


def _classes(examples: Examples) -> NDArray[np.int64] | None:
    """The class number of each training row, or None where there are no classes."""
    return examples.y[examples.train].astype(np.int64) if examples.facts.task.is_classification else None


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
        project, examples, alone = given.project, given.examples, normalises_single_rows(given.walked)
        batches = project.data.batches if project.data is not None else Batches()
        self._given, self._training, self._examples = given, project.training, examples
        self._order = Order(len(examples.train), _classes(examples), self._training.seed, batches)
        self._remote, self._trained, self._keeper = remote, trained, keeper
        self._tensors = Tensors(examples, self._training.loss, given.device, batches.balance)
        self._feed = self._tensors.feed(examples.train, batches.size)
        self._tally, self._losses = self._tensors.tally(), Thinned()
        self._tally.told = self._losses.add
        rows = len(self._feed)
        self._rows = rows - 1 if rows % batches.size == 1 and alone else rows
        self._batches = math.ceil(self._rows / batches.size)
        weighted = self._tensors.weighted
        self.learner = Learner(project, module, trained, weighted=weighted, fewest=2 if alone else 1)
        self._planner = self._plan(module)
        self.learner.begin(self._planner.plan, self._batches)
        self._judge = judge(self.learner.judged, self._training.loss, self._tensors, examples.validation)
        self._pace = Pace(self._rows * self._training.epochs)
        self._best: tuple[Measures, Measures] = {}, {}
        self._lowest = math.inf
        self._epochs, self._learned, self._left_at, self._waits_since = 0, 0, 0, 0
        self._changes: list[RatesChanged] = []
        self._restart = restart
        if restart is not None:
            self._restore(restart)

    def _plan(self, module: nn.Module) -> Planner:
        """The plan that was given, or one whose threads are measured where that can pay off."""
        given, training = self._given, self._training
        small = is_small(given.walked, self._feed.size, self._rows, training.epochs)
        fixed = given.plan is not None or given.device != "cpu" or small
        plan = given.plan or plan_for(given.device, training.precision)
        planner = Planner(plan, None if fixed else self._seconds_a_batch)
        if not fixed and has_kernels(module):
            planner.choose_layout(lambda layout: self._seconds_a_batch(planner.plan.threads, layout))
        return planner

    def _seconds_a_batch(self, threads: int, layout: Layout = "contiguous") -> float:
        """Measure some batches on a copy of the network, so that the real one does not notice."""
        step = self.learner.trial(NumericPlan(layout=layout, precision=self._training.precision))
        chunk = next(self._feed.chunks(torch.arange(self._rows)))
        return seconds_a_batch(step, list(self._feed.batches(*chunk))[:8], threads)

    # ---- Run ----

    def events(self, run: str) -> Iterator[Event]:
        """Train till the last epoch or a Stop."""
        yield self._started(run)
        yield from self._tell_losses()
        while self._epochs < self._training.epochs and not self._is_settled:
            yield from self._epoch(self._epochs + 1)
            if self._remote.stopped:
                break
        yield from self._tell_losses(is_over=True)
        self._trained.ending = self._state(self._left_at)
        yield self._finished(run)

    @property
    def _is_settled(self) -> bool:
        """Whether there was no better epoch for as long as is waited for one."""
        return 0 < self._training.patience <= self._epochs - max(self._trained.best_epoch, self._waits_since)

    def _started(self, run: str) -> RunStarted:
        examples = self._examples
        rows = Rows(len(examples.train), len(examples.validation), len(examples.test))
        plan, count, trainable = self._planner.plan, self._given.walked.count, self._given.walked.trainable
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
            *self._best,
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
        return judge(best, self._training.loss, self._tensors, self._examples.test)()

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
        yield from self._tell_parts(epoch)
        if self._planner.stay_eager(self.learner.step.reason) | self._planner.after_epoch(self._rows / train_seconds):
            yield PlanChanged(epoch, self._planner.plan)
        yield from self._keep(0)

    def _compare(self, epoch: int, train: Measures, validation: Measures) -> bool:
        """Keep the weights if they are the best so far."""
        self._need_finite(train["loss"], epoch)
        loss = self._need_finite((validation or train)["loss"], epoch)
        if loss >= self._lowest:
            return False
        if not validation:  # the last step of the epoch may have spoilt the weights, and nothing has shown it yet
            self._need_finite_weights(epoch)
        self._lowest, self._best = loss, (train, validation)
        self._trained.keep(epoch)
        return True

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
        loss = self._need_finite(self._tally.mean_loss(), epoch)
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
        self._need_finite_weights(self._epochs + (1 if batch else 0))
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
            "best": self._trained.best,
            "best_epoch": self._trained.best_epoch,
            "best_measures": [dict(measures) for measures in self._best],
            "lowest": self._lowest,
            "waits_since": self._waits_since,
            "tally": self._tally.state() if batch else None,
            "losses": self._losses.state(),
            "random": torch.get_rng_state(),
            **self.learner.state(),
        }

    def _restore(self, restart: Restart) -> None:
        """Be where the run was when it gave `_state`."""
        state = restart.state
        self._epochs, self._learned = state["epochs"], state["batches"]
        self.learner.restore(state, self._epochs + (1 if self._learned else 0), restart.changes)
        self._trained.restore(state["best"], state["best_epoch"])
        train, validation = state["best_measures"]
        self._best, self._lowest, self._waits_since = (train, validation), state["lowest"], state["waits_since"]
        if state["tally"] is not None:
            self._tally.restore(state["tally"])
        self._losses.restore(state["losses"])
        self._pace.go_on_from(state["seconds"])
        if state["random"] is not None:
            torch.set_rng_state(state["random"])

    # ---- Numbers that are none ----

    def _need_finite(self, loss: float, epoch: int) -> float:
        if math.isfinite(loss):
            return loss
        raise self._not_finite(
            f"The loss became {'not a number' if math.isnan(loss) else 'infinite'} in epoch {epoch}."
        )

    def _need_finite_weights(self, epoch: int) -> None:
        if not self._trained.is_finite:
            raise self._not_finite(f"The weights became infinite, or not a number, in epoch {epoch}.")

    def _not_finite(self, what: str) -> NotFiniteError:
        """What there is to say; the last weights are, where that can be found, those in front of the mischief."""
        model, loss, rate = self._given.project.model, self._training.loss, self.learner.tuning.learning_rate
        if not np.isfinite(self._examples.x).all():
            return not_finite(what, Origin("data"), model, loss, rate)
        return not_finite(what, self._searched(), model, loss, rate)

    def _searched(self) -> Origin | None:
        """Learn again from the last checkpoint, or from the beginning, with every number watched."""
        kept = self._keeper and self._keeper.kept()
        if not self._given.is_searched or (kept is None and self._restart is not None):
            return None
        plan = replace(self._planner.plan, step="eager")
        given = replace(self._given, plan=plan, is_searched=False)
        restart = Restart(kept, tuple(self._changes)) if kept else None
        again = Run(given, given.module(), Remote(SimpleQueue()), Trained(), restart=restart)
        origin = again.watched()
        if origin is not None:
            self.learner.module.load_state_dict(again.learner.module.state_dict())
        return origin

    def watched(self) -> Origin | None:
        """Train till a number is not finite; None where that does not happen again, or takes too long."""
        steps = self._epochs * self._batches + self._learned
        watcher = Watcher(self.learner, self._given.project.model, steps)
        self.learner.learn = watcher  # type: ignore[method-assign]  # stands in for it
        try:
            for _ in self.events(""):
                continue
        except Found as found:
            return found.origin
        except NotFiniteError:
            return None
        return None
