"""What is known of this machine and this installation: plain facts, which the session puts into sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NOTIFIER = "notify-send"
"""What a desktop of Linux has to show messages; it knows the way to every notification daemon."""


@dataclass(frozen=True, slots=True)
class DeviceTrial:
    """What came of a small multiplication and its gradient on ``device``; ``problem`` is empty where it was right."""

    device: str
    name: str
    milliseconds: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What decides whether PyTorch can compute on a graphics card.

    ``torch`` and the builds (empty where it was built without) are PyTorch's; ``cards`` and ``driver`` are what the
    NVIDIA driver tells, ``vendors`` what is plugged in; ``hidden`` is CUDA_VISIBLE_DEVICES, None where it is not set;
    ``driver_problem`` and ``torch_problem`` are what the driver and PyTorch say when they are asked.
    """

    torch: str = ""
    cuda: str = ""
    hip: str = ""
    xpu: bool = False
    mps_built: bool = False
    system: str = "linux"
    machine: str = "x86_64"
    bundled: bool = False
    vendors: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    driver: str = ""
    driver_problem: str = ""
    torch_problem: str = ""
    hidden: str | None = None
    trials: tuple[DeviceTrial, ...] = ()


@dataclass(frozen=True, slots=True)
class Machine:
    """The computer; memory in bytes, 0 where the system does not say. ``threads`` are those PyTorch would take."""

    system: str
    processor: str
    cores: int
    threads: int
    memory: int
    available: int


@dataclass(frozen=True, slots=True)
class FolderFacts:
    """A folder of the user's: what it is for, bytes that are free there, and why it cannot be written, if so."""

    purpose: str
    path: str
    free: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DisplayFacts:
    """Whether a window can open: on ``platform``, or why not, with the libraries that are missing."""

    screen: bool
    platform: str = ""
    problem: str = ""
    missing: tuple[str, ...] = ()
    command: str = ""


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """How many runs are remembered, the bytes of all that is kept of them, and why they cannot be read, if so."""

    runs: int = 0
    size: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All of it. ``preferences`` is why they cannot be read, ``awake`` and ``notify`` the programs that do it.

    ``unsuitable`` says which releases nnstudio asks for, such as ``>=2.13``, of every package that has another one.
    """

    versions: Mapping[str, str]
    machine: Machine
    cards: CardFacts
    folders: tuple[FolderFacts, ...]
    store: StoreFacts
    preferences: str = ""
    awake: str = ""
    notify: str = ""
    display: DisplayFacts | None = None
    unsuitable: Mapping[str, str] = field(default_factory=dict)
