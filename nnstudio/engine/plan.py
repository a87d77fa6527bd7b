"""The numeric plan of a run: which device, and how many threads.

Threads are measured, never assumed: on small networks two are slower than one, and beside another busy program several
threads wait for each other so long that a run takes ten times as long and more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter

import torch
from torch import Tensor

from nnstudio.engine.devices import is_there, threads_restored, try_device
from nnstudio.engine.step import TrainingStep
from nnstudio.spec.errors import TrainingError
from nnstudio.spec.events import Layout, NumericPlan, Precision

CORES = torch.get_num_threads()
"""The physical cores that this process may use, as PyTorch counts them when it is loaded."""
SMALL_BATCH = 4_000_000
"""Multiply-adds of a forward pass over a batch, below which waking a second thread takes longer than it helps."""
SMALL_RUN = 10_000_000_000
"""Multiply-adds of all forward passes, below which a run is over before measuring has paid off: about two seconds."""
WARM_UP = 4
"""Batches that are not counted when a step is measured."""
MEASURING = 0.12
"""Seconds that one thread count is tried for."""
GAIN = 1.1
"""How much faster all cores must be than one: they are taken from everything else on the machine."""
SLOWER = 1.5
"""How much slower than at its best training must have become to be measured anew."""
SHARE = 0.05
"""Most of the time that measuring anew may take."""

DEVICES = {"cuda": "CUDA graphics card", "mps": "Apple graphics (MPS)"}


def device_for(wanted: str) -> str:
    """The device to train on: ``auto`` takes a graphics card on which a kernel really ran, else the CPU.

    Raises `TrainingError` when another device is asked for by name and does not work.
    """
    if wanted == "auto":
        return next((device for device in DEVICES if works(device)), "cpu")
    if wanted != "cpu" and not works(wanted):
        raise TrainingError(
            f"The {DEVICES.get(wanted, wanted)} cannot be used.",
            "PyTorch found none on this machine, or could not run anything on it.",
            "Set the device to automatic or to CPU.",
        )
    return wanted


def works(device: str) -> bool:
    """Whether a small multiplication on ``device`` gives the right numbers."""
    return is_there(device) and not try_device(device).problem


def plan_for(device: str, precision: Precision = "float32") -> NumericPlan:
    """What is planned before anything is measured."""
    if device == "cpu":
        return NumericPlan(precision=precision)
    because = "steps are recorded on the CPU only"
    return NumericPlan(device=device, step="eager", eager_because=because, precision=precision)


def is_small(multiply_adds: int, batch: int, rows: int, epochs: int) -> bool:
    """Whether one thread is right without measuring, so that such a run has the same plan every time."""
    return multiply_adds * min(batch, rows) < SMALL_BATCH or multiply_adds * rows * epochs < SMALL_RUN


def seconds_a_batch(step: TrainingStep, batches: Sequence[tuple[Tensor, ...]], threads: int) -> float:
    """How long ``step`` takes for one of ``batches`` with so many threads; disturbs no random number."""
    with threads_restored(), torch.random.fork_rng(devices=[]):
        torch.set_num_threads(threads)
        for batch in batches[:WARM_UP]:  # wakes the threads, asks for memory and records the step, once
            step(*batch)
        started, done = perf_counter(), 0
        while True:
            step(*batches[done % len(batches)])
            done += 1
            if (passed := perf_counter() - started) > MEASURING:
                return passed / done


class Planner:
    """The plan of a run; ``seconds`` measures a batch for a number of threads, None leaves nothing to choose.

    Raises `TrainingError` for a plan without threads.
    """

    def __init__(self, plan: NumericPlan, seconds: Callable[[int], float] | None) -> None:
        if plan.threads < 1:
            raise TrainingError("Training needs at least one thread.", f"The plan asks for {plan.threads}.")
        self._seconds = seconds if CORES > 1 else None
        self._best_rate, self._cost, self._measured_at = 0.0, 0.0, 0.0
        self.plan = replace(plan, threads=self._measured(self._seconds)) if self._seconds else plan
        torch.set_num_threads(self.plan.threads)

    def _measured(self, seconds: Callable[[int], float]) -> int:
        started = perf_counter()
        threads = CORES if seconds(CORES) * GAIN < seconds(1) else 1
        self._measured_at = perf_counter()
        self._cost = self._measured_at - started
        return threads

    def choose_layout(self, seconds: Callable[[Layout], float]) -> None:
        """Take the layout in which a batch is faster, as ``seconds`` measures it."""
        if seconds("channels_last") * GAIN < seconds("contiguous"):
            self.plan = replace(self.plan, layout="channels_last")

    def stay_eager(self, reason: str | None) -> bool:
        """Note why steps are not recorded; True when that changed the plan."""
        if not reason or self.plan.step == "eager":
            return False
        self.plan = replace(self.plan, step="eager", eager_because=reason)
        return True

    def split(self, parts: int) -> bool:
        """Note in how many parts batches go through; True when that changed the plan."""
        if parts == self.plan.parts:
            return False
        self.plan = replace(self.plan, step="eager", eager_because="memory ran out", parts=parts)
        self._seconds = None
        return True

    def after_epoch(self, rate: float) -> bool:
        """Measure anew if training, at ``rate`` rows a second, has become much slower; True when the plan changed.

        It may also have become slower for a while only: then the next look brings the threads back.
        """
        self._best_rate = max(rate, self._best_rate)
        lately = perf_counter() - self._measured_at < self._cost / SHARE
        if self._seconds is None or rate * SLOWER > self._best_rate or lately:
            return False
        before, threads = self.plan, self._measured(self._seconds)
        self.plan = replace(before, threads=threads)
        torch.set_num_threads(threads)
        return self.plan != before
