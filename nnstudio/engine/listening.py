"""Hearing what goes into layers and comes out of them, for as long as that is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from torch import Tensor, nn

Hook = Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]


@contextmanager
def listening(layers: Iterable[tuple[str, nn.Module]], hook_of: Callable[[str], Hook]) -> Iterator[None]:
    """Call the hook of each layer, by its prefix, after every forward pass in the body."""
    handles = [layer.register_forward_hook(hook_of(prefix)) for prefix, layer in layers]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
