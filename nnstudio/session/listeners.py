"""How one value tells others that it changed: a list of functions, called in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Listeners(Generic[P]):
    """Functions to call when something happened; ``listen`` returns the function that stops listening."""

    def __init__(self) -> None:
        self._functions: list[Callable[P, object]] = []

    def listen(self, function: Callable[P, object]) -> Callable[[], None]:
        self._functions.append(function)
        return lambda: self._functions.remove(function)

    def tell(self, *args: P.args, **kwargs: P.kwargs) -> None:
        for function in tuple(self._functions):
            function(*args, **kwargs)
