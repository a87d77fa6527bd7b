"""Networks whose classes are at hand: their connections become blocks, and their answers stay what they were."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from nnstudio.engine.checkpoint import load_model
from nnstudio.engine.frozen import same_bits
from nnstudio.engine.rebuilding import installed, rebuild
from nnstudio.engine.rebuilding.fields import Inexpressible
from nnstudio.engine.rebuilding.network import with_weights
from nnstudio.engine.rebuilding.traced import rows_of_traced
from nnstudio.engine.windowed import MultiAxisAttention
from nnstudio.spec.layers import AvgPool2d, MaxPool2d
from nnstudio.spec.model import Row
from nnstudio.spec.rebuilt import Rebuilt
from tests.engine.rebuilding import references as ref

PICTURES = (3, 16, 16)


class Dense(nn.Module):
    """Each step sees the results of all before it."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = nn.ModuleList([nn.Conv2d(3 + 2 * place, 2, 3, padding=1) for place in range(3)])
        self.norm = nn.BatchNorm2d(9)

    def forward(self, x: Tensor) -> Tensor:
        features = [x]
        for step in self.steps:
            features.append(functional.relu(step(torch.cat(features, 1))))
        return self.norm(torch.cat(features, 1))  # type: ignore[no-any-return]


class Mixed(nn.Module):
    """Branches in branches, channels that are weighed, and functions instead of layers."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.SiLU())
        self.left, self.right = nn.Conv2d(8, 4, 1), nn.Conv2d(8, 4, 3, padding=1)
        self.squeeze, self.excite = nn.Conv2d(8, 2, 1), nn.Conv2d(2, 8, 1)
        self.idle, self.drop, self.head = nn.Identity(), nn.Dropout(0.3), nn.Linear(8, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.idle(self.stem(x))
        inner = torch.cat([self.left(x), functional.relu(self.right(x))], dim=1)
        share = self.excite(self.squeeze(functional.adaptive_avg_pool2d(inner, 1)))
        x = x + inner * share
        return self.head(self.drop(functional.dropout(x.mean([2, 3]), 0.1, self.training)))  # type: ignore[no-any-return]


class Weighed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.gate, self.head = nn.Conv2d(3, 4, 1), nn.Conv2d(4, 4, 1), nn.Linear(4 * 256, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.body(x)
        return self.head(torch.flatten(functional.relu(x) * self.gate(x), 1))  # type: ignore[no-any-return]


class PartitionAttentionLayer(nn.Module):
    """What torchvision calls so, with its fields: attention in blocks or grids, and two linear layers."""

    def __init__(self, width: int, heads: int, side: int, kind: str, share: float = 0.1) -> None:
        super().__init__()
        attention: Any = MultiAxisAttention(width, heads, side, "grid" if kind == "grid" else "block")
        attention.n_heads, attention.size = heads, side
        self.partition_type, self.stochastic_dropout = kind, nn.Dropout(share)
        self.attn_layer = nn.Sequential(nn.LayerNorm(width), attention, nn.Dropout(0.0))
        mixing = nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width), nn.Dropout(0.0)
        self.mlp_layer = nn.Sequential(nn.LayerNorm(width), *mixing)

    def forward(self, x: Tensor) -> Tensor:
        x = x.permute(0, 2, 3, 1)
        x = x + self.attn_layer(x)
        return (x + self.mlp_layer(x)).permute(0, 3, 1, 2)  # type: ignore[no-any-return]


class Pooling(nn.Module):
    """Poolings as functions, and a branch that is left out at random."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.around = nn.Conv2d(3, 4, (1, 3), padding=(0, 1)), nn.Conv2d(3, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = stochastic_depth(self.body(x), 0.2, "row", self.training) + self.around(x)
        x = functional.max_pool2d(x, kernel_size=3, stride=2)
        return functional.avg_pool2d(functional.max_pool2d(x, 2), (1, 2), padding=(0, 1), stride=1)


@fx.wrap  # as torchvision does with its own
def stochastic_depth(x: Tensor, p: float, mode: str, training: bool) -> Tensor:
    assert (p, mode, training) == (0.2, "row", False)
    return x


def looking() -> nn.Module:
    attention = (PartitionAttentionLayer(8, 2, 4, way) for way in ("window", "grid"))
    return nn.Sequential(nn.Conv2d(3, 8, 1), *attention)


