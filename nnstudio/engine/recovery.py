"""Checkpoints of a run under way: everything that it needs to go on as if nothing had happened, and when to keep it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from nnstudio.engine.checkpoint import read_back, save_content
from nnstudio.engine.foreign.unpickle import unpickled
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.events import RatesChanged
from nnstudio.spec.files import write_atomically

FORMAT, VERSION = "nnstudio-recovery", 2
SHARE = 0.02
"""Most of the time that checkpoints may take."""
FIRST_COST = 0.01
"""Seconds that the first checkpoint is expected to take."""
WITHIN_EPOCH = 10.0
"""Seconds after which one is due within an epoch."""

Content = Mapping[str, Any]
"""Tensors, numbers and texts in dictionaries and lists: what PyTorch loads without running anything."""


@dataclass(frozen=True, slots=True)
class Restart:
    """Where a run is taken up again: a checkpoint, and the ``changes`` of rates that were made behind it then."""

    state: Content
    changes: tuple[RatesChanged, ...] = ()


class Keeper:
    """Keeps the newest checkpoint of a run in ``path``; ``before`` is done before each, such as writing the history."""

    def __init__(self, path: Path, before: Callable[[], object]) -> None:
        self._path, self._before = path, before
        self._cost, self._last = FIRST_COST, perf_counter()

    def is_due(self, epoch_is_over: bool) -> bool:
        """Whether one may be written again, and is worth it: where an epoch is over, or none was for long."""
        passed = perf_counter() - self._last
        return passed * SHARE >= self._cost and (epoch_is_over or passed >= WITHIN_EPOCH)

    def kept(self) -> Content | None:
        """The newest checkpoint; None while there is none."""
        return load_recovery(self._path) if self._path.exists() else None

    def save(self, content: Content) -> None:
        """Write it in the place of the last one, after reading it back; raises OSError, or what ``before`` raises."""
        started = perf_counter()
        self._before()
        save_recovery(self._path, content)
        self._last = perf_counter()
        self._cost = self._last - started


def save_recovery(path: Path, content: Content) -> None:
    """Write a checkpoint to ``path``; it is read back before it replaces the one that is there. Raises OSError."""
    whole = {"format": FORMAT, "version": VERSION, **content}
    write_atomically(path, lambda partial: save_content(whole, partial), read_back(path, whole))


def load_recovery(path: Path) -> Content:
    """The checkpoint in ``path``; runs nothing. Raises `ModelFileError` where it cannot be used, or OSError."""
    content = unpickled(path).content
    if not isinstance(content, Mapping) or content.get("format") != FORMAT or content.get("version") != VERSION:
        raise ModelFileError("The checkpoint of the run cannot be used.", "Another version of nnstudio wrote it.")
    return content
