"""Known networks from their public parameter names: rebuilt as a whole, and equal to the originals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from nnstudio.engine.build import build
from nnstudio.engine.checkpoint import ModelFile, load_model
from nnstudio.engine.frozen import same_bits
from nnstudio.engine.load import load_weights
from nnstudio.engine.rebuilding.network import with_weights
from nnstudio.engine.rebuilding.rebuild import rebuild, rebuild_from
from nnstudio.spec.model import Model
from nnstudio.spec.rebuilt import Rebuilt
from tests.engine.rebuilding import attending as att
from tests.engine.rebuilding import references as ref

MAKERS: dict[str, tuple[str, Callable[[], nn.Module]]] = {
    "resnet18": ("ResNet-18", lambda: ref.ResNet(ref.Basic, (2, 2, 2, 2))),
    "resnet34": ("ResNet-34", lambda: ref.ResNet(ref.Basic, (3, 4, 6, 3))),
    "resnet50": ("ResNet-50", lambda: ref.ResNet(ref.Bottleneck, (3, 4, 6, 3))),
    "wide": ("Wide ResNet-50-2", lambda: ref.ResNet(ref.Bottleneck, (3, 4, 6, 3), inner=128)),
    "resnext": ("ResNeXt-50 (32x4d)", lambda: ref.ResNet(ref.Bottleneck, (3, 4, 6, 3), inner=128, groups=32)),
    "narrow": ("a ResNet-18 of 8 channels at first", lambda: ref.ResNet(ref.Basic, (2, 2, 2, 2), width=8, inner=8)),
    "vgg11": ("VGG-11", lambda: ref.VGG((1, 1, 2, 2, 2), False, hidden=32)),
    "vgg13": ("VGG-13", lambda: ref.VGG((2, 2, 2, 2, 2), False, hidden=32)),
    "vgg16": ("VGG-16", lambda: ref.VGG((2, 2, 3, 3, 3), False, hidden=32)),
    "vgg16_bn": ("VGG-16 with batch norm", lambda: ref.VGG((2, 2, 3, 3, 3), True, hidden=32)),
    "vgg19_bn": ("VGG-19 with batch norm", lambda: ref.VGG((2, 2, 4, 4, 4), True, hidden=32)),
    "alexnet": ("AlexNet", lambda: ref.AlexNet(hidden=32)),
    "squeezenet1_0": ("SqueezeNet 1.0", lambda: ref.SqueezeNet("1.0")),
    "squeezenet1_1": ("SqueezeNet 1.1", lambda: ref.SqueezeNet("1.1")),
    "mobilenet_v2": ("MobileNet V2", ref.MobileNetV2),
    "mobilenet_v2 half": ("MobileNet V2, 0.5 times as wide", lambda: ref.MobileNetV2(width=0.5)),
    "mobilenet_v3 small": ("MobileNet V3 small", lambda: ref.MobileNetV3(ref.MobileNetV3.SMALL, 1024)),
    "mobilenet_v3 large": ("MobileNet V3 large", lambda: ref.MobileNetV3(ref.MobileNetV3.LARGE, 1280)),
    "shufflenet": ("a ShuffleNet V2 of 16 channels", att.ShuffleNet),
    "shufflenet x1.0": (
        "ShuffleNet V2, 1.0 times as wide",
        lambda: att.ShuffleNet((24, 116, 232, 464, 1024), (1, 1, 1)),
    ),
    "convnext": ("a ConvNeXt of 8 channels at first", att.ConvNeXt),
    "convnext tiny": ("ConvNeXt tiny", lambda: att.ConvNeXt((96, 12, 12, 12), (1, 1, 9, 1))),
    "vit": ("ViT-Ti/16", att.ViT),
    "vit before 2022": ("ViT-Ti/16", lambda: att.ViT(old=True)),
    "swin": ("a Swin Transformer of width 12", lambda: att.Swin(second=False)),
    "swin tiny": ("Swin Transformer tiny", lambda: att.Swin(False, 96, (1, 1, 6, 1), 2)),
    "swin v2": ("a Swin Transformer V2 of width 12", lambda: att.Swin(second=True)),
}


def file_of(module: nn.Module, path: Path) -> ModelFile:
    torch.save(module.state_dict(), path)
    return load_model(path)


def original(make: Callable[[], nn.Module]) -> nn.Module:
    torch.manual_seed(5)
    return ref.stirred(make())


@pytest.mark.parametrize(("title", "make"), MAKERS.values(), ids=MAKERS)
def test_a_known_network_is_equal_to_the_original(tmp_path: Path, title: str, make: Callable[[], nn.Module]) -> None:
    module = original(make)
    file = file_of(module, tmp_path / "a.pth")
    rebuilt = rebuild(file, (3, 64, 64))
    assert (rebuilt.certainty, rebuilt.what, rebuilt.guesses, rebuilt.unused) == ("known", title, (), ())
    x = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        expected, given = module(x), with_weights(rebuilt, (3, 64, 64), file)(x)
    assert expected.std() > 0
    torch.testing.assert_close(given, expected, rtol=1e-5, atol=1e-6)
    assert same_bits(given, expected) or "ViT" in title  # PyTorch's attention rounds by where its weights lie


def shapes_of(module: nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}


def small(**more: int) -> nn.Module:
    return ref.ResNet(ref.Basic, (1, 1), width=8, inner=8, **more)


def test_the_usual_size_of_pictures_is_taken_where_no_data_is_known() -> None:
    assert rebuild_from(shapes_of(small())).input_shape == (3, 224, 224)


@pytest.mark.parametrize(("shape", "told"), [((64,), "64"), ((1, 32, 32), "1 × 32 × 32")])
def test_data_of_another_shape_is_told(shape: tuple[int, ...], told: str) -> None:
    rebuilt = rebuild_from(shapes_of(small()), shape)
    assert rebuilt.input_shape == (3, 224, 224)
    assert rebuilt.notes == (f"It takes 3 × 224 × 224, but the data has {told}.",)


def test_a_network_below_a_prefix_keeps_its_names(tmp_path: Path) -> None:
    module = original(lambda: nn.ModuleDict({"backbone": small(), "neck": nn.ModuleDict({"a": nn.Conv2d(1, 1, 1)})}))
    file = file_of(module, tmp_path / "a.pth")
    rebuilt = rebuild(file)
    assert rebuilt.certainty == "part"
    assert rebuilt.unused == ("neck.a.weight", "neck.a.bias")
    assert rebuilt.rows[0].name == "backbone.conv1"
    x = torch.randn(1, 3, 32, 32)
    body = module.get_submodule("backbone")
    assert same_bits(with_weights(rebuilt, (3, 32, 32), file)(x), body(x).detach())


def test_a_network_without_its_head_ends_with_features() -> None:
    shapes = {name: shape for name, shape in shapes_of(small()).items() if not name.startswith("fc.")}
    rebuilt = rebuild_from(shapes)
    assert rebuilt.certainty == "known"
    assert rebuilt.notes == ("It has no last layers: it ends with the features of a picture.",)
    assert [row.kind.key for row in rebuilt.rows[-2:]] == ["branches", "relu"]


def test_another_head_is_proposed_behind_the_features(tmp_path: Path) -> None:
    def make() -> nn.Module:
        module = small()
        module.fc = nn.Sequential(nn.Linear(16, 12), nn.ReLU(), nn.Dropout(), nn.Linear(12, 3))
        return module

    module = original(make)
    file = file_of(module, tmp_path / "a.pth")
    rebuilt = rebuild(file, (3, 32, 32))
    assert (rebuilt.certainty, rebuilt.unused) == ("guessed", ())
    assert [(row.kind.key, row.name, bool(row.guess)) for row in rebuilt.rows[-6:]] == [
        ("adaptive_avg_pool2d", "", True),
        ("flatten", "", True),
        ("linear", "fc.0", False),
        ("relu", "", True),
        ("dropout", "", True),
        ("linear", "fc.3", False),
    ]
    x = torch.randn(1, 3, 32, 32)
    assert same_bits(with_weights(rebuilt, (3, 32, 32), file)(x), module(x).detach())


def test_a_network_for_small_pictures_says_that_its_first_step_is_a_guess() -> None:
    module = small()
    module.conv1 = nn.Conv2d(3, 8, 3, 1, 1, bias=False)
    rebuilt = rebuild_from(shapes_of(module))
    assert rebuilt.input_shape == (3, 32, 32)
    assert [row.name for row in rebuilt.guesses] == ["conv1"]
    assert "maxpool" not in [row.name for row in rebuilt.rows]


def test_norms_that_did_not_count_their_batches_are_known(tmp_path: Path) -> None:
    module = original(small)
    torch.save(ref.before_0_4_1(module), tmp_path / "old.pth")
    file = load_model(tmp_path / "old.pth")
    rebuilt = rebuild(file)
    assert rebuilt.certainty == "known"
    x = torch.randn(1, 3, 32, 32)
    assert same_bits(with_weights(rebuilt, (3, 32, 32), file)(x), module(x).detach())


def test_a_vision_transformer_takes_pictures_of_the_size_that_its_positions_are_for() -> None:
    rebuilt = rebuild_from(shapes_of(att.ViT()))
    assert rebuilt.input_shape == (3, 64, 64)
    assert rebuild_from(shapes_of(att.ViT()), (3, 96, 96)).notes == (
        "It takes 3 × 64 × 64, but the data has 3 × 96 × 96.",
    )


def test_tables_of_distances_are_computed_and_not_missed() -> None:
    rebuilt = rebuild_from(shapes_of(att.Swin(second=True)))
    assert (rebuilt.certainty, rebuilt.unused) == ("known", ())


@pytest.mark.parametrize("make", [att.ViT, att.ConvNeXt, att.ShuffleNet, lambda: att.Swin(second=False)])
def test_newer_networks_may_come_without_a_head_and_below_a_prefix(make: Callable[[], nn.Module]) -> None:
    heads = ("heads.", "classifier.", "fc.", "head.")
    shapes = {name: shape for name, shape in shapes_of(make()).items() if not name.startswith(heads)}
    rebuilt = rebuild_from({f"backbone.{name}": shape for name, shape in shapes.items()})
    assert rebuilt.rows[0].name.startswith("backbone.")
    assert (rebuilt.certainty, rebuilt.unused) == ("known", ())


def test_training_starts_from_every_tensor_of_a_rebuilt_network(tmp_path: Path) -> None:
    file = file_of(original(small), tmp_path / "a.pth")
    model = Model(rebuild(file).rows)
    module = build(model, (3, 32, 32), seed=0)
    loaded = load_weights(module, model, file)
    assert (loaded.fresh, loaded.unused) == ((), ())
    x = torch.randn(1, 3, 32, 32)
    assert same_bits(module.eval()(x).detach(), original(small)(x).detach())


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("conv1.weight", (8, 3, 5, 5)),
        ("fc.weight", (0, 16)),
        ("layer2.0.conv1.weight", (16, 9, 3, 3)),
        ("conv1.weight", ()),
    ],
)
def test_what_has_only_the_names_of_a_known_network_is_not_taken_for_one(name: str, shape: tuple[int, ...]) -> None:
    told: Rebuilt = rebuild_from(shapes_of(small()) | {name: shape})
    assert told.certainty != "known"
