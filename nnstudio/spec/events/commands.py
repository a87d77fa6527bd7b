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


@dataclass(frozen=True, slots=True)
class ChangeRates:
    """Go on with another learning rate, above 0, and another weight decay; acknowledged by `RatesChanged`.

    The rate is that of the project's optimiser: it scales what the schedule makes of it from here to the end, and what
    slower layers take of it. What is spared from weight decay stays spared.
    """

    learning_rate: float
    weight_decay: float


Command = Pause | Resume | Stop | ChangeRates

Inbox = SimpleQueue[Command]
"""Where commands wait: ``empty()`` costs nothing in a loop, ``get()`` waits without turning."""
