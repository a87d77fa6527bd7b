"""The number of threads that commands which train are asked for."""

from __future__ import annotations

import argparse

from nnstudio.session.preferences import MOST_THREADS
from nnstudio.spec.errors import SpecError


def threads_of(options: argparse.Namespace) -> int:
    """What ``--threads`` says; 0, the usual, lets the fastest number be measured.

    Raises `SpecError` where no computer could start so many.
    """
    asked: int = options.threads
    if not 0 <= asked <= MOST_THREADS:
        raise SpecError(f"--threads must be between 1 and {MOST_THREADS}, or 0 to measure, not {asked}.")
    return asked
