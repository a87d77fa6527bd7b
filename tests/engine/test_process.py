"""What only another process shows: the same bits there, and what waking the engine costs and leaves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import torch

from nnstudio.engine.frozen import same_bits
from nnstudio.engine.warm import warm_up
from nnstudio.spec.layers import BatchNorm1d, Dropout, Linear, ReLU
from tests.engine.experiments import examples, experiment, learned

ROOT = Path(__file__).resolve().parents[2]
TRAIN = """
import sys, torch
from tests.engine.test_process import weights
torch.rand(7)
torch.save(weights(), sys.argv[1])
"""
WARM = """
import sys
from nnstudio.engine.warm import warm_up
steps = warm_up()
next(steps)
print("torchmetrics" in sys.modules)
list(steps)
before = set(sys.modules)
from tests.engine.experiments import examples, experiment, run
run(experiment(), examples())
print(*sorted(name for name in set(sys.modules) - before if name.startswith(("torch", "torchmetrics"))))
"""


def weights() -> dict[str, torch.Tensor]:
    layers = [Linear(8), BatchNorm1d(), ReLU(), Dropout(0.3), Linear(3)]
    return learned(experiment(*layers), examples())


def test_a_process_of_its_own_gives_the_same_bits(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", TRAIN, str(tmp_path / "there.pth")], cwd=ROOT, check=True)
    here, there = weights(), torch.load(tmp_path / "there.pth", weights_only=True)
    assert here.keys() == there.keys()
    assert all(same_bits(tensor, there[name]) for name, tensor in here.items())


def test_the_engine_is_ready_before_the_metrics_are_and_then_has_nothing_left_to_load() -> None:
    said = subprocess.check_output([sys.executable, "-c", WARM], cwd=ROOT, text=True)
    metrics_at_once, loaded_later = said.split("\n", 1)
    assert metrics_at_once == "False"
    assert loaded_later.split() == []


def test_warming_up_says_what_is_ready_and_draws_no_random_number() -> None:
    before = torch.get_rng_state()
    (ready,) = warm_up()
    assert ready.torch == torch.__version__
    assert ready.device in {"cpu", "cuda", "mps"}
    assert ready.seconds > 0
    assert torch.equal(before, torch.get_rng_state())
