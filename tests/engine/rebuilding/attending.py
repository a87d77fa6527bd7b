"""ViT, ConvNeXt, Swin Transformers and ShuffleNet V2 as their papers and published weights have them, in small."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from nnstudio.engine.modules import PatchMerge
from nnstudio.engine.windowed import CosineWindowAttention, WindowAttention


def mlp(width: int, hidden: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Identity(), nn.Linear(hidden, width))


class EncoderLayer(nn.Module):
    def __init__(self, width: int, heads: int, hidden: int, old: bool) -> None:
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.self_attention = nn.MultiheadAttention(width, heads, batch_first=True)
        names = ("linear_1", "act", "linear_2") if old else ("0", "1", "3")
        layers = nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width)
        self.mlp = nn.Sequential(OrderedDict(zip(names, layers, strict=True)))

    def forward(self, x: Tensor) -> Tensor:
        y = self.ln_1(x)
        x = x + self.self_attention(y, y, y, need_weights=False)[0]
        return x + self.mlp(self.ln_2(x))  # type: ignore[no-any-return]


class Encoder(nn.Module):
    def __init__(self, places: int, width: int, heads: int, old: bool) -> None:
        super().__init__()
        self.pos_embedding = nn.Parameter(torch.randn(1, places + 1, width))
        named = {f"encoder_layer_{number}": EncoderLayer(width, heads, 32, old) for number in range(2)}
        self.layers, self.ln = nn.Sequential(OrderedDict(named)), nn.LayerNorm(width, eps=1e-6)

    def forward(self, x: Tensor) -> Tensor:
        return self.ln(self.layers(x + self.pos_embedding))  # type: ignore[no-any-return]


class ViT(nn.Module):
    def __init__(self, width: int = 192, heads: int = 3, old: bool = False) -> None:
        super().__init__()
        self.conv_proj, self.class_token = nn.Conv2d(3, width, 16, 16), nn.Parameter(torch.randn(1, 1, width))
        self.encoder = Encoder(16, width, heads, old)
        self.heads = nn.Sequential(OrderedDict(head=nn.Linear(width, 7)))

    def forward(self, x: Tensor) -> Tensor:
        patches = self.conv_proj(x).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.class_token.expand(len(x), -1, -1), patches], 1)
        return self.heads(self.encoder(tokens)[:, 0])  # type: ignore[no-any-return]


class Moved(nn.Module):
    """Moves the sides of a batch."""

    def __init__(self, *order: int) -> None:
        super().__init__()
        self.order = order

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(self.order)


class NormFirst(nn.LayerNorm):
    """A layer norm over channels that come first."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class NextBlock(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        wide, norm = nn.Conv2d(width, width, 7, padding=3, groups=width), nn.LayerNorm(width, eps=1e-6)
        mix = nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        self.block = nn.Sequential(wide, Moved(0, 2, 3, 1), norm, *mix, Moved(0, 3, 1, 2))
        self.layer_scale = nn.Parameter(torch.randn(width, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.layer_scale * self.block(x) + x  # type: ignore[no-any-return]


class ConvNeXt(nn.Module):
    def __init__(self, widths: Sequence[int] = (8, 16, 24, 32), depths: Sequence[int] = (1, 1, 2, 1)) -> None:
        super().__init__()
        parts: list[nn.Module] = [nn.Sequential(nn.Conv2d(3, widths[0], 4, 4), NormFirst(widths[0], eps=1e-6))]
        for stage, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            if stage:
                before = widths[stage - 1]
                parts.append(nn.Sequential(NormFirst(before, eps=1e-6), nn.Conv2d(before, width, 2, 2)))
            parts.append(nn.Sequential(*(NextBlock(width) for _ in range(depth))))
        self.features = nn.Sequential(*parts)
        self.classifier = nn.Sequential(NormFirst(widths[-1], eps=1e-6), nn.Flatten(), nn.Linear(widths[-1], 7))

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(nn.functional.adaptive_avg_pool2d(self.features(x), 1))  # type: ignore[no-any-return]


class Merging(nn.Module):
    def __init__(self, width: int, second: bool) -> None:
        super().__init__()
        self.merge, self.second = PatchMerge(), second
        self.reduction = nn.Linear(4 * width, 2 * width, bias=False)
        self.norm = nn.LayerNorm((2 if second else 4) * width)

    def forward(self, x: Tensor) -> Tensor:
        x = self.merge(x)
        return self.norm(self.reduction(x)) if self.second else self.reduction(self.norm(x))  # type: ignore[no-any-return]


class SwinBlock(nn.Module):
    def __init__(self, width: int, heads: int, window: int, shift: int, second: bool) -> None:
        super().__init__()
        self.norm1, self.norm2, self.second = nn.LayerNorm(width), nn.LayerNorm(width), second
        kind = CosineWindowAttention if second else WindowAttention
        self.attn, self.mlp = kind(width, heads, window, shift), mlp(width, 4 * width)
        # what the published files hold beside the weights
        self.attn.register_buffer("relative_position_index", torch.zeros(window**4))
        if second:
            self.attn.register_buffer("relative_coords_table", torch.zeros(1, 2 * window - 1, 2 * window - 1, 2))

    def forward(self, x: Tensor) -> Tensor:
        if self.second:
            x = x + self.norm1(self.attn(x))
            return x + self.norm2(self.mlp(x))  # type: ignore[no-any-return]
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))  # type: ignore[no-any-return]


