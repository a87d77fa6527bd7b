"""Encoded data that several processes use at once: arrays in files that each of them maps, in memory only once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.encoding.encode import Encoded
from nnstudio.spec.facts import SharedExamples
from nnstudio.spec.tasks import Task

TRAIN, VALIDATION = "train", "validation"


def share(encoded: Encoded, folder: Path) -> SharedExamples:
    """Write what trials learn from into ``folder``: all but the test rows' numbers, which nobody looks at meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, NDArray[np.generic]] = {"x": encoded.x, TRAIN: encoded.rows.train}
    arrays[VALIDATION] = encoded.rows.validation
    if encoded.encoding.task is not Task.RECONSTRUCTION:  # its targets are its inputs
        arrays["y"] = encoded.y
    if encoded.weights is not None:
        arrays["weights"] = encoded.weights
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    return SharedExamples(str(folder), encoded.facts, encoded.encoding.target.scales, tuple(arrays))


def mapped(shared: SharedExamples) -> dict[str, Any]:
    """The arrays by their names: ``x``, ``y``, ``train``, ``validation``, and ``weights`` where there are any.

    They are mapped copy-on-write: PyTorch takes them as they are, and what nobody changes is in memory once.
    """
    folder = Path(shared.folder)
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="c", allow_pickle=False) for name in shared.arrays}
    return {"y": arrays["x"].reshape(len(arrays["x"]), -1)} | arrays
