"""Why no graphics card is used, and what a diagnosis comes to: tables of facts and the sentences for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.session.cards import why_no_card
from nnstudio.session.diagnosis import Finding, findings, is_broken
from nnstudio.spec.diagnosis import (
    CardFacts,
    DeviceTrial,
    Diagnosis,
    DisplayFacts,
    FolderFacts,
    Machine,
    StoreFacts,
)

CPU = DeviceTrial("cpu", "Xeon", 0.1)
CPU_BUILD = CardFacts("2.13.0+cpu", trials=(CPU,))
CUDA_BUILD = CardFacts("2.13.0+cu128", cuda="12.8", trials=(CPU,))
RTX = replace(CUDA_BUILD, vendors=("NVIDIA",), cards=("GeForce RTX 3060",), driver="550.54")
UNUSED = replace(RTX, torch="2.13.0+cpu", cuda="")
OLD = "The NVIDIA driver on your system is too old (found 11040). Update"
UNKNOWN = "CUDA unknown error - this may be due to an environment. Set"


def failing(problem: str, device: str = "cuda:0") -> CardFacts:
    return replace(RTX, trials=(CPU, DeviceTrial(device, "GeForce GT 710", problem=problem)))


@pytest.mark.parametrize(
    ("facts", "why", "remedy"),
    [
        (CPU_BUILD, "PyTorch finds none that it can compute on.", ""),
        (CUDA_BUILD, "PyTorch finds none", ""),
        (
            UNUSED,
            "3060 is there, but this PyTorch (2.13.0+cpu) was built without CUDA.",
            "pytorch.org",
        ),
        (replace(UNUSED, bundled=True), "built without CUDA.", "CUDA flavour"),
        (replace(CPU_BUILD, vendors=("Intel", "NVIDIA")), "An NVIDIA card is there", "CUDA build"),
        (replace(CUDA_BUILD, vendors=("NVIDIA",)), "driver is not loaded", "Install the driver"),
        (replace(RTX, hidden=""), "CUDA_VISIBLE_DEVICES hides", "Unset it."),
        (replace(RTX, hidden="-1,0"), "CUDA_VISIBLE_DEVICES hides", "Unset it."),
        (replace(RTX, hidden="0"), "PyTorch cannot use them.", "Restart"),
        (
            replace(RTX, driver_problem="Driver/library version mismatch\nNVML: 550"),
            "NVIDIA’s driver does not work: Driver/library version mismatch.",
            "Restart",
        ),
        (
            replace(RTX, torch_problem=OLD),
            "driver 550.54 is too old for CUDA 12.8",
            "Update the driver.",
        ),
        (
            replace(RTX, torch_problem=UNKNOWN),
            "cannot use them: CUDA unknown error - this may be due to an environment.",
            "Restart",
        ),
        (failing("CUDA error: out of memory."), "GeForce GT 710 has no memory left.", "Close other programs"),
        (failing("CUDA error: no kernel image is available."), "no code for GeForce GT 710.", "made for it"),
        (
            failing("CUDA error: an illegal access."),
            "710 failed: CUDA error: an illegal access.",
            "Restart",
        ),
        (failing("It computed a wrong result.", "mps"), "failed: It computed a wrong result.", "Restart"),
        (replace(CPU_BUILD, vendors=("AMD",)), "built without ROCm", "ROCm build"),
        (replace(CPU_BUILD, vendors=("AMD",), hip="6.4"), "ROCm does not find it", "Not every card"),
        (replace(CPU_BUILD, vendors=("Intel",)), "The only graphics here are Intel’s", ""),
        (replace(CPU_BUILD, vendors=("Intel",), xpu=True), "PyTorch finds none", ""),
        (replace(CPU_BUILD, system="darwin"), "Apple silicon only", ""),
        (replace(CPU_BUILD, system="darwin", machine="arm64"), "built without Apple’s graphics", "Install"),
        (replace(CPU_BUILD, system="darwin", machine="arm64", mps_built=True), "macOS is too old", "Update"),
    ],
)
def test_why_no_card_is_used(facts: CardFacts, why: str, remedy: str) -> None:
    reason = why_no_card(facts)
    assert reason is not None
    assert why in reason.why
    assert remedy in reason.remedy
    assert bool(remedy) == bool(reason.remedy)
    assert str(reason).endswith(".") or remedy == "pytorch.org"


@pytest.mark.parametrize(
    "facts",
    [
        CardFacts(),
        replace(CUDA_BUILD, trials=(CPU, DeviceTrial("cuda:0", "GeForce RTX 3060", 0.2))),
        replace(
            CUDA_BUILD, trials=(CPU, DeviceTrial("cuda:0", "A", problem="Broken."), DeviceTrial("cuda:1", "B", 0.2))
        ),
    ],
    ids=["unknown", "used", "one of two"],
)
def test_a_card_that_is_used_needs_no_reason(facts: CardFacts) -> None:
    assert why_no_card(facts) is None


# ---- findings ----

WHOLE = Diagnosis(
    versions={"nnstudio": "0.1.0", "torch": "2.13.0+cpu"},
    machine=Machine("Linux", "Xeon (x86_64)", 4, 1, 16_000_000_000, 8_000_000_000),
    cards=replace(CUDA_BUILD, trials=(CPU, DeviceTrial("cuda:0", "GeForce RTX 3060", 0.25))),
    folders=(FolderFacts("runs", "/home/a/runs", 2_000_000_000_000),),
    store=StoreFacts(3, 1_500_000),
    awake="systemd-inhibit",
    notify="notify-send",
    display=DisplayFacts(screen=True, platform="xcb"),
)


def test_where_all_is_well_nothing_is_to_be_done() -> None:
    found = findings(WHOLE)
    assert not is_broken(found)
    assert {finding.state for finding in found} == {"good"}
    assert not any(finding.remedy for finding in found)
    told = "\n".join(map(str, found))
    for words in (
        "Versions: nnstudio 0.1.0, torch 2.13.0+cpu.",
        "Processor: Xeon (x86_64): 4 cores, 1 thread for training.",
        "Memory: 16.0 GB, 8.0 GB of it free.",
        "Device: cuda:0 (GeForce RTX 3060) works: a multiplication and its gradient took 0.25 ms.",
        "Folder of runs: /home/a/runs, 2.0 TB free.",
        "Runs: 3 runs are remembered, 1.5 MB in all.",
        "Window: Qt starts (xcb).",
    ):
        assert words in told


LIBRARIES = DisplayFacts(True, "", "It aborted.", ("libxcb-cursor.so.0",), "sudo apt-get install libxcb-cursor0")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            replace(WHOLE, versions={"onnx": "not installed"}),
            ("Versions", "note", "not known to Python’s"),
        ),
        (
            replace(WHOLE, unsuitable={"torch": ">=2.13"}),
            ("Versions", "note", "with torch >=2.13, and another release is installed. This mends it: pip install"),
        ),
        (
            replace(WHOLE, machine=replace(WHOLE.machine, available=5_000)),
            ("Memory", "note", "Close other programs"),
        ),
        (replace(WHOLE, cards=CPU_BUILD), ("Graphics card", "note", "None is used. PyTorch finds none")),
        (
            replace(WHOLE, cards=replace(CPU_BUILD, trials=(DeviceTrial("cpu", "Xeon", problem="Illegal."),))),
            ("Device", "broken", "cpu (Xeon) failed: Illegal. Install PyTorch again."),
        ),
        (replace(WHOLE, cards=failing("No.")), ("Device", "note", "cuda:0 (GeForce GT 710) failed: No.")),
        (
            replace(WHOLE, folders=(FolderFacts("cache", "/c", 0, "Permission denied"),)),
            ("Folder of cache", "broken", "/c cannot be written: Permission denied. Give yourself access"),
        ),
        (
            replace(WHOLE, folders=(FolderFacts("runs", "/r", 1_000),)),
            ("Folder of runs", "note", "/r, 1.0 kB free. Delete what you do not need"),
        ),
        (replace(WHOLE, store=StoreFacts(problem="It is damaged.")), ("Runs", "broken", "It is damaged. Put")),
        (replace(WHOLE, store=StoreFacts(1, 7)), ("Runs", "good", "1 run is remembered, 7 bytes in all.")),
        (replace(WHOLE, preferences="ValueError: x"), ("Preferences", "note", "cannot be read: ValueError: x.")),
        (
            replace(WHOLE, display=LIBRARIES),
            ("Window", "broken", "Missing: libxcb-cursor.so.0. This installs"),
        ),
        (replace(WHOLE, display=DisplayFacts(False, problem="No.")), ("Window", "note", "Qt does not start: No.")),
        (replace(WHOLE, display=DisplayFacts(False, "offscreen")), ("Window", "note", "There is no screen here")),
        (replace(WHOLE, awake=""), ("Sleep", "note", "may fall asleep")),
        (replace(WHOLE, notify=""), ("Messages", "note", "libnotify-bin")),
    ],
)
def test_what_is_amiss_is_said(told: Diagnosis, expected: tuple[str, str, str]) -> None:
    topic, state, words = expected
    of_topic = [finding for finding in findings(told) if finding.topic == topic and finding.state == state]
    assert any(words.casefold() in str(finding).casefold() for finding in of_topic), findings(told)
    assert is_broken(findings(told)) == (state == "broken")


def test_the_window_does_not_look_for_a_window() -> None:
    assert not any(finding.topic == "Window" for finding in findings(replace(WHOLE, display=None)))


def test_a_finding_reads_as_one_line() -> None:
    assert str(Finding("Runs", "good", "None.")) == "Runs: None."
