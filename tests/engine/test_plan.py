"""Device and threads are chosen by what works, not by what is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from nnstudio.engine import plan
from nnstudio.engine.plan import Planner, device_for, is_small, seconds_a_batch, works
from nnstudio.engine.recorded.step import RecordedStep
from nnstudio.engine.step import TrainingStep, make_step
from nnstudio.engine.trained import Trained
from nnstudio.spec.errors import TrainingError
from nnstudio.spec.events import EpochDone, Layout, NumericPlan, PlanChanged, RunStarted
from nnstudio.spec.layers import BatchNorm1d, BatchNorm2d, Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU
from nnstudio.spec.model import Model
from nnstudio.spec.optimizers import SGD
from nnstudio.spec.shapes import walk
from nnstudio.spec.training import Training
from tests.engine.experiments import all_of, examples, experiment, learned, rows_of, run, same_weights, the


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """A machine of two cores, and a clock that moves when it is told to."""
    clock = [0.0]
    monkeypatch.setattr(plan, "CORES", 2)
    monkeypatch.setattr(plan, "perf_counter", lambda: clock[0])
    yield clock
    torch.set_num_threads(1)


class Machine:
    """Seconds a batch by the number of threads; keeps count of how often it was measured."""

    def __init__(self, clock: list[float], *, one: float, two: float) -> None:
        self.seconds = {1: one, 2: two}
        self.measured = 0
        self._clock = clock

    def __call__(self, threads: int) -> float:
        self.measured += 1
        self._clock[0] += 0.1
        return self.seconds[threads]


# ---- Devices ----


def test_the_processor_always_works() -> None:
    assert works("cpu")
    assert device_for("cpu") == "cpu"


@pytest.mark.parametrize("device", ["cuda", "mps", "meta", "no such device"])
def test_a_device_works_only_if_a_kernel_ran(device: str) -> None:
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    assert works(device) == there.get(device, False)


@pytest.mark.parametrize(("working", "chosen"), [({"cuda", "mps"}, "cuda"), ({"mps"}, "mps"), (set[str](), "cpu")])
def test_automatic_takes_the_first_that_works(working: set[str], chosen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "works", working.__contains__)
    assert device_for("auto") == chosen


# ---- How much there is to do ----


def test_multiply_adds_are_counted_where_weights_are_applied() -> None:
    network = Model(rows_of(Conv2d(16), ReLU(), MaxPool2d(), Flatten(), Linear(10)))
    assert walk(network, (1, 28, 28)).multiply_adds == 16 * 9 * 28 * 28 + 16 * 14 * 14 * 10


@pytest.mark.parametrize(
    ("batch", "rows", "epochs", "small"),
    [
        (16, 10**9, 10**6, True),  # a batch is soon done
        (10**6, 16, 10**9, True),  # so is a table that fits in a small batch
        (10**5, 10**5, 10, True),  # the whole run is soon done
        (10**5, 10**5, 10**6, False),
    ],
)
def test_small_runs_are_not_measured(batch: int, rows: int, epochs: int, small: bool) -> None:
    assert is_small(walk(Model(rows_of(Linear(10))), (10,)).multiply_adds, batch, rows, epochs) is small


# ---- Threads ----


@pytest.mark.parametrize(
    ("one", "two", "threads"),
    [
        (1.0, 0.6, 2),
        (1.0, 0.95, 1),  # not worth a second core
        (1.0, 1.0, 1),
        (1.0, 20.0, 1),  # beside a busy program
    ],
)
def test_all_cores_are_taken_only_if_they_pay(two_cores: list[float], one: float, two: float, threads: int) -> None:
    planner = Planner(NumericPlan(), Machine(two_cores, one=one, two=two))
    assert planner.plan == NumericPlan(threads=threads)
    assert torch.get_num_threads() == threads


def test_a_plan_that_is_given_is_followed() -> None:
    given = NumericPlan(threads=2, fused=False)
    planner = Planner(given, None)
    assert planner.plan == given
    assert not planner.after_epoch(100.0)
    assert not planner.after_epoch(1.0)


def test_a_plan_without_threads_is_refused() -> None:
    with pytest.raises(TrainingError, match="at least one thread"):
        run(experiment(), examples(), plan=NumericPlan(threads=0))


def test_a_single_core_is_never_measured(two_cores: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "CORES", 1)
    machine = Machine(two_cores, one=1.0, two=0.1)
    assert Planner(NumericPlan(), machine).plan.threads == 1
    assert machine.measured == 0


def test_threads_are_given_up_beside_a_busy_program_and_taken_back(two_cores: list[float]) -> None:
    machine = Machine(two_cores, one=1.0, two=0.5)
    planner = Planner(NumericPlan(), machine)
    assert planner.plan.threads == 2
    two_cores[0] += 100
    assert not planner.after_epoch(1000.0)
    assert not planner.after_epoch(700.0)  # a little slower is no reason
    assert machine.measured == 2
    machine.seconds[2] = 9.0
    assert planner.after_epoch(100.0)
    assert planner.plan.threads == torch.get_num_threads() == 1
    two_cores[0] += 100
    machine.seconds[2] = 0.5
    assert planner.after_epoch(500.0)
    assert planner.plan.threads == torch.get_num_threads() == 2


def test_measuring_takes_a_small_share_of_the_time(two_cores: list[float]) -> None:
    machine = Machine(two_cores, one=1.0, two=0.5)
    planner = Planner(NumericPlan(), machine)
    planner.after_epoch(1000.0)
    started, before = two_cores[0], machine.measured
    for _ in range(1000):
        two_cores[0] += 0.1
        planner.after_epoch(10.0)
    spent = (machine.measured - before) * 0.1
    assert 0 < spent <= plan.SHARE * (two_cores[0] - started)


def test_measuring_disturbs_neither_random_numbers_nor_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "MEASURING", -1.0)
    module = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Dropout(0.5))
    before = torch.get_rng_state()
    seconds_a_batch(make_step(module, Training(), True), [(torch.ones(2, 4), torch.zeros(2, dtype=torch.int64))], 2)
    assert torch.equal(before, torch.get_rng_state())
    assert torch.get_num_threads() == 1


# ---- In a run ----


def test_a_measured_run_has_the_bits_of_the_plan_that_it_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.engine.planning.is_small", lambda *_: False)
    monkeypatch.setattr(plan, "MEASURING", -1.0)
    monkeypatch.setattr(plan, "GAIN", 1e9)  # whatever was measured, one thread is right
    project, given = experiment(Linear(8), BatchNorm1d(), ReLU(), Dropout(0.3), Linear(3)), examples()
    trained = Trained()
    events = run(project, given, plan=None, trained=trained)
    assert the(RunStarted, events).plan == NumericPlan(threads=1)
    assert same_weights(trained.last, learned(project, given))


def test_measuring_leaves_out_the_single_row_that_cannot_be_normalised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.engine.planning.is_small", lambda *_: False)
    seen: list[int] = []

    def measured(_: TrainingStep, batches: list[tuple[Tensor, Tensor]], threads: int) -> float:
        seen.extend(len(x) for x, _ in batches)
        return float(threads)

    monkeypatch.setattr("nnstudio.engine.planning.seconds_a_batch", measured)
    run(experiment(BatchNorm1d(), Linear(3), epochs=1), examples(rows=61), plan=None)
    assert seen == 2 * 5 * [8]


def test_a_small_run_has_one_thread_without_measuring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(plan, "MEASURING")
    assert the(RunStarted, run(experiment(), examples(), plan=None)).plan == NumericPlan(threads=1)


def test_a_change_of_the_plan_is_told_behind_its_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = []

    def slower(self: Planner, rate: float) -> bool:
        rates.append(rate)
        self.plan = replace(self.plan, threads=len(rates) // 2 + 1)
        return len(rates) == 2

    monkeypatch.setattr(Planner, "after_epoch", slower)
    events = run(experiment(), examples())
    index = events.index(the(PlanChanged, events))
    assert events[index] == PlanChanged(2, NumericPlan(threads=2))
    assert isinstance(events[index - 1], EpochDone)
    assert len(rates) == len(all_of(EpochDone, events)) == 3
    assert min(rates) > 0


# ---- Layout ----


@pytest.mark.parametrize(("last", "layout"), [(0.6, "channels_last"), (0.95, "contiguous"), (2.0, "contiguous")])
def test_the_faster_layout_is_taken(last: float, layout: str) -> None:
    planner = Planner(NumericPlan(), None)
    planner.choose_layout({"contiguous": 1.0, "channels_last": last}.__getitem__)
    assert planner.plan == NumericPlan(layout=layout)  # type: ignore[arg-type]


CNN = (Conv2d(4), ReLU(), MaxPool2d(), Conv2d(8), BatchNorm2d(), ReLU(), Flatten(), Linear(3))


def test_channels_last_trains_the_same_network_up_to_rounding() -> None:
    project, given = experiment(*CNN, epochs=2, optimizer=SGD()), examples(shape=(3, 8, 8))
    plain = learned(project, given)
    trained = Trained()
    events = run(project, given, plan=NumericPlan(layout="channels_last"), trained=trained)
    assert the(RunStarted, events).plan.layout == "channels_last"
    assert trained.last["0.weight"].is_contiguous(memory_format=torch.channels_last)
    assert trained.best["0.weight"].shape == plain["0.weight"].shape
    for name, tensor in trained.last.items():
        torch.testing.assert_close(tensor, plain[name], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("layout", ["contiguous", "channels_last"])
def test_recorded_and_eager_steps_agree_in_every_layout(layout: Layout) -> None:
    project, given = experiment(*CNN, epochs=4), examples(shape=(3, 8, 8))
    states = []
    for step in ("eager", "recorded"):
        trained = Trained()
        events = run(project, given, plan=NumericPlan(layout=layout, step=step), trained=trained)
        assert not all_of(PlanChanged, events)
        states.append(trained.last)
    assert same_weights(*states)


@pytest.mark.parametrize("pictures", [True, False])
def test_only_pictures_have_their_layout_measured(pictures: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.engine.planning.is_small", lambda *_: False)
    seen: list[torch.memory_format] = []

    def measured(step: RecordedStep, batches: list[tuple[Tensor, Tensor]], threads: int) -> float:
        del batches, threads
        weight = next(iter(step.module.parameters()))
        last = weight.dim() == 4 and weight.is_contiguous(memory_format=torch.channels_last)
        seen.append(torch.channels_last if last else torch.contiguous_format)
        return 0.1 if last else 1.0

    monkeypatch.setattr("nnstudio.engine.planning.seconds_a_batch", measured)
    layers = CNN if pictures else (Flatten(), Linear(3))
    events = run(experiment(*layers, epochs=1), examples(shape=(3, 8, 8)), plan=None)
    assert (torch.channels_last in seen) is pictures
    assert the(RunStarted, events).plan.layout == ("channels_last" if pictures else "contiguous")
