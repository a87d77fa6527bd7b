"""Arrays of NumPy and PyTorch; a file of either may be a trap."""

import collections
import os
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from nnstudio.data.reading import array_columns, arrays, limits, tensor_file
from nnstudio.data.reading.readers import Read
from nnstudio.data.table import image_chunk
from nnstudio.spec.errors import DataError
from nnstudio.spec.sources import ArraySource

Save = Callable[..., ArraySource]
rng = np.random.default_rng(0)


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Save one array as .npy, or several as .npz, and return the source."""

    def make(*unnamed: NDArray[Any], **named: NDArray[Any]) -> ArraySource:
        if len(unnamed) == 1 and not named:
            np.save(tmp_path / "a.npy", unnamed[0])
            return ArraySource(str(tmp_path / "a.npy"))
        np.savez_compressed(tmp_path / "a.npz", *unnamed, **named)  # type: ignore[arg-type]
        return ArraySource(str(tmp_path / "a.npz"))

    return make


@pytest.fixture
def save_pt(tmp_path: Path) -> Callable[[object], ArraySource]:
    def make(content: object) -> ArraySource:
        torch.save(content, tmp_path / "a.pt")
        return ArraySource(str(tmp_path / "a.pt"))

    return make


def opened(source: ArraySource) -> tuple[ArraySource, Read]:
    """As opening does it: preview, then all with what was detected."""
    preview = arrays.preview(source, True)
    assert isinstance(preview.source, ArraySource)
    found = arrays.read(preview.source)
    assert [column.name for column in preview.columns] == found.table.column_names
    return preview.source, found


def pixels(found: Read) -> NDArray[Any]:
    return np.concatenate([image_chunk(chunk) for chunk in found.table.column("image").chunks])


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("kind", ["<f8", ">f8", "<f4", "<i4", "|u1", ">u2", "?", "<f2"])
def test_a_matrix_becomes_numbered_columns(save: Save, kind: str, order: Any) -> None:
    values = np.arange(300).reshape(150, 2).astype(kind, order=order)
    _, found = opened(save(values))
    assert found.table.column_names == ["column 1", "column 2"]
    for at in range(2):
        assert found.table.column(at).to_pylist() == values[:, at].tolist()


def test_a_vector_becomes_one_column(save: Save) -> None:
    _, found = opened(save(np.arange(3)))
    assert found.table.to_pydict() == {"column 1": [0, 1, 2]}


def test_fields_name_the_columns(save: Save) -> None:
    kinds = [("a", "i4"), ("b", ">f8"), ("c", "S3"), ("d", "i1", (2,))]
    _, found = opened(save(np.array([(1, 2.5, b"x", (7, 8)), (2, np.nan, b"y", (9, 0))], dtype=kinds)))
    assert found.table.to_pydict() == {"a": [1, 2], "b": [2.5, None], "c": ["x", "y"], "d 1": [7, 9], "d 2": [8, 0]}


def test_words_and_dates(save: Save) -> None:
    days = np.array(["2024-01-01", "NaT"], "datetime64[D]")
    _, found = opened(save(x=np.ones((2, 1)), word=np.array(["a", "b"]), day=days, took=days - days))
    assert found.table.to_pydict() == {
        "column 1": [1.0, 1.0],
        "word": ["a", "b"],
        "day": [datetime(2024, 1, 1), None],
        "took": [0.0, None],
    }


def test_examples_and_targets_are_found_by_name(save: Save) -> None:
    named = {"x_test": np.ones((3, 2)), "y_test": np.ones(3), "x_train": np.ones((5, 2)), "y_train": np.arange(5) % 2}
    source, found = opened(save(**named))
    assert (source.inputs, source.targets) == ("x_train", "y_train")
    assert found.table.column_names == ["column 1", "column 2", "target"]
    assert found.choices == tuple(named)
    assert found.left_out == ("Not used: “x_test”, “y_test”.",)
    assert "“x_test”: 3 × 2, float64." in found.notes


def test_examples_and_targets_are_found_by_shape(save: Save) -> None:
    source, found = opened(save(np.ones((4, 3)), np.array([0, 1, 2, 0])))
    assert (source.inputs, source.targets) == ("arr_0", "arr_1")
    assert found.table.column("target").to_pylist() == [0, 1, 2, 0]


def test_columns_side_by_side(save: Save) -> None:
    source, found = opened(save(age=np.array([1.5, 2.5]), name=np.array(["a", "b"]), y=np.array([0, 1])))
    assert source.targets == "y"
    assert found.table.to_pydict() == {"age": [1.5, 2.5], "name": ["a", "b"], "y": [0, 1]}


def test_one_hot_targets_become_classes(save: Save) -> None:
    _, found = opened(save(x=np.ones((4, 2)), y=np.eye(3)[[2, 0, 1, 2]]))
    assert found.table.column("target").to_pylist() == [2, 0, 1, 2]
    assert "The targets were one-hot; each is the number of its class." in found.notes


def test_several_targets_keep_their_places(save: Save) -> None:
    _, found = opened(save(x=np.ones((2, 1)), y=np.array([[0.5, 1.5], [2.5, 3.5]])))
    assert found.table.column_names == ["column 1", "target 1", "target 2"]


GREY = rng.integers(0, 256, (6, 8, 5), dtype=np.uint8)
COLOUR = rng.integers(0, 256, (6, 8, 5, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (GREY, GREY[..., None]),
        (GREY.astype(np.int64), GREY[..., None]),
        (GREY.astype(np.uint16) * 256, GREY[..., None].astype(np.uint16) * 256),
        (GREY > 100, (GREY > 100)[..., None] * np.uint8(255)),
        (GREY / 255, GREY[..., None]),
        (COLOUR, COLOUR),
        (COLOUR.transpose(0, 3, 1, 2), COLOUR),
        ((COLOUR / 255).astype(np.float32), COLOUR),
    ],
)
def test_pictures_of_all_shapes(save: Save, stored: NDArray[Any], expected: NDArray[Any]) -> None:
    _, found = opened(save(x=stored, y=np.arange(6) % 2))
    assert found.table.column_names == ["image", "class"]
    assert (pixels(found).dtype, pixels(found).shape) == (expected.dtype, expected.shape)
    np.testing.assert_array_equal(pixels(found), expected)


@pytest.mark.parametrize("values", [rng.normal(size=(6, 5, 4)), np.zeros((6, 2, 9), np.uint8), np.zeros((6, 5, 5, 7))])
def test_what_is_no_picture_becomes_columns(save: Save, values: NDArray[Any]) -> None:
    _, found = opened(save(values))
    assert found.table.shape == (6, np.prod(values.shape[1:]))
    assert found.table.column(8).to_pylist() == values.reshape(6, -1)[:, 8].tolist()


@pytest.mark.parametrize(
    "kind", ["float32", "float64", "float16", "bfloat16", "int64", "int8", "uint8", "bool", "uint16"]
)
def test_tensors_are_read_bit_for_bit(save_pt: Callable[[object], ArraySource], kind: str) -> None:
    values = torch.arange(6).reshape(3, 2).to(getattr(torch, kind))
    _, found = opened(save_pt(values))
    expected = values.float() if kind == "bfloat16" else values
    assert [list(row.values()) for row in found.table.to_pylist()] == expected.tolist()


@given(st.data())
def test_views_of_a_storage_are_those_that_torch_sees(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    base = torch.arange(60.0).reshape(5, 4, 3)
    view = base.permute(*data.draw(st.permutations([0, 1, 2])))[data.draw(st.integers(0, 2)) :]
    if data.draw(st.booleans()):
        view = view[:, : data.draw(st.integers(1, 3)), 1]
    path = tmp_path_factory.mktemp("views") / "a.pt"
    torch.save({"x": view, "y": base}, path)
    found = arrays.read(ArraySource(str(path), "x")).table
    assert [list(row.values()) for row in found.to_pylist()] == view.reshape(len(view), -1).tolist()


def test_containers_of_tensors(save_pt: Callable[[object], ArraySource]) -> None:
    x, y = torch.ones(3, 2), torch.tensor([0, 1, 0])
    for content in ((x, y), [x, y], torch.utils.data.TensorDataset(x, y)):
        source, found = opened(save_pt(content))
        assert (source.inputs, source.targets) == ("array 1", "array 2")
        assert found.table.column("target").to_pylist() == [0, 1, 0]
    source, _ = opened(save_pt(collections.OrderedDict(train={"x": x, "y": y}, note="hello", p=torch.nn.Parameter(x))))
    assert (source.inputs, source.targets) == ("train.x", "train.y")


def test_torch_is_not_imported_for_its_files(save_pt: Callable[[object], ArraySource]) -> None:
    source = save_pt({"x": torch.ones(3, 2)})
    script = f"from nnstudio.data.reading import arrays; from nnstudio.spec.sources import ArraySource; import sys; \
arrays.read(ArraySource({source.path!r})); sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


class _Evil:
    def __reduce__(self) -> tuple[object, tuple[str, ...]]:
        return os.system, ("touch stolen",)


@pytest.mark.parametrize("content", [_Evil(), {"x": _Evil()}, torch.nn.Linear(2, 2), {"x": np.ones(3)}])
def test_what_is_more_than_tensors_is_refused_and_not_run(
    save_pt: Callable[[object], ArraySource], content: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        DataError, match=r"holds more than tensors \(“.*”\), and opening that could run a stranger's program"
    ):
        arrays.read(save_pt(content))
    assert not (tmp_path / "stolen").exists()


def test_python_objects_are_refused_and_not_run(save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    np.save(tmp_path / "a.npy", np.array([_Evil()], object), allow_pickle=True)
    (tmp_path / "b.pt").write_bytes(pickle.dumps(_Evil()))
    torch.save({"x": torch.ones(2)}, tmp_path / "old.pt", _use_new_zipfile_serialization=False)
    for name in ("a.npy", "b.pt", "old.pt"):
        with pytest.raises(DataError, match="Python objects"):
            arrays.read(ArraySource(str(tmp_path / name)))
    with pytest.raises(DataError, match="Python objects"):
        arrays.read(save(x=np.array([_Evil()], object)))
    assert not (tmp_path / "stolen").exists()


def tampered(path: Path, pickled: bytes, storage: bytes = b"\0" * 16) -> ArraySource:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/data.pkl", pickled)
        archive.writestr("a/data/0", storage)
    return ArraySource(str(path))


TENSOR = """ctorch._utils
_rebuild_tensor_v2
((S'storage'
ctorch
FloatStorage
S'0'
S'cpu'
I4
tQI{offset}
({shape}t({strides}tI00
Ntr"""


def pickled(offset: int = 0, shape: str = "I2\nI2\n", strides: str = "I2\nI1\n", more: str = "") -> bytes:
    text = TENSOR.format(offset=offset, shape=shape, strides=strides).replace("Ntr", "NtR")
    return text.encode() + more.encode() + b"."


def test_a_tensor_by_hand_is_read(tmp_path: Path) -> None:
    values = np.arange(4, dtype="<f4").tobytes()
    found = arrays.read(tampered(tmp_path / "a.pt", pickled(), values)).table
    assert found.to_pydict() == {"column 1": [0.0, 2.0], "column 2": [1.0, 3.0]}


@pytest.mark.parametrize(
    "content",
    [
        pickled(offset=1),
        pickled(offset=-4),
        pickled(strides="I-2\nI1\n"),
        pickled(strides="I2\n"),
        pickled(shape="I2\nI900000\n", strides="I2\nI1\n"),
        pickled(shape="S'2'\nI2\n"),
        pickled(more="(I0\n(I2\nI2\ntI99999\nltb"),
        pickled(more="(N}S'offset'\nI99999\nstb"),
        # what is changed after it was made: the storage, then offset, shape and strides of the tensor
        pickled(more="(lg0\nI-999999\na(I2\nI2\nta(I2\nI1\ntaS'f4'\nab"),
        b"(I1\nt.",
        b"garbage",
        b"",
    ],
)
def test_tensors_that_reach_elsewhere_are_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DataError):
        arrays.read(tampered(tmp_path / "a.pt", content))


def test_a_state_that_is_set_afterwards_is_checked(tmp_path: Path) -> None:
    """A pickle may change a value after it was made; what is read is checked after the last change."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nnstudio.data.reading.tensor_file._load", lambda _: {"x": _moved()})
        with pytest.raises(DataError, match="could not be read as arrays"):
            arrays.read(tampered(tmp_path / "a.pt", b"N."))


def _moved() -> object:
    made = tensor_file._Tensor(tensor_file._Storage("0", "f4", 4), 0, (2, 2), (2, 1), "f4")
    object.__setattr__(made, "offset", -(10**6))
    return made


def test_a_view_that_repeats_one_number_without_end_is_refused(tmp_path: Path) -> None:
    content = pickled(shape="L99999999999L\nI2\n", strides="I0\nI1\n")
    with pytest.raises(DataError, match="unfolds to more than 16 GB"):
        arrays.read(tampered(tmp_path / "a.pt", content))


def test_a_header_that_lies_is_refused(tmp_path: Path) -> None:
    def header(shape: str, kind: str = "<f8") -> bytes:
        text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
        return b"\x93NUMPY\1\0" + len(text).to_bytes(2, "little") + text + bytes(80)

    path = tmp_path / "a.npy"
    path.write_bytes(header("(10,)"))
    assert arrays.read(ArraySource(str(path))).table.num_rows == 10
    for shape in ("(10**12,)", "(1000000000000,)", "(-1,)", "(11,)", "(9,)", "'x'", "__import__('os').getcwd()"):
        path.write_bytes(header(shape))
        with pytest.raises(DataError, match="damaged or cut off"):
            arrays.read(ArraySource(str(path)))


def test_an_archive_that_unfolds_without_end_is_refused(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES", 10_000)
    with pytest.raises(DataError, match="unfolds to more than"):
        arrays.read(save(x=np.zeros((2_000, 1)), y=np.zeros(2_000)))


@pytest.mark.parametrize(
    ("arrays_of", "chosen", "sentence"),
    [
        ({"x": np.ones((2, 2), complex)}, {}, "The array holds complex numbers."),
        ({"x": np.ones((2, 2)), "y": np.ones(3)}, {"targets": "y"}, "There are 3 targets for 2 examples."),
        ({"x": np.ones((2, 2))}, {"inputs": "z"}, "has no array called “z”. It has “x”."),
        ({"x": np.ones((2, 2))}, {"targets": "z"}, "has no array called “z”. It has “x”."),
        ({"x": np.ones((0, 2))}, {}, "holds no arrays with rows."),
        ({"x": np.ones((2, 2)), "n": np.ones((0,))}, {"inputs": "n"}, "The array “n” is empty."),
        ({"x": np.float64(3)}, {}, "holds no arrays with rows."),
    ],
)
def test_arrays_that_make_no_table_are_refused(
    save: Save, arrays_of: dict[str, Any], chosen: dict[str, str], sentence: str
) -> None:
    with pytest.raises(DataError) as caught:
        arrays.read(ArraySource(save(**arrays_of).path, **chosen))
    assert sentence in str(caught.value)


def test_more_columns_than_any_table_has_are_refused(save: Save) -> None:
    with pytest.raises(DataError, match=r"It has 150,528 columns\."):
        arrays.read(save(np.zeros((1, 150_528), np.float16)))
    with pytest.raises(DataError, match=r"It has 100,352 columns\."):
        arrays.read(save(np.full((1, 224, 224, 2), -1, np.int8)))


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\3\4 cut", b"\x93NUMPY", b"\x93NUMPY\1\0\xff\xff{"])
def test_what_holds_no_arrays_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(DataError, match="It is damaged or cut off, or holds something else"):
        arrays.preview(ArraySource(str(tmp_path / "a.npz")), True)


def test_a_preview_reads_only_the_first_rows(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    columns = array_columns.plain_columns

    def watched(name: str, values: NDArray[Any]) -> Any:
        seen.append(len(values))
        return columns(name, values)

    monkeypatch.setattr(arrays, "plain_columns", watched)
    preview = arrays.preview(save(x=np.ones((5_000, 3)), id=np.arange(5_000)))
    assert (len(preview.rows), preview.is_whole, seen) == (100, False, [100])


def test_progress_comes_to_its_end(save: Save) -> None:
    told: list[tuple[int, int, str]] = []
    arrays.read(save(x=np.ones((10, 3)), y=np.ones(10)), lambda *at: told.append(at))
    assert told == [(240, 320, "bytes"), (320, 320, "bytes")]
