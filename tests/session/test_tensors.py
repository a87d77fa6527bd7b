"""Tensors and their numbers in words."""

from __future__ import annotations

import pytest

from nnstudio.session.tensors import encoded_number, tensor_words


@pytest.mark.parametrize(
    ("value", "text"), [(-0.88312, "−0.883"), (1.0, "1"), (0.0, "0"), (12.3456, "12.35"), (float("nan"), "nan")]
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert encoded_number(value) == text


def test_a_tensor_is_called_as_pytorch_calls_it() -> None:
    assert tensor_words("torch.int64", (32,)) == "torch.int64 [32]"
    assert tensor_words("torch.float32", (32, 7), "inputs") == "inputs  torch.float32 [32, 7]"
