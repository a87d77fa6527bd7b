"""Memory that nobody uses is given back to the system: what was read once is not needed twice."""

from __future__ import annotations

import ctypes

import pyarrow as pa


def give_back() -> None:
    """Return what Arrow and the C library keep for later; where they cannot (not Linux), nothing happens."""
    pa.default_memory_pool().release_unused()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):  # only glibc has it; on Windows there is no library without a name
        return
