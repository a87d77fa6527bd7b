"""For tests that allow both ends: a value, or an error for the user."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from nnstudio.spec.errors import StudioError

T = TypeVar("T")


def attempt(do: Callable[[], T]) -> T | StudioError:
    """What ``do`` gives, or the error for the user that it raises; any other exception is a defect."""
    try:
        return do()
    except StudioError as error:
        return error
