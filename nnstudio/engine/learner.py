"""A network that learns: its locks, its step, its rates, the average of its weights, and all that changes in them."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from nnstudio.engine.averaging import Average
from nnstudio.engine.build import layers_of
from nnstudio.engine.frozen import Frozen
from nnstudio.engine.layout import lay_out
from nnstudio.engine.recorded.step import RecordedStep
from nnstudio.engine.schedule import Scheduler
from nnstudio.engine.step import EagerStep, make_step, rates_of
from nnstudio.engine.trained import Trained
from nnstudio.engine.tuning import Tuning
from nnstudio.spec.errors import is_out_of_memory
from nnstudio.spec.events import NumericPlan, RatesChanged
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import Length

Step = EagerStep | RecordedStep


class Learner:
    """The network of a run; `begin` has to come before all else but `trial`.

    ``fewest`` is the number of rows that may pass at a time: two where a batch norm compares them. The first ``passed``
    layers never change; what they made of the examples is what comes in.
    """

    step: Step
    scheduler: Scheduler
    tuning: Tuning

    def __init__(
        self,
        project: Project,
        module: nn.Sequential,
        trained: Trained,
        *,
        weighted: bool,
        fewest: int = 1,
        passed: int = 0,
    ) -> None:
        self.module, self.trained, self._weighted, self._fewest = module, trained, weighted, fewest
        self._training, self._passed = project.training, passed
        self.frozen = Frozen(module, project.model)
        self._slower = rates_of(module, project.model)
        self.average: Average | None = None

    def begin(self, plan: NumericPlan, batches: int) -> None:
        """Learn as ``plan`` says, in so many ``batches`` an epoch."""
        lay_out(self.module, plan.layout)
        self.step = self._made(self.module, plan)
        optimizer = self.step.update.optimizer
        self.scheduler = Scheduler(self._training.schedule, optimizer, Length(self._training.epochs, batches))
        self.tuning = Tuning(self._training, optimizer, self.scheduler)
        self.average = Average(self.module, self._training.ema) if self._training.ema else None
        self.trained.follow(self.module, self.judged)

    @property
    def judged(self) -> nn.Sequential:
        """The network that is judged and kept: that of the average, where there is one."""
        return self.module if self.average is None else self.average.module

    @property
    def applied(self) -> nn.Sequential:
        """What of it is applied to what comes in."""
        return layers_of(self.judged, self._passed)

    @property
    def trained_layers(self) -> nn.Sequential:
        """The layers that what comes in passes while they are trained."""
        return layers_of(self.module, self._passed)

    def trial(self, plan: NumericPlan) -> Step:
        """A step on a copy of the network, to be measured: the real one does not notice."""
        self.frozen.train()
        module = copy.deepcopy(self.module)
        lay_out(module, plan.layout)
        return self._made(module, plan)

    def _made(self, module: nn.Module, plan: NumericPlan) -> Step:
        eager = make_step(
            module,
            self._training,
            plan.fused,
            weighted=self._weighted,
            rates=self._slower,
            later=self.frozen.later,
            precision=plan.precision,
            passed=self._passed,
        )
        eager.parts, eager.fewest = plan.parts, self._fewest
        return RecordedStep(eager) if plan.step == "recorded" else eager

    # ---- Learning ----

    @property
    def eager(self) -> EagerStep:
        """The step as PyTorch users write it."""
        return self.step.eager if isinstance(self.step, RecordedStep) else self.step

    @property
    def parts(self) -> int:
        """In how many parts a batch goes through."""
        return self.eager.parts

    def thaw(self, epoch: int) -> None:
        """Let go what trains from ``epoch`` on."""
        if self.frozen.thaw(epoch, self.trained.best):
            self.step.forget()

    def learn(self, *batch: Tensor) -> tuple[Tensor, ...]:
        """Learn from a batch as the step does; where memory runs out, in twice as many parts from now on.

        That is the same step, up to rounding, but a batch norm compares fewer rows with each other. The batch that
        failed is taken anew; what it left in running statistics stays, and gradients gathered before it are dropped.
        Raises what the step raises, also where a part cannot be smaller.
        """
        learned: tuple[Tensor, ...] | None = None
        while learned is None:
            try:
                learned = self.step(*batch)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error) or len(batch[0]) < 2 * self.parts * self._fewest:
                    raise
            if learned is None:  # behind the error, so that what the failed step held is let go
                self._halve()
        if self.average is not None and not self.step.update.gathered:
            self.average.follow()
        return learned

    def _halve(self) -> None:
        self.step = self.eager
        self.step.parts *= 2
        self.step.update.forget()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def end_epoch(self) -> None:
        """Make the step for the gradients that are left."""
        if self.step.update.gathered:
            self.step.update.finish()
            if self.average is not None:
                self.average.follow()

    # ---- Checkpoints ----

    def state(self) -> dict[str, Any]:
        """All that changed since `begin`, but for the best weights."""
        return {
            "module": self.module.state_dict(),
            "average": self.average and self.average.state(),
            "update": self.step.update.state(),
            "schedule": self.scheduler.state(),
            "rates": self.tuning.state(),
        }

    def restore(self, state: Mapping[str, Any], epoch: int, changes: Iterable[RatesChanged]) -> None:
        """Go on from a `state` in ``epoch``; ``changes`` of rates were made behind it.

        Where the state has no ``update`` the optimiser begins anew.
        """
        for passed in range(1, epoch + 1):
            self.frozen.thaw(passed)
        self.module.load_state_dict(state["module"])
        if self.average is not None:
            self.average.restore(state["average"])
        if anew := state["update"] is None:
            self.scheduler.follow(state["schedule"])
        else:
            self.step.update.restore(state["update"])
            anew = self.scheduler.restore(state["schedule"])
        self.tuning.restore(state["rates"], changes, anew=anew)
