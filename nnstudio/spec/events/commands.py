"""What can be said to long work: commands lie in an inbox until the next batch boundary."""

from __future__ import annotations

from dataclasses import dataclass
from queue import SimpleQueue


@dataclass(frozen=True, slots=True)
class Pause:
    """Rest at the next batch boundary."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End at the next batch boundary and keep what was learned."""


Command = Pause | Resume | Stop

Inbox = SimpleQueue[Command]
"""Where commands wait: ``empty()`` costs nothing in a loop, ``get()`` waits without turning."""
