"""Each way to make numbers of pixels, of 8 bits and of 16, grey, in colour and with transparency."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from nnstudio.data.encoding.apply import apply
from nnstudio.data.encoding.encode import encode
from nnstudio.data.encoding.encoders import ImageFeature
from nnstudio.data.encoding.fill import fill_pictures
from nnstudio.data.encoding.fit_pictures import fit_pictures
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.source import open_source
from nnstudio.data.suggest import default_spec
from nnstudio.data.table import MappedTable
from nnstudio.spec.columns import Column, Kind, PictureEncoding
from nnstudio.spec.errors import DataError
from nnstudio.spec.sources import ArraySource, ImageFolderSource, ImageIndexSource
from nnstudio.spec.splits import RandomSplit

Pixels = NDArray[Any]
MakePicture = Callable[[str, Pixels], Path]


def table_of(pixels: Pixels) -> MappedTable:
    """Pictures ``(N, height, width, channels)`` in two chunks of a column ``image``."""
    parts = [part for part in np.split(pixels, [len(pixels) // 2]) if len(part)]
    chunks = [pa.FixedShapeTensorArray.from_numpy_ndarray(np.ascontiguousarray(part)) for part in parts]
    return MappedTable.of(pa.table({"image": pa.chunked_array(chunks)}), np.zeros(len(pixels), np.int8))


def encoded(pixels: Pixels, scale: Any, train: NDArray[np.int64] | None = None) -> tuple[ImageFeature, Pixels]:
    """What is learned from the ``train`` pictures (all), and what every picture becomes."""
    table, rows = table_of(pixels), np.arange(len(pixels))
    feature = fit_pictures("image", table, rows if train is None else train, scale)
    x = np.empty((len(pixels), *feature.shape), np.float32)
    fill_pictures(feature, table, rows, x)
    return feature, x


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize(("scale", "darkest", "lightest"), [("unit", 0, 1), ("symmetric", -1, 1), ("none", 0, None)])
def test_fixed_scales(kind: Any, channels: int, scale: str, darkest: float, lightest: float | None) -> None:
    top = np.iinfo(kind).max
    pixels = np.array([0, top], kind).reshape(2, 1, 1, 1).repeat(channels, axis=3)
    feature, x = encoded(pixels, scale)
    assert feature.shape == (channels, 1, 1)
    assert x[0].ravel().tolist() == [darkest] * channels
    assert x[1].ravel().tolist() == [top if lightest is None else lightest] * channels


def test_every_level_of_16_bits_stays_what_it_is_without_a_scale() -> None:
    levels = np.arange(65_536, dtype=np.uint16).reshape(1, 256, 256, 1)
    np.testing.assert_array_equal(encoded(levels, "none")[1].ravel(), levels.ravel())


def test_as_imagenet_networks_expect() -> None:
    white = np.full((1, 1, 1, 4), 255, np.uint8)
    expected = [(1 - 0.485) / 0.229, (1 - 0.456) / 0.224, (1 - 0.406) / 0.225, 1]
    assert encoded(white, "imagenet")[1].ravel().tolist() == pytest.approx(expected)
    assert encoded(white[..., :3], "imagenet")[1].ravel().tolist() == pytest.approx(expected[:3])
    assert encoded(white[..., :1], "imagenet")[1].item() == pytest.approx((1 - 0.449) / 0.226)


@given(
    st.sampled_from([np.uint8, np.uint16]),
    st.sampled_from([1, 3, 4]),
    st.integers(2, 6),
    st.integers(0, 2**32 - 1),
)
def test_standardised_channels_have_mean_0_and_deviation_1(kind: Any, channels: int, count: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    pixels = chance.integers(0, np.iinfo(kind).max + 1, (count, 4, 3, channels)).astype(kind)
    train = np.sort(chance.permutation(count)[: count - 1])
    feature, x = encoded(pixels, "standard", train)
    seen = x[train].astype(np.float64)
    np.testing.assert_allclose(seen.mean(axis=(0, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(seen.std(axis=(0, 2, 3)), 1, atol=1e-5)
    changed = pixels.copy()
    changed[np.setdiff1d(np.arange(count), train)] = 0
    assert encoded(changed, "standard", train)[0] == feature
    again = replace(feature)
    np.testing.assert_array_equal(again.table(), feature.table())


def test_pictures_of_one_level_become_0() -> None:
    assert not encoded(np.full((2, 2, 2, 1), 77, np.uint8), "standard")[1].any()


def test_arrays_that_are_no_pictures_are_refused() -> None:
    with pytest.raises(DataError, match="“image” cannot be used as pictures. They have 2 channels".replace(".", "[.]")):
        encoded(np.zeros((1, 2, 2, 2), np.uint8), "unit")


# ---- from files ----


@pytest.fixture
def folder(picture: MakePicture, tmp_path: Path) -> Path:
    """Eight grey pictures of 16 bits, each a shade lighter than the one before."""
    for number in range(8):
        picture(f"{'ab'[number % 2]}/{number}.png", np.full((3, 5), 1_000 * number + 7, np.uint16))
    return tmp_path / "pictures"


def test_pictures_of_16_bits_keep_their_range(folder: Path) -> None:
    data = default_spec(open_source(ImageFolderSource(str(folder), 5, 3, "grey", "16")))
    columns = tuple(replace(c, encoding=PictureEncoding("none")) if c.kind is Kind.IMAGE else c for c in data.columns)
    encoded = encode(replace(data, columns=columns, split=RandomSplit(0, 0)))
    assert sorted(encoded.x[:, 0, 0, 0].tolist()) == [1_000 * number + 7 for number in range(8)]
    assert encoded.encoding.image
    assert encoded.encoding.image.levels == 65_536


@pytest.mark.parametrize("colour", ["grey", "rgb", "rgba"])
@pytest.mark.parametrize("depth", ["8", "16"])
def test_the_same_pictures_give_the_same_bits(folder: Path, colour: Any, depth: Any, tmp_path: Path) -> None:
    source = ImageFolderSource(str(folder), 5, 3, colour, depth)
    encoded = encode(default_spec(open_source(source)))
    again = Encoding.from_json(encoded.encoding.to_json())
    np.testing.assert_array_equal(apply(again, source).x, encoded.x)
    other = replace(source, width=9, height=9, colour="rgb", depth="8")
    np.testing.assert_array_equal(apply(again, other).x, encoded.x)
    index = tmp_path / "index.csv"
    names = sorted(path.relative_to(tmp_path) for path in folder.rglob("*.png"))
    index.write_text("\n".join(["picture,note", *(f"{name},x" for name in names)]))
    applied = apply(again, ImageIndexSource(str(index), "picture"))
    np.testing.assert_array_equal(applied.x, encoded.x)


def test_a_column_of_words_is_no_picture(folder: Path) -> None:
    data = default_spec(open_source(ImageFolderSource(str(folder), 5, 3)))
    columns = (Column("path", Kind.IMAGE), *data.columns[1:])
    with pytest.raises(DataError, match="“path” cannot be used as a picture"):
        encode(replace(data, columns=columns))


def test_arrays_are_pictures_too_and_must_be_of_the_models_size(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    pixels = chance.integers(0, 256, (20, 5, 4, 3)).astype(np.uint8)
    np.savez(tmp_path / "train.npz", x=pixels, y=np.arange(20) % 2)
    encoded = encode(default_spec(open_source(ArraySource(str(tmp_path / "train.npz"), "x", "y"))))
    np.save(tmp_path / "again.npy", pixels)
    np.testing.assert_array_equal(apply(encoded.encoding, ArraySource(str(tmp_path / "again.npy"))).x, encoded.x)
    np.save(tmp_path / "other.npy", np.concatenate([pixels, pixels], axis=2))
    with pytest.raises(DataError, match=r"It takes 4 × 5 pixels in colour with 256 levels, and these are 8 × 5 pixels"):
        apply(encoded.encoding, ArraySource(str(tmp_path / "other.npy")))