@pytest.mark.parametrize(
    "make",
    [
        Dense,
        Mixed,
        Weighed,
        lambda: ref.ResNet(ref.Basic, (1, 1), width=8, inner=8),
        lambda: ref.SqueezeNet("1.1", 3),
        Pooling,
        looking,
    ],
    ids=["dense", "mixed", "weighed", "resnet", "squeezenet", "pooling", "attention in blocks and grids"],
)
def test_connections_become_blocks(tmp_path: Path, make: Callable[[], nn.Module]) -> None:
    shape = (3, 40, 40) if make is not Weighed else PICTURES
    module = ref.stirred(make())
    rows = rows_of_traced(module)
    torch.save(module.state_dict(), tmp_path / "a.pth")
    file = load_model(tmp_path / "a.pth")
    x = torch.randn(2, *shape, generator=torch.Generator().manual_seed(3))
    with torch.inference_mode():
        assert same_bits(with_weights(Rebuilt("known", rows=rows), shape, file)(x), module(x))


def keys(rows: tuple[Row, ...]) -> list[object]:
    return [(row.kind.key, *map(keys, row.branches)) if row.branches else row.kind.key for row in rows]


def test_dense_steps_stand_beside_all_before_them() -> None:
    assert keys(rows_of_traced(Dense())) == [
        ("branches", [], ["conv2d", "relu"]),
        ("branches", [], ["conv2d", "relu"]),
        ("branches", [], ["conv2d", "relu"]),
        "batch_norm2d",
    ]


def test_functions_that_pool_are_layers() -> None:
    assert [row.kind for row in rows_of_traced(Pooling())[1:]] == [
        MaxPool2d(3, 2),
        MaxPool2d(2, 2),
        AvgPool2d((1, 2), 1, (0, 1)),
    ]


class Twice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.layer(x)
        return torch.cat([x + functional.relu(x), x], 1)


class Choosing(Twice):
    def forward(self, x: Tensor) -> Tensor:
        return x if x.sum() > 0 else self.layer(x)


class Pair(Twice):
    def forward(self, x: Tensor) -> Tensor:
        return x, self.layer(x)  # type: ignore[return-value]


class Viewing(Twice):
    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x).view(-1)  # type: ignore[no-any-return]


class Some(Twice):
    def forward(self, x: Tensor) -> Tensor:
        return torch.flatten(self.layer(x), 2)


class Leaving(Twice):
    def forward(self, x: Tensor) -> Tensor:
        return stochastic_depth(self.layer(x), p=0.2, mode="batch", training=False)


class Mean(Twice):
    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x).mean(1)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("module", "why"),
    [
        (Choosing(), "its connections depend on its input"),
        (Pair(), "it takes or gives more than one thing"),
        (Viewing(), "it uses view, which is not among the layers here"),
        (Some(), "it flattens some of the sides only"),
        (Mean(), "it takes a mean that is not among the layers here"),
        (nn.Sequential(nn.Bilinear(1, 1, 1)), "Bilinear is not among the layers here"),
        (Leaving(), "it leaves out branches of whole batches, which is not among the layers here"),
    ],
    ids=["choosing", "pair", "view", "flatten", "mean", "bilinear", "depth"],
)
def test_what_no_row_can_do_is_named(module: nn.Module, why: str) -> None:
    with pytest.raises(Inexpressible, match=why):
        rows_of_traced(module)


def test_what_parts_twice_from_one_place_is_nested() -> None:
    assert keys(rows_of_traced(Twice())) == ["linear", ("branches", [("branches", [], ["relu"])], [])]


# ---- torchvision ----

