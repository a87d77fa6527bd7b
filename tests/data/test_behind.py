"""Tables that are used before they are in the cache."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from nnstudio.data import behind
from nnstudio.data.cache import Cached
from nnstudio.data.encoding.encode import encode
from nnstudio.data.fingerprint import known
from nnstudio.data.source import open_source, read_source
from nnstudio.data.suggest import default_spec
from nnstudio.spec.errors import DataError, FileError
from nnstudio.spec.sources import TableSource

MakeTable = Callable[..., TableSource]

ROWS = [f"{row},{'xy'[row % 2]}" for row in range(20)]


def rows_of(cached: Cached) -> list[object]:
    with behind.open_cached(cached) as table:
        rows: list[object] = table.column("a").to_pylist()
        return rows


def test_a_table_is_there_before_it_is_written(table: MakeTable) -> None:
    cached = read_source(table("a,b", *ROWS), written=False)
    assert not cached.path.exists()
    assert rows_of(cached) == list(range(20))


def test_who_needs_the_file_gets_it(table: MakeTable) -> None:
    source = table("a,b", *ROWS)
    early = read_source(source, written=False)
    assert read_source(source) == early
    assert early.path.exists()
    assert rows_of(early) == list(range(20))


def test_rows_are_written_once_they_are_let_go(table: MakeTable) -> None:
    source = table("a,b", *ROWS)
    data = default_spec(open_source(source))
    again = table("a,b", *ROWS, "20,x")
    encoded = encode(data)
    assert len(encoded.x) == 21
    cached = behind.find(read_source(again, written=False).path)
    assert cached is not None
    assert cached.path.exists()


def test_what_cannot_be_written_stays_in_memory_and_is_named_to_who_needs_it(tmp_path: Path) -> None:
    cached = Cached(tmp_path / "gone" / "a.arrow", known("sha256:x"), 2)
    behind.hold(cached, pa.table({"a": [1, 2]}))
    behind.write_held()
    with pytest.raises((FileError, OSError)):
        behind.find(cached.path)
    assert behind.find(cached.path, written=False) == cached
    assert rows_of(cached) == [1, 2]


def test_writing_is_tried_again(tmp_path: Path) -> None:
    cached = Cached(tmp_path / "later" / "a.arrow", known("sha256:x"), 2)
    behind.hold(cached, pa.table({"a": [1, 2]}))
    with pytest.raises((FileError, OSError)):
        behind.find(cached.path)
    cached.path.parent.mkdir()
    assert behind.find(cached.path) == cached
    assert cached.path.exists()
    assert rows_of(cached) == [1, 2]


def test_the_next_table_takes_the_place_of_one_that_could_not_be_written(tmp_path: Path) -> None:
    lost, kept = (Cached(tmp_path / name / "a.arrow", known("sha256:x"), 2) for name in ("gone", "."))
    behind.hold(lost, pa.table({"a": [1, 2]}))
    with pytest.raises((FileError, OSError)):
        behind.find(lost.path)
    behind.hold(kept, pa.table({"a": [3, 4]}))
    assert behind.find(lost.path) is None
    assert behind.find(kept.path) == kept
    assert rows_of(kept) == [3, 4]


def test_rows_of_a_file_that_changed_before_it_was_hashed_are_not_kept(table: MakeTable) -> None:
    source = table("a,b", *ROWS)
    early = read_source(source, written=False)
    table("a,b", *ROWS, "20,x")
    for ask in (lambda: early.fingerprint, lambda: behind.find(early.path)):
        with pytest.raises(DataError, match="changed while it was read"):
            ask()
    assert not early.path.exists()


def test_what_was_learned_from_a_file_that_changed_has_no_fingerprint(
    table: MakeTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = table("a,b", *ROWS)
    data = default_spec(open_source(source))
    table("a,b", *ROWS, "20,x")
    monkeypatch.setattr("nnstudio.data.splitting.parts.write_held", lambda: None)  # nobody was quick enough
    encoded = encode(data)
    table("a,b", *ROWS, "20,x", "21,y")
    assert encoded.fingerprint == ""
    table("a,b", *ROWS)
    assert encode(data).fingerprint.startswith("sha256:")
