"""What is found out about devices and cards: by running kernels, from the system's files, from NVIDIA's tool."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from nnstudio.engine import cards, devices
from nnstudio.engine.cards import ask_nvidia, card_facts, plugged_in
from nnstudio.engine.devices import try_device
from nnstudio.engine.plan import works


def test_the_cpu_computes() -> None:
    trial = try_device("cpu")
    assert (trial.device, trial.problem) == ("cpu", "")
    assert trial.name
    assert trial.milliseconds > 0
    assert works("cpu")


def test_the_cpu_is_the_first_device() -> None:
    assert devices.devices()[0] == "cpu"


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a card that works")
def test_what_is_not_there_says_so() -> None:
    trial = try_device("cuda:0")
    assert trial.problem.endswith(".")
    assert trial.name == "cuda:0"
    assert not works("cuda")


def test_a_wrong_result_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "SIZE", 3)
    monkeypatch.setattr(torch, "ones", lambda *shape, **how: torch.full(shape, 2.0, **how))
    assert try_device("cpu").problem == "It computed a wrong result."


# ---- what the system tells ----


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine with graphics of Intel and of NVIDIA, whose driver is loaded, and a network card of Intel's."""
    for number, (kind, vendor) in enumerate([("0x030000", "0x8086"), ("0x030200", "0x10de"), ("0x020000", "0x8086")]):
        folder = tmp_path / f"sys/bus/pci/devices/0000:0{number}:00.0"
        folder.mkdir(parents=True)
        (folder / "class").write_text(f"{kind}\n", encoding="ascii")
        (folder / "vendor").write_text(f"{vendor}\n", encoding="ascii")
    driver = tmp_path / "proc/driver/nvidia"
    (driver / "gpus/0000:01:00.0").mkdir(parents=True)
    (driver / "gpus/0000:01:00.0/information").write_text("Model: \t GeForce RTX 3060\nIRQ:   57\n", encoding="ascii")
    text = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024\nGCC version: 12\n"
    (driver / "version").write_text(text, encoding="ascii")
    return tmp_path


def no_tool() -> None:
    return None


def test_the_systems_files_tell_of_cards_and_driver(root: Path) -> None:
    assert plugged_in(root) == ("Intel", "NVIDIA")
    assert cards._nvidia(root, no_tool) == (("GeForce RTX 3060",), "550.54.14", "")


def test_where_there_is_nothing_nothing_is_told(tmp_path: Path) -> None:
    assert plugged_in(tmp_path) == ()
    assert cards._nvidia(tmp_path, no_tool) == ((), "", "")


def test_an_open_driver_has_a_version_too(root: Path) -> None:
    text = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.15  Release Build\n"
    (root / "proc/driver/nvidia/version").write_text(text, encoding="ascii")
    assert cards._nvidia(root, no_tool)[1] == "570.86.15"


def test_nvidias_tool_knows_better(tmp_path: Path, root: Path) -> None:
    answer = (True, "NVIDIA A100, 550.54\nNVIDIA T4, 550.54")
    assert cards._nvidia(tmp_path / "elsewhere", lambda: answer) == (("NVIDIA A100", "NVIDIA T4"), "550.54", "")
    problem = "Failed to initialize NVML: Driver/library version mismatch"
    assert cards._nvidia(root, lambda: (False, problem)) == (("GeForce RTX 3060",), "550.54.14", problem)


def test_nvidias_tool_is_asked_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert ask_nvidia() is None
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    said: list[subprocess.CompletedProcess[str] | Exception] = [
        subprocess.CompletedProcess([], 0, "NVIDIA A100, 550.54\n", ""),
        subprocess.CompletedProcess([], 9, "", "It has failed.\n"),
        subprocess.TimeoutExpired("nvidia-smi", 5.0),
    ]

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        assert command[0] == "/usr/bin/nvidia-smi"
        answer = said.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(subprocess, "run", run)
    assert ask_nvidia() == (True, "NVIDIA A100, 550.54")
    assert ask_nvidia() == (False, "It has failed.")
    assert ask_nvidia() == (False, "nvidia-smi does not answer.")


def test_all_facts_together(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    monkeypatch.setattr(cards, "ask_nvidia", no_tool)
    facts = card_facts(root=root)
    assert facts.torch == torch.__version__
    assert facts.trials[0].device == "cpu"
    assert (facts.vendors, facts.cards, facts.hidden) == (("Intel", "NVIDIA"), ("GeForce RTX 3060",), "-1")
    assert (facts.system, facts.bundled) == (sys.platform, False)


def test_what_pytorch_says_of_cuda_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise RuntimeError("The NVIDIA driver on your system\nis too old.")

    monkeypatch.setattr(torch.version, "cuda", "12.8")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "init", refuse)
    assert cards._torch_problem() == "The NVIDIA driver on your system is too old."
    monkeypatch.setattr(torch.cuda, "init", lambda: None)
    assert cards._torch_problem() == ""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert cards._torch_problem() == ""
    monkeypatch.setattr(torch.version, "cuda", None)
    assert cards._torch_problem() == ""
