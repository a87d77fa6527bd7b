"""What printed code carries along is what it names, and what that names in turn; no more, and without types."""

from __future__ import annotations

import ast

import pytest

from nnstudio.spec.code.pasted import pasted

SOURCE = '''"""A module."""
from __future__ import annotations

import math
import numpy as np
from torch import Tensor, nn


class First(nn.Module):
    """Says what it is."""

    def forward(self, x: Tensor) -> Tensor:
        return second(x)


def second(x: Tensor, *, times: int = 2) -> Tensor:
    """Another sentence."""
    total: float = times * math.pi
    return x * total


def third(x: float) -> np.ndarray:
    return np.array(x)
'''


def test_a_function_comes_alone_and_without_types() -> None:
    found = pasted(SOURCE, ["second"])
    assert found.definitions == (
        'def second(x, *, times=2):\n    """Another sentence."""\n    total = times * math.pi\n    return x * total',
    )
    assert found.imports == ("import math",)


def test_a_class_brings_what_it_uses() -> None:
    found = pasted(SOURCE, ["First"])
    assert [ast.parse(text).body[0].name for text in found.definitions] == ["First", "second"]  # type: ignore[attr-defined]  # definitions
    assert found.definitions[0] in SOURCE
    assert found.imports == ("import math", "from torch import Tensor", "from torch import nn")


def test_the_order_is_that_of_the_source_and_nothing_comes_twice() -> None:
    assert pasted(SOURCE, ["third", "second", "First"]).definitions == pasted(SOURCE, ["First", "third"]).definitions


def test_what_is_not_there_is_no_definition() -> None:
    with pytest.raises(KeyError):
        pasted(SOURCE, ["fourth"])
