"""A file that has its tensors by their alphabet is rebuilt as one that has them in the order of the network."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from nnstudio.engine.checkpoint import load_model
from nnstudio.engine.rebuilding.order import has_lost_order, in_likely_order
from nnstudio.engine.rebuilding.rebuild import rebuild, rebuild_from


class Named(nn.Module):
    """Norms are called so that they come first."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16)
        self.conv2, self.bn2 = nn.Conv2d(16, 16, 3, padding=1), nn.BatchNorm2d(16)
        self.fc1, self.fc2 = nn.Linear(64, 8), nn.Linear(8, 3)


class Parted(nn.Module):
    """The end comes first, and the eleventh layer before the third."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            *(layer for width in (4, 8, 8, 16) for layer in (nn.LazyConv2d(width, 3), nn.BatchNorm2d(width), nn.ReLU()))
        )
        self.features(torch.zeros(1, 3, 16, 16))
        self.classifier = nn.Sequential(nn.Linear(16 * 8 * 8, 8), nn.ReLU(), nn.Linear(8, 3))


@pytest.mark.parametrize("kind", [Named, Parted])
@pytest.mark.filterwarnings("ignore:Lazy modules are a new feature:UserWarning")
def test_safetensors_are_rebuilt_as_the_state_dict_is(tmp_path: Path, kind: type[nn.Module]) -> None:
    state = kind().state_dict()
    save_file(state, tmp_path / "a.safetensors")
    file = load_model(tmp_path / "a.safetensors")
    assert list(file.state) != list(state)
    found, expected = rebuild(file), rebuild_from({name: tuple(tensor.shape) for name, tensor in state.items()})
    assert [(row.kind, row.name) for row in found.rows] == [(row.kind, row.name) for row in expected.rows]
    assert (found.certainty, found.input_shape, found.unused) == ("guessed", expected.input_shape, ())


def test_no_tensor_is_lost() -> None:
    shapes = {"a.odd": (3,), "bn.weight": (4,), "bn.bias": (4,), "fc.weight": (4, 2), "fc.bias": (4,)}
    assert has_lost_order(shapes)
    assert list(in_likely_order(shapes)) == ["fc.weight", "fc.bias", "bn.weight", "bn.bias", "a.odd"]
    assert not has_lost_order({"fc.weight": (4, 2), "bn.weight": (4,), "bn.bias": (4,)})


def test_numbers_are_an_order() -> None:
    numbers = [f"net.{number}" for number in (1, 2, 10)]
    assert not has_lost_order({f"{name}.weight": (4, 4) for name in numbers})
    assert has_lost_order({f"{name}.weight": (4, 4) for name in sorted(numbers)})
