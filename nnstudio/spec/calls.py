"""A constructor call as a value: the engine makes it, the exporter and the tooltips print it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """``name(*args, **kwargs)``, where the name is the one a PyTorch user writes, such as ``nn.Linear``."""

    name: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)

    def with_settings(self, **more: Any) -> Call:
        """The same call with more named arguments."""
        return Call(self.name, self.args, {**self.kwargs, **more})

    def __str__(self) -> str:
        positional = [repr(arg) for arg in self.args]
        named = [f"{name}={value!r}" for name, value in self.kwargs.items()]
        return f"{self.name}({', '.join(positional + named)})"