STAND_IN = """
import sys
from tests.engine.rebuilding import references
from tests.engine.rebuilding.test_traced import Dense, Twice
from torch import nn


def list_models(module=None):
    if module is detection:
        return ["finder", "wide_finder"]
    assert module is sys.modules[__name__]
    return ["broken", "dense_net", "viewing_net"]


class Viewing(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.a, self.b = nn.Linear(4, 7), nn.Linear(5, num_classes)

    def forward(self, x):
        return self.b(self.a(x).view(-1, 5))


class DenseNet(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.body, self.fc = Dense(), nn.Linear(9, num_classes)

    def forward(self, x):
        return self.fc(self.body(x).mean([2, 3]))


class Finder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.neck, self.box = nn.Linear(3, width), nn.Linear(width, 4)


class detection:  # a room of its own, whose networks would fetch weights unless they are told not to
    pass


def finder(*, weights=None, weights_backbone="fetched", width=5):
    assert weights is None
    assert weights_backbone is None
    return Finder(width)


BUILDERS = {
    "broken": lambda weights=None, num_classes=1000: 1 / 0,
    "dense_net": lambda weights=None, num_classes=1000: DenseNet(num_classes),
    "viewing_net": lambda weights=None, num_classes=1000: Viewing(num_classes),
    "finder": finder,
    "wide_finder": lambda *, weights_backbone="fetched": finder(weights_backbone=weights_backbone, width=6),
}
get_model_builder = BUILDERS.__getitem__
"""


@pytest.fixture
def torchvision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A stand-in for torchvision on the path: nnstudio does not need the real one, and its tests do not, either."""
    package = tmp_path / "site" / "stand_in_torchvision"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "models.py").write_text(STAND_IN)
    monkeypatch.syspath_prepend(str(package.parent))
    monkeypatch.setattr(installed, "LIBRARY", "stand_in_torchvision")
    monkeypatch.setattr(rebuild, "MANY", 1)
    for cached in (installed._models, installed._usual):
        cached.cache_clear()
    yield
    for cached in (installed._models, installed._usual):
        cached.cache_clear()


class DenseNet(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.body, self.fc = Dense(), nn.Linear(9, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.body(x).mean([2, 3]))  # type: ignore[no-any-return]


@pytest.mark.usefixtures("torchvision")
@pytest.mark.parametrize("classes", [1000, 4])
def test_a_network_of_torchvision_is_known_by_its_names_and_shapes(tmp_path: Path, classes: int) -> None:
    module = ref.stirred(DenseNet(classes))
    torch.save(module.state_dict(), tmp_path / "a.pth")
    file = load_model(tmp_path / "a.pth")
    told = rebuild.rebuild(file, PICTURES)
    assert (told.certainty, told.what, told.unused) == ("known", "dense_net of torchvision", ())
    x = torch.randn(2, *PICTURES)
    assert same_bits(with_weights(told, PICTURES, file)(x), module(x).detach())


@pytest.mark.usefixtures("torchvision")
def test_a_network_of_torchvision_that_rows_cannot_have_is_named() -> None:
    shapes = {"a.weight": (7, 4), "a.bias": (7,), "b.weight": (3, 5), "b.bias": (3,)}
    told = rebuild.rebuild_from(shapes)
    assert told.certainty == "part"
    assert told.notes[0] == (
        "It has the names and shapes of viewing_net of torchvision, "
        "but it uses view, which is not among the layers here."
    )


@pytest.mark.usefixtures("torchvision")
def test_a_network_of_torchvision_that_gives_no_single_answer_is_named() -> None:
    shapes = {"neck.weight": (6, 3), "neck.bias": (6,), "box.weight": (4, 9), "box.bias": (4,)}
    told = rebuild.rebuild_from(shapes)
    assert told.certainty == "part"
    assert told.notes[0] == (
        "It has the names of wide_finder of torchvision, which finds the things in a picture: "
        "more than layers behind each other can do."
    )


@pytest.mark.usefixtures("torchvision")
def test_other_shapes_are_not_taken_for_one_of_torchvision() -> None:
    told = rebuild.rebuild_from({"a.weight": (8, 4), "a.bias": (7,), "b.weight": (3, 5), "b.bias": (4,)})
    assert "torchvision" not in "".join(told.notes)


@pytest.mark.parametrize("content", ["raise RuntimeError('made for another PyTorch')", "import nothing_of_that_name"])
@pytest.mark.usefixtures("torchvision")
def test_a_torchvision_that_cannot_be_loaded_is_left_alone(tmp_path: Path, content: str) -> None:
    (tmp_path / "site" / "stand_in_torchvision" / "models.py").write_text(content)
    assert installed.installed({"a.weight": (7, 4)}) is None


def test_without_torchvision_nothing_is_asked_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "LIBRARY", "a_library_that_is_not_there")
    installed._models.cache_clear()
    assert installed.installed({"a.weight": (7, 4)}) is None
    installed._models.cache_clear()
