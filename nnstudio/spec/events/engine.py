"""What the engine says whatever it was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.spec.diagnosis import CardFacts, Diagnosis
from nnstudio.spec.errors import StudioError


@dataclass(frozen=True, slots=True)
class EngineReady:
    """The engine process has loaded PyTorch and can train at once; ``device`` names what a kernel ran on."""

    torch: str
    device: str
    seconds: float
    cards: CardFacts | None = None
    """Where it is no graphics card, all that decides why."""


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """What is known of this machine and this installation."""

    diagnosis: Diagnosis


@dataclass(frozen=True, slots=True)
class Saved:
    """A file was written and read back."""

    path: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The job ended with an error; what was open stays as it was."""

    error: StudioError


EngineEvent = EngineReady | Diagnosed | Saved | Failed
