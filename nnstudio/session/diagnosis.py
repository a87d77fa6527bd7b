"""What a diagnosis comes to: a finding a line, each with what to do where something is amiss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from nnstudio.session.cards import why_no_card
from nnstudio.spec.diagnosis import DeviceTrial, Diagnosis, DisplayFacts, FolderFacts
from nnstudio.spec.words import counted, in_bytes

FEW_BYTES = 500_000_000
"""Room below which a run of a larger network may fill the disk."""
FEW_MEMORY = 1_000_000_000
"""Memory that is free, below which a larger table or network finds no room."""

VARIABLES = {"runs": "NNSTUDIO_DATA", "cache": "NNSTUDIO_CACHE", "preferences": "NNSTUDIO_CONFIG"}
"""Which environment variable names another folder for what."""

State = Literal["good", "note", "broken"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about a topic. ``note`` is worth knowing, ``broken`` keeps nnstudio from working."""

    topic: str
    state: State
    said: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.topic}: {self.said} {self.remedy}".strip()


def findings(told: Diagnosis) -> tuple[Finding, ...]:
    """All that was found, in the order in which it is read."""
    return (
        *_versions(told),
        *_machine(told),
        *map(_device, told.cards.trials),
        *_card(told),
        *map(_folder, told.folders),
        _runs(told),
        _preferences(told),
        *([_display(told.display)] if told.display else []),
        *_desktop(told),
    )


def is_broken(found: tuple[Finding, ...]) -> bool:
    """Whether something that nnstudio needs does not work."""
    return any(finding.state == "broken" for finding in found)


def _versions(told: Diagnosis) -> Iterator[Finding]:
    missing = [name for name, version in told.versions.items() if version == "not installed"]
    rest = [f"{name} {version}" for name, version in told.versions.items() if name not in missing]
    yield Finding("Versions", "good", f"{', '.join(rest)}.")
    if missing:
        remedy = "Where a command or the window fails, install nnstudio again."
        yield Finding("Versions", "note", f"Not known to Python’s packages: {', '.join(missing)}.", remedy)
    for name, wanted in told.unsuitable.items():
        said = f"nnstudio was tried with {name} {wanted}, and another release is installed."
        yield Finding("Versions", "note", said, f"This mends it: pip install '{name}{wanted}'.")


def _machine(told: Diagnosis) -> Iterator[Finding]:
    machine = told.machine
    threads = counted(machine.threads, "thread")
    yield Finding("System", "good", f"{machine.system}.")
    yield Finding("Processor", "good", f"{machine.processor}: {machine.cores} cores, {threads} for training.")
    if machine.memory:
        free = f", {in_bytes(machine.available)} of it free" if machine.available else ""
        short = 0 < machine.available < FEW_MEMORY
        remedy = "Close other programs before you train a large network." if short else ""
        yield Finding("Memory", "note" if short else "good", f"{in_bytes(machine.memory)}{free}.", remedy)


def _device(trial: DeviceTrial) -> Finding:
    name = f"{trial.device} ({trial.name})"
    if trial.problem:
        state: State = "broken" if trial.device == "cpu" else "note"
        remedy = "Install PyTorch again." if trial.device == "cpu" else ""
        return Finding("Device", state, f"{name} failed: {trial.problem}", remedy)
    said = f"{name} works: a multiplication and its gradient took {trial.milliseconds:.2f} ms."
    return Finding("Device", "good", said)


def _card(told: Diagnosis) -> Iterator[Finding]:
    if reason := why_no_card(told.cards):
        yield Finding("Graphics card", "note", f"None is used. {reason.why}", reason.remedy)


def _folder(folder: FolderFacts) -> Finding:
    topic = f"Folder of {folder.purpose}"
    if folder.problem:
        variable = VARIABLES[folder.purpose]
        remedy = f"Give yourself access to it, or name another folder in the environment variable {variable}."
        return Finding(topic, "broken", f"{folder.path} cannot be written: {folder.problem}.", remedy)
    short = folder.free < FEW_BYTES
    remedy = "Delete what you do not need on that disk." if short else ""
    return Finding(topic, "note" if short else "good", f"{folder.path}, {in_bytes(folder.free)} free.", remedy)


def _runs(told: Diagnosis) -> Finding:
    store = told.store
    if store.problem:
        return Finding("Runs", "broken", store.problem, "Put the database of runs aside, and a new one is made.")
    runs = f"{counted(store.runs, 'run')} {'is' if store.runs == 1 else 'are'}"
    return Finding("Runs", "good", f"{runs} remembered, {in_bytes(store.size)} in all.")


def _preferences(told: Diagnosis) -> Finding:
    if told.preferences:
        return Finding("Preferences", "note", f"They cannot be read: {told.preferences}.", "The usual ones are taken.")
    return Finding("Preferences", "good", "They can be read.")


def _display(display: DisplayFacts) -> Finding:
    if display.problem:
        missing = f" Missing: {', '.join(display.missing)}." if display.missing else ""
        remedy = f"This installs it: {display.command}" if display.command else ""
        state: State = "broken" if display.screen else "note"
        return Finding("Window", state, f"Qt does not start: {display.problem}{missing}", remedy)
    if not display.screen:
        said = "There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set); the terminal’s commands work."
        return Finding("Window", "note", said)
    return Finding("Window", "good", f"Qt starts ({display.platform}).")


def _desktop(told: Diagnosis) -> Iterator[Finding]:
    if told.awake:
        yield Finding("Sleep", "good", f"The computer is kept awake while it trains ({told.awake}).")
    else:
        yield Finding("Sleep", "note", "The computer may fall asleep while it trains: nothing here can prevent that.")
    if told.notify:
        yield Finding("Messages", "good", f"The desktop can be told that a run has ended ({told.notify}).")
    else:
        said = "The desktop cannot be told that a run has ended."
        yield Finding("Messages", "note", said, "The package libnotify-bin brings notify-send.")
