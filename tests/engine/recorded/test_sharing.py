"""Results of a recorded step lie where others lay that are not needed any more, and never where one is."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from nnstudio.engine.recorded.recorder import Recorder, address
from nnstudio.engine.recorded.sharing import shared_memory


def where(steps: Callable[[Tensor], list[Tensor]]) -> list[int]:
    """For each of the results, all of which may be shared, the number of the first one in the same memory."""
    given = torch.randn(4, 4)
    with Recorder() as recorder:
        results = [recorder.place(each) for each in steps(given)]
    sizes = {address(each): each.untyped_storage().nbytes() for each in results}
    moves = shared_memory(recorder.operations, sizes)
    starts = [address(each) for each in results]
    return [starts.index(moves.get(start, start)) for start in starts]


def test_a_result_takes_the_place_of_the_operand_that_it_replaces_number_by_number() -> None:
    def steps(x: Tensor) -> list[Tensor]:
        product = torch.mm(x, x)
        return [product, positive := torch.relu(product), torch.tanh(positive)]

    assert where(steps) == [0, 0, 0]


def test_a_product_does_not_write_over_what_it_reads() -> None:
    def steps(x: Tensor) -> list[Tensor]:
        one = torch.mm(x, x)
        return [one, other := torch.mm(one, x), torch.mm(other, x)]

    assert where(steps) == [0, 1, 0]


def test_what_is_read_again_later_stays() -> None:
    def steps(x: Tensor) -> list[Tensor]:
        one = torch.mm(x, x)
        other = torch.relu(one)
        return [one, other, torch.add(other, one)]

    assert where(steps) == [0, 1, 1]


def test_a_view_keeps_its_memory_alive() -> None:
    def steps(x: Tensor) -> list[Tensor]:
        one = torch.mm(x, x)
        turned = one.t()
        other = torch.relu(one)
        return [one, other, torch.mm(other, turned)]

    assert where(steps) == [0, 1, 2]


def test_memory_of_another_length_is_not_taken() -> None:
    def steps(x: Tensor) -> list[Tensor]:
        one = torch.mm(x, x)
        return [one, short := one.sum(0), torch.exp(short)]

    assert where(steps) == [0, 1, 1]