class Swin(nn.Module):
    def __init__(self, second: bool, width: int = 12, depths: Sequence[int] = (1, 2, 2, 1), window: int = 4) -> None:
        super().__init__()
        stem = nn.Conv2d(3, width, 4, 4), Moved(0, 2, 3, 1), nn.LayerNorm(width)
        parts: list[nn.Module] = [nn.Sequential(*stem)]
        for stage, depth in enumerate(depths):
            if stage:
                parts.append(Merging(width * 2 ** (stage - 1), second))
            shifts = [window // 2 * (number % 2) for number in range(depth)]
            parts.append(nn.Sequential(*(SwinBlock(width * 2**stage, 3, window, shift, second) for shift in shifts)))
        self.features, last = nn.Sequential(*parts), width * 2 ** (len(depths) - 1)
        self.norm, self.head = nn.LayerNorm(last), nn.Linear(last, 7)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(self.features(x)).permute(0, 3, 1, 2)
        return self.head(nn.functional.adaptive_avg_pool2d(x, 1).flatten(1))  # type: ignore[no-any-return]


def bent(*layers: nn.Conv2d, bends: Sequence[bool]) -> nn.Sequential:
    """Each convolution with a batch norm, and ReLU behind those that have one."""
    parts: list[nn.Module] = []
    for layer, bends_it in zip(layers, bends, strict=True):
        parts += [layer, nn.BatchNorm2d(layer.out_channels), *([nn.ReLU()] if bends_it else [])]
    return nn.Sequential(*parts)


class Shuffled(nn.Module):
    def __init__(self, channels: int, width: int, first: bool) -> None:
        super().__init__()
        half, stride, into = width // 2, 2 if first else 1, channels if first else width // 2
        self.first = first
        deep = nn.Conv2d(half, half, 3, stride, 1, groups=half, bias=False)
        pointwise = nn.Conv2d(into, half, 1, bias=False), deep, nn.Conv2d(half, half, 1, bias=False)
        self.branch2 = bent(*pointwise, bends=(True, False, True))
        around = nn.Conv2d(channels, channels, 3, 2, 1, groups=channels, bias=False)
        last = nn.Conv2d(channels, half, 1, bias=False)
        self.branch1 = bent(around, last, bends=(False, True)) if first else nn.Sequential()

    def forward(self, x: Tensor) -> Tensor:
        left, right = (x, x) if self.first else x.chunk(2, 1)
        both = torch.stack([self.branch1(left), self.branch2(right)], 2)
        return both.flatten(1, 2)


class ShuffleNet(nn.Module):
    def __init__(self, widths: Sequence[int] = (8, 16, 24, 32, 40), depths: Sequence[int] = (2, 3, 2)) -> None:
        super().__init__()
        self.conv1 = bent(nn.Conv2d(3, widths[0], 3, 2, 1, bias=False), bends=(True,))
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        for stage, depth in enumerate(depths, 2):
            width, before = widths[stage - 1], widths[stage - 2]
            blocks = (Shuffled(width if number else before, width, not number) for number in range(depth))
            setattr(self, f"stage{stage}", nn.Sequential(*blocks))
        self.conv5 = bent(nn.Conv2d(widths[3], widths[4], 1, bias=False), bends=(True,))
        self.fc = nn.Linear(widths[4], 7)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.conv1(x))
        for stage in (2, 3, 4):
            x = getattr(self, f"stage{stage}")(x)
        return self.fc(self.conv5(x).mean([2, 3]))  # type: ignore[no-any-return]
