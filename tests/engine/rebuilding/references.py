"""Known networks as ordinary PyTorch classes with the parameter names that are public for them, to compare with."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

Norm = partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)


def stirred(module: nn.Module, seed: int = 3) -> nn.Module:
    """The module in ``eval()`` with norms that do something: those of a fresh one hardly change their input."""
    generator = torch.Generator().manual_seed(seed)
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d):
            for tensor, low, high in (
                (layer.running_mean, -0.3, 0.3),
                (layer.running_var, 0.5, 2.0),
                (layer.weight, 0.5, 1.5),
                (layer.bias, -0.3, 0.3),
            ):
                if tensor is not None:
                    tensor.data = low + (high - low) * torch.rand(tensor.shape, generator=generator)
    return module.eval()


class Basic(nn.Module):
    expansion = 1

    def __init__(self, wide: int, inner: int, groups: int, channels: int, stride: int) -> None:
        super().__init__()
        del inner, groups
        self.conv1 = nn.Conv2d(channels, wide, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(wide)
        self.conv2 = nn.Conv2d(wide, wide, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(wide)
        self.downsample = shortcut(channels, wide, stride)

    def forward(self, x: Tensor) -> Tensor:
        around = x if self.downsample is None else self.downsample(x)
        inside = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
        return functional.relu(inside + around)


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, wide: int, inner: int, groups: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, inner, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(inner)
        self.conv2 = nn.Conv2d(inner, inner, 3, stride, 1, groups=groups, bias=False)
        self.bn2 = nn.BatchNorm2d(inner)
        self.conv3 = nn.Conv2d(inner, 4 * wide, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * wide)
        self.downsample = shortcut(channels, 4 * wide, stride)

    def forward(self, x: Tensor) -> Tensor:
        around = x if self.downsample is None else self.downsample(x)
        inside = functional.relu(self.bn1(self.conv1(x)))
        inside = functional.relu(self.bn2(self.conv2(inside)))
        return functional.relu(self.bn3(self.conv3(inside)) + around)


def shortcut(channels: int, out: int, stride: int) -> nn.Sequential | None:
    if stride == 1 and channels == out:
        return None
    return nn.Sequential(nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out))


class ResNet(nn.Module):
    def __init__(
        self,
        block: type[Basic | Bottleneck],
        blocks: Sequence[int],
        *,
        classes: int = 10,
        width: int = 64,
        inner: int = 64,
        groups: int = 1,
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        channels = width
        self.stages = len(blocks)
        for stage, count in enumerate(blocks):
            made = []
            for place in range(count):
                stride = 2 if stage and not place else 1
                made.append(block(width * 2**stage, inner * 2**stage, groups, channels, stride))
                channels = width * 2**stage * block.expansion
            setattr(self, f"layer{stage + 1}", nn.Sequential(*made))
        self.fc = nn.Linear(channels, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(functional.relu(self.bn1(self.conv1(x))))
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        return self.fc(functional.adaptive_avg_pool2d(x, 1).flatten(1))  # type: ignore[no-any-return]


class VGG(nn.Module):
    def __init__(self, depths: Sequence[int], batch_norm: bool, classes: int = 10, hidden: int = 4096) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for count, wide in zip(depths, (64, 128, 256, 512, 512), strict=True):
            for _ in range(count):
                layers += [nn.Conv2d(channels, wide, 3, padding=1)]
                layers += [nn.BatchNorm2d(wide)] if batch_norm else []
                layers += [nn.ReLU()]
                channels = wide
            layers += [nn.MaxPool2d(2, 2)]
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            *(nn.Linear(512 * 49, hidden), nn.ReLU(), nn.Dropout()),
            *(nn.Linear(hidden, hidden), nn.ReLU(), nn.Dropout()),
            nn.Linear(hidden, classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.avgpool(self.features(x)).flatten(1))  # type: ignore[no-any-return]


class AlexNet(nn.Module):
    def __init__(self, classes: int = 10, hidden: int = 4096) -> None:
        super().__init__()
        self.features = nn.Sequential(
            *(nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2)),
            *(nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)),
            *(nn.Conv2d(192, 384, 3, padding=1), nn.ReLU()),
            *(nn.Conv2d(384, 256, 3, padding=1), nn.ReLU()),
            *(nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2)),
        )
        self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
        self.classifier = nn.Sequential(
            *(nn.Dropout(), nn.Linear(256 * 36, hidden), nn.ReLU()),
            *(nn.Dropout(), nn.Linear(hidden, hidden), nn.ReLU()),
            nn.Linear(hidden, classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.avgpool(self.features(x)).flatten(1))  # type: ignore[no-any-return]


class Fire(nn.Module):
    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, 4 * squeezed, 1)
        self.expand3x3 = nn.Conv2d(squeezed, 4 * squeezed, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu(self.squeeze(x))
        return torch.cat([functional.relu(self.expand1x1(x)), functional.relu(self.expand3x3(x))], 1)


class SqueezeNet(nn.Module):
    def __init__(self, version: str, classes: int = 10) -> None:
        super().__init__()
        pool = partial(nn.MaxPool2d, 3, 2, ceil_mode=True)
        if version == "1.0":
            self.features = nn.Sequential(
                *(nn.Conv2d(3, 96, 7, 2), nn.ReLU(), pool(), Fire(96, 16), Fire(128, 16), Fire(128, 32), pool()),
                *(Fire(256, 32), Fire(256, 48), Fire(384, 48), Fire(384, 64), pool(), Fire(512, 64)),
            )
        else:
            self.features = nn.Sequential(
                *(nn.Conv2d(3, 64, 3, 2), nn.ReLU(), pool(), Fire(64, 16), Fire(128, 16), pool(), Fire(128, 32)),
                *(Fire(256, 32), pool(), Fire(256, 48), Fire(384, 48), Fire(384, 64), Fire(512, 64)),
            )
        self.classifier = nn.Sequential(
            nn.Dropout(), nn.Conv2d(512, classes, 1), nn.ReLU(), nn.AdaptiveAvgPool2d((1, 1))
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x)).flatten(1)  # type: ignore[no-any-return]


def eight(channels: float) -> int:
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


class InvertedV2(nn.Module):
    def __init__(self, channels: int, out: int, stride: int, expansion: int) -> None:
        super().__init__()
        hidden = channels * expansion
        self.adds = stride == 1 and channels == out
        steps: list[nn.Module] = []
        if expansion != 1:
            steps += [nn.Sequential(nn.Conv2d(channels, hidden, 1, bias=False), nn.BatchNorm2d(hidden), nn.ReLU6())]
        window = nn.Conv2d(hidden, hidden, 3, stride, 1, groups=hidden, bias=False)
        steps += [nn.Sequential(window, nn.BatchNorm2d(hidden), nn.ReLU6())]
        self.conv = nn.Sequential(*steps, nn.Conv2d(hidden, out, 1, bias=False), nn.BatchNorm2d(out))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.adds else self.conv(x)  # type: ignore[no-any-return]


class MobileNetV2(nn.Module):
    PLAN = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))

    def __init__(self, classes: int = 10, width: float = 1.0) -> None:
        super().__init__()
        channels, last = eight(32 * width), eight(1280 * max(1.0, width))
        layers: list[nn.Module] = [
            nn.Sequential(nn.Conv2d(3, channels, 3, 2, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU6())
        ]
        for expansion, wide, count, stride in self.PLAN:
            for place in range(count):
                out = eight(wide * width)
                layers.append(InvertedV2(channels, out, 1 if place else stride, expansion))
                channels = out
        layers.append(nn.Sequential(nn.Conv2d(channels, last, 1, bias=False), nn.BatchNorm2d(last), nn.ReLU6()))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(last, classes))

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(functional.adaptive_avg_pool2d(self.features(x), 1).flatten(1))  # type: ignore[no-any-return]


class Squeeze(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(channels, eight(channels // 4), 1)
        self.fc2 = nn.Conv2d(eight(channels // 4), channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        share = self.fc2(functional.relu(self.fc1(functional.adaptive_avg_pool2d(x, 1))))
        return functional.hardsigmoid(share) * x


class InvertedV3(nn.Module):
    def __init__(
        self, channels: int, kernel: int, hidden: int, out: int, *, squeezes: bool, hard: bool, stride: int
    ) -> None:
        super().__init__()
        self.adds = stride == 1 and channels == out
        bend = nn.Hardswish if hard else nn.ReLU
        parts: list[nn.Module] = []
        if hidden != channels:
            parts += [nn.Sequential(nn.Conv2d(channels, hidden, 1, bias=False), Norm(hidden), bend())]
        window = nn.Conv2d(hidden, hidden, kernel, stride, kernel // 2, groups=hidden, bias=False)
        parts += [nn.Sequential(window, Norm(hidden), bend())]
        parts += [Squeeze(hidden)] if squeezes else []
        parts += [nn.Sequential(nn.Conv2d(hidden, out, 1, bias=False), Norm(out))]
        self.block = nn.Sequential(*parts)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.block(x) if self.adds else self.block(x)  # type: ignore[no-any-return]


class MobileNetV3(nn.Module):
    """The plans are written as in the tables of the paper: kernel, expanded, out, squeezes, bend, stride."""

    LARGE = """3 16 16 - RE 1; 3 64 24 - RE 2; 3 72 24 - RE 1; 5 72 40 SE RE 2; 5 120 40 SE RE 1; 5 120 40 SE RE 1;
        3 240 80 - HS 2; 3 200 80 - HS 1; 3 184 80 - HS 1; 3 184 80 - HS 1; 3 480 112 SE HS 1; 3 672 112 SE HS 1;
        5 672 160 SE HS 2; 5 960 160 SE HS 1; 5 960 160 SE HS 1"""
    SMALL = """3 16 16 SE RE 2; 3 72 24 - RE 2; 3 88 24 - RE 1; 5 96 40 SE HS 2; 5 240 40 SE HS 1; 5 240 40 SE HS 1;
        5 120 48 SE HS 1; 5 144 48 SE HS 1; 5 288 96 SE HS 2; 5 576 96 SE HS 1; 5 576 96 SE HS 1"""

    def __init__(self, plan: str, hidden: int, classes: int = 10) -> None:
        super().__init__()
        channels = 16
        layers: list[nn.Module] = [
            nn.Sequential(nn.Conv2d(3, channels, 3, 2, 1, bias=False), Norm(channels), nn.Hardswish())
        ]
        for line in plan.split(";"):
            kernel, expanded, out, squeeze, bend, stride = line.split()
            layers.append(
                InvertedV3(
                    channels,
                    int(kernel),
                    int(expanded),
                    int(out),
                    squeezes=squeeze == "SE",
                    hard=bend == "HS",
                    stride=int(stride),
                )
            )
            channels = int(out)
        last = 6 * channels
        layers.append(nn.Sequential(nn.Conv2d(channels, last, 1, bias=False), Norm(last), nn.Hardswish()))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(
            nn.Linear(last, hidden), nn.Hardswish(), nn.Dropout(0.2), nn.Linear(hidden, classes)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(functional.adaptive_avg_pool2d(self.features(x), 1).flatten(1))  # type: ignore[no-any-return]


def before_0_4_1(module: nn.Module) -> OrderedDict[str, Tensor]:
    """A state_dict as PyTorch wrote it when batch norms did not count their batches."""
    kept = module.state_dict().items()
    return OrderedDict((name, tensor) for name, tensor in kept if not name.endswith("num_batches_tracked"))
