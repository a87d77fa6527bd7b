"""Families of networks, against the numbers of parameters that are published for them."""

from __future__ import annotations

import pytest

from nnstudio.spec.model import Model, Row, paths
from nnstudio.spec.networks.alexnet import alexnet
from nnstudio.spec.networks.mobilenet import eights, mobilenet_v2, mobilenet_v3
from nnstudio.spec.networks.resnet import ResNet, resnet, resnet_of
from nnstudio.spec.networks.squeezenet import squeezenet
from nnstudio.spec.networks.vgg import vgg
from nnstudio.spec.shapes import walk

PICTURE = (3, 224, 224)

PUBLISHED = {
    "ResNet-18": (resnet(18), 11_689_512),
    "ResNet-34": (resnet(34), 21_797_672),
    "ResNet-50": (resnet(50), 25_557_032),
    "ResNet-101": (resnet(101), 44_549_160),
    "ResNet-152": (resnet(152), 60_192_808),
    "Wide ResNet-50": (resnet_of(ResNet((3, 4, 6, 3), True, inner=128)), 68_883_240),
    "ResNeXt-50": (resnet_of(ResNet((3, 4, 6, 3), True, inner=128, groups=32)), 25_028_904),
    "VGG-11": (vgg(11), 132_863_336),
    "VGG-13": (vgg(13), 133_047_848),
    "VGG-16": (vgg(16), 138_357_544),
    "VGG-19": (vgg(19), 143_667_240),
    "VGG-11 with batch norm": (vgg(11, True), 132_868_840),
    "VGG-19 with batch norm": (vgg(19, True), 143_678_248),
    "AlexNet": (alexnet(), 61_100_840),
    "SqueezeNet 1.0": (squeezenet("1.0"), 1_248_424),
    "SqueezeNet 1.1": (squeezenet("1.1"), 1_235_496),
    "MobileNet V2": (mobilenet_v2(), 3_504_872),
    "MobileNet V3 small": (mobilenet_v3("small"), 2_542_856),
    "MobileNet V3 large": (mobilenet_v3("large"), 5_483_032),
}

HEADLESS = {
    "resnet": (resnet(18, None), (512, 7, 7)),
    "vgg": (vgg(11, classes=None), (512, 7, 7)),
    "alexnet": (alexnet(None), (256, 6, 6)),
    "squeezenet": (squeezenet("1.1", None), (512, 13, 13)),
    "mobilenet v2": (mobilenet_v2(None), (1280, 7, 7)),
    "mobilenet v3": (mobilenet_v3("small", None), (576, 7, 7)),
}


@pytest.mark.parametrize(("rows", "count"), PUBLISHED.values(), ids=PUBLISHED)
def test_a_network_has_as_many_parameters_as_its_paper(rows: tuple[Row, ...], count: int) -> None:
    walked = walk(Model(rows), PICTURE)
    assert (walked.count, walked.output) == (count, (1000,))


@pytest.mark.parametrize(("rows", "output"), HEADLESS.values(), ids=HEADLESS)
def test_a_network_without_a_head_ends_with_its_features(rows: tuple[Row, ...], output: tuple[int, ...]) -> None:
    assert walk(Model(rows), PICTURE).output == output


@pytest.mark.parametrize("rows", [rows for rows, _ in PUBLISHED.values()], ids=PUBLISHED)
def test_every_row_has_an_identity_and_the_name_of_its_module(rows: tuple[Row, ...]) -> None:
    all_rows = [row for _, row in paths(rows)]
    assert len({row.id for row in all_rows}) == len(all_rows)
    assert all(row.name for row in all_rows)
    with_weights = [row.name for row in all_rows if not row.is_block and row.kind.parameters((64, 8, 8))]
    assert len(set(with_weights)) == len(with_weights)


def test_channels_are_rounded_to_multiples_of_eight() -> None:
    assert [eights(channels) for channels in (1, 11.2, 12, 18, 24, 33.6)] == [8, 16, 16, 24, 24, 32]


def test_a_narrow_network() -> None:
    assert walk(Model(mobilenet_v2(width=0.5)), PICTURE).count == 1_968_680
