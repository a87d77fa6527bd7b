"""Finds out why no graphics card is used: what PyTorch was built for, what is plugged in, and what its driver says."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from nnstudio.engine.devices import devices, try_device
from nnstudio.spec.diagnosis import CardFacts, DeviceTrial

VENDORS = {"0x10de": "NVIDIA", "0x1002": "AMD", "0x8086": "Intel"}
"""Makers of graphics cards by their number on the PCI bus."""
DISPLAY_CLASS = "0x03"
"""What the class of a display controller begins with there."""
TOOL = "nvidia-smi"
PATIENCE = 5.0
"""Seconds that NVIDIA's own tool gets to answer; it may hang where the driver does."""

Answer = tuple[bool, str]


def card_facts(trials: Sequence[DeviceTrial] | None = None, root: Path = Path("/")) -> CardFacts:
    """All that decides about a graphics card; ``root`` is where the system's files lie."""
    problem = _torch_problem()
    cards, driver, driver_problem = _nvidia(root)
    return CardFacts(
        torch=str(torch.__version__),
        cuda=str(torch.version.cuda or ""),
        hip=str(torch.version.hip or ""),
        xpu=bool(torch.xpu._is_compiled()),  # noqa: SLF001  # the only way to ask what was built in
        mps_built=torch.backends.mps.is_built(),
        system=sys.platform,
        machine=platform.machine(),
        bundled=bool(getattr(sys, "frozen", False)),
        vendors=plugged_in(root),
        cards=cards,
        driver=driver,
        driver_problem=driver_problem,
        torch_problem=problem,
        hidden=os.environ.get("CUDA_VISIBLE_DEVICES"),
        trials=tuple(map(try_device, devices()) if trials is None else trials),
    )


def plugged_in(root: Path) -> tuple[str, ...]:
    """The makers of the display controllers on the PCI bus; empty where the system does not tell of it."""
    found = set()
    for device in (root / "sys/bus/pci/devices").glob("*"):
        if _read(device / "class").startswith(DISPLAY_CLASS) and (vendor := _read(device / "vendor")) in VENDORS:
            found.add(VENDORS[vendor])
    return tuple(sorted(found))


def _nvidia(root: Path, ask: Callable[[], Answer | None] | None = None) -> tuple[tuple[str, ...], str, str]:
    """The names of NVIDIA's cards, the version of the driver that is loaded, and what is wrong with it."""
    folder = root / "proc/driver/nvidia"
    cards = tuple(
        line.partition(":")[2].strip()
        for file in sorted(folder.glob("gpus/*/information"))
        for line in _read(file).splitlines()
        if line.startswith("Model:")
    )
    version = _read(folder / "version").partition("Kernel Module")[2].split()
    driver = next((word for word in version if word[0].isdigit()), "")
    answer = (ask or ask_nvidia)()
    if answer is None:
        return cards, driver, ""
    answered, text = answer
    if not answered:
        return cards, driver, text
    rows = [line.rpartition(",") for line in text.splitlines() if "," in line]
    named = tuple(name.strip() for name, _, _ in rows)
    return named or cards, driver or (rows[0][2].strip() if rows else ""), ""


def ask_nvidia() -> Answer | None:
    """Whether NVIDIA's own tool answers, and its answer: name and driver a card; None where there is no such tool."""
    tool = shutil.which(TOOL)
    if tool is None:
        return None
    command = [tool, "--query-gpu=name,driver_version", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)  # noqa: S603  # a constant
    except (OSError, subprocess.TimeoutExpired):
        return False, f"{TOOL} does not answer."
    said = (done.stdout or done.stderr).strip()
    return done.returncode == 0, said


def _torch_problem() -> str:
    """What PyTorch says when it is asked for CUDA and finds none; empty where it was built without."""
    if not torch.version.cuda:
        return ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if torch.cuda.is_available():
            return ""
    try:
        torch.cuda.init()  # type: ignore[no-untyped-call]  # PyTorch has no types for it
    except (RuntimeError, AssertionError) as error:
        return " ".join(str(error).split())
    return ""


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
