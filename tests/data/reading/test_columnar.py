"""Parquet, Feather and Arrow files."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from nnstudio.data.reading import columnar, limits
from nnstudio.spec.errors import DataError
from nnstudio.spec.sources import ColumnarSource

ROWS = 250
CONTENT = {
    "size": [at / 2 for at in range(ROWS)],
    "kind": ["a", "b"] * (ROWS // 2),
    "day": [datetime(2024, 1, 1 + at % 28) for at in range(ROWS)],
}


def write_stream(table: Any, path: Path) -> None:
    with pa.ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(table)


def write_file(table: Any, path: Path) -> None:
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table, max_chunksize=100)


WRITERS: dict[str, Callable[[Any, Path], None]] = {
    "parquet": pq.write_table,
    "int96.parquet": lambda table, path: pq.write_table(table, path, use_deprecated_int96_timestamps=True),
    "feather": pyarrow.feather.write_feather,
    "arrow": write_file,
    "arrows": write_stream,
}


@pytest.fixture(params=list(WRITERS))
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"table.{request.param}"
    WRITERS[request.param](pa.table(CONTENT), path)
    return path


def test_every_form_holds_the_same(file: Path) -> None:
    found = columnar.read(ColumnarSource(str(file)))
    assert found.table.to_pydict() == CONTENT
    assert [str(kind) for kind in found.table.schema.types] == ["double", "large_string", "timestamp[us]"]


def test_a_preview_shows_the_head(file: Path) -> None:
    found = columnar.preview(ColumnarSource(str(file)), True)
    assert [column.name for column in found.columns] == list(CONTENT)
    assert found.rows[1] == ("0.5", "b", "2024-01-02")
    assert (len(found.rows), found.is_whole) == (100, False)


def test_a_short_table_is_previewed_whole(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1, 2]}), tmp_path / "a.parquet")
    assert columnar.preview(ColumnarSource(str(tmp_path / "a.parquet"))).is_whole


def test_a_cut_file_is_refused(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-50])
    with pytest.raises(DataError, match=r"could not be read\. It is damaged or cut off, or is no"):
        columnar.read(ColumnarSource(str(file)))


def test_progress_is_told_and_may_end_it(file: Path) -> None:
    told: list[tuple[int, int, str]] = []
    columnar.read(ColumnarSource(str(file)), lambda *at: told.append(at))
    assert told[-1] == (ROWS, ROWS, "rows")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        columnar.read(ColumnarSource(str(file)), stop)


def test_no_rows_are_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": pa.array([], pa.int64())}), tmp_path / "a.parquet")
    with pytest.raises(DataError, match=r"has no rows\. It only names its columns"):
        columnar.read(ColumnarSource(str(tmp_path / "a.parquet")))


@pytest.mark.parametrize(("begin", "why"), [(b"PARE", "is encrypted"), (b"FEA1", "the first form of Feather files")])
def test_forms_that_cannot_be_read_are_called_by_name(tmp_path: Path, begin: bytes, why: str) -> None:
    (tmp_path / "a.parquet").write_bytes(begin + bytes(100))
    with pytest.raises(DataError, match=why):
        columnar.preview(ColumnarSource(str(tmp_path / "a.parquet")))


def test_a_file_that_unfolds_without_end_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES", 1_000)
    with pytest.raises(DataError, match="unfolds to more than"):
        columnar.read(ColumnarSource(str(file)))


def test_offsets_that_point_elsewhere_are_refused(tmp_path: Path) -> None:
    """What an Arrow file says is believed by pyarrow; reading it unchecked would read other memory."""
    path = tmp_path / "a.arrows"
    write_stream(pa.table({"a": ["0123456789" * 3]}), path)
    content = path.read_bytes()
    offsets = (0).to_bytes(4, "little") + (30).to_bytes(4, "little")
    before, _, after = content.rpartition(offsets)
    path.write_bytes(before + (0).to_bytes(4, "little") + (10**6).to_bytes(4, "little") + after)
    with pytest.raises(DataError, match="damaged"):
        columnar.read(ColumnarSource(str(path)))


def test_pictures_stay_pictures(tmp_path: Path) -> None:
    tensor = pa.ExtensionArray.from_storage(
        pa.fixed_shape_tensor(pa.uint8(), (2, 2, 3)), pa.array([list(range(12))] * 3, pa.list_(pa.uint8(), 12))
    )
    pq.write_table(pa.table({"picture": tensor, "label": ["a", "b", "a"]}), tmp_path / "a.parquet")
    found = columnar.read(ColumnarSource(str(tmp_path / "a.parquet")))
    assert found.table.schema.field("picture").type.shape == [2, 2, 3]
    preview = columnar.preview(ColumnarSource(str(tmp_path / "a.parquet")))
    assert (preview.columns[0].kind, preview.rows[0]) == ("image", ("2 × 2", "a"))
