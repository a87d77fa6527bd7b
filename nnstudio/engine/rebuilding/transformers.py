"""Vision transformers that are known from papers: how each family is found, and its members."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import isqrt

from nnstudio.engine.rebuilding.candidates import Candidate, Family, counted, first
from nnstudio.engine.rebuilding.units import Shapes
from nnstudio.spec.layers import Shape
from nnstudio.spec.networks.swin import Swin, swin
from nnstudio.spec.networks.vit import NAMED, VisionTransformer, vision_transformer

LINEAR = (("mlp.0", "mlp.3"), ("mlp.linear_1", "mlp.linear_2"))
"""What the linear layers of a vision transformer are called, and what they were called before 2022."""

SWINS = {(96, 6): "tiny", (96, 18): "small", (128, 18): "base"}
"""The sizes of Swin Transformers, by the width at first and the blocks of the third stage."""


def _vit(shapes: Shapes) -> Iterator[Candidate]:
    width, _, patch, _ = shapes["conv_proj.weight"]
    layers, places = counted(shapes, "encoder.layers.encoder_layer_"), shapes["encoder.pos_embedding"][1] - 1
    for linear in LINEAR:
        hidden = first(shapes, f"encoder.layers.encoder_layer_0.{linear[0]}.weight")
        if hidden and width in NAMED and places > 0:
            size, heads = NAMED[width]
            plan = VisionTransformer(patch, width, layers, hidden, heads, linear)
            yield Candidate(f"ViT-{size}/{patch}", partial(vision_transformer, plan), isqrt(places) * patch)


def _swin(shapes: Shapes) -> Iterator[Candidate]:
    """The first version, whose biases are learned one by one."""
    ways = shapes["features.1.0.attn.relative_position_bias_table"][0]
    tables = [shapes.get(f"features.{place}.0.attn.relative_position_bias_table", ()) for place in (1, 3, 5, 7)]
    yield from _swins(shapes, tables, (isqrt(ways) + 1) // 2, False)


def _swin_v2(shapes: Shapes) -> Iterator[Candidate]:
    """The second version, whose biases are computed from a table of distances."""
    scales = [shapes.get(f"features.{place}.0.attn.logit_scale", ()) for place in (1, 3, 5, 7)]
    ways = shapes["features.1.0.attn.relative_coords_table"][1]
    yield from _swins(shapes, [scale[:1] for scale in scales], (ways + 1) // 2, True)


def _swins(shapes: Shapes, headed: list[Shape], window: int, is_second: bool) -> Iterator[Candidate]:
    """``headed`` are shapes that end with the heads of each stage."""
    width, _, patch, _ = shapes["features.0.0.weight"]
    if not all(headed):
        return
    depths = [counted(shapes, f"features.{place}.") for place in (1, 3, 5, 7)]
    plan = Swin(width, depths, [shape[-1] for shape in headed], window, patch, is_second)
    version, size = " V2" if is_second else "", SWINS.get((width, depths[2]))
    title = f"Swin Transformer{version} {size}" if size else f"a Swin Transformer{version} of width {width}"
    yield Candidate(title, partial(swin, plan))


TRANSFORMERS = (
    Family({"conv_proj.weight": 4, "class_token": 3, "encoder.pos_embedding": 3}, "heads.head.weight", _vit),
    Family({"features.0.0.weight": 4, "features.1.0.attn.relative_position_bias_table": 2}, "head.weight", _swin),
    Family(
        {
            "features.0.0.weight": 4,
            "features.1.0.attn.logit_scale": 3,
            "features.1.0.attn.relative_coords_table": 4,
        },
        "head.weight",
        _swin_v2,
    ),
)
