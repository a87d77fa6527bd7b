"""What can be asked of the engine itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WarmUp:
    """Load what the first run would otherwise wait for: yields `EngineReady`."""


@dataclass(frozen=True, slots=True)
class Diagnose:
    """Find out what works on this machine: yields `Diagnosed`; with ``display`` also whether a window can open."""

    display: bool = True
