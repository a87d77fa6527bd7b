"""Opening a source: what is found, what is cached, and what is refused."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnstudio.data import cache as cache_module
from nnstudio.data import source as source_module
from nnstudio.data.cache import cache_folder, forget_unused
from nnstudio.data.encoding.encode import encode
from nnstudio.data.fingerprint import fingerprint
from nnstudio.data.profiling.profile import profile_table
from nnstudio.data.reading import text_table
from nnstudio.data.reading.readers import Cancelled, Read, Report
from nnstudio.data.source import open_source, preview, read_source
from nnstudio.data.suggest import default_spec
from nnstudio.data.table import MappedTable
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.errors import DataError, FileError
from nnstudio.spec.facts import ColumnProfile
from nnstudio.spec.files import write_atomically
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.sources import ImageFolderSource, Source, TableSource
from nnstudio.spec.splits import TimeSplit
from nnstudio.spec.tasks import Task

MakeTable = Callable[..., TableSource]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every path that a text table is read from."""
    seen: list[Path] = []
    original = text_table.read

    def read(source: TableSource, report: Report | None = None) -> Read:
        seen.append(Path(source.path))
        return original(source, report)

    monkeypatch.setattr(text_table, "read", read)
    return seen


def test_a_table_is_read_once(table: MakeTable, reads: list[Path]) -> None:
    source = table("a,b", "1,x", "2,y", ",x")
    facts = open_source(source)
    assert open_source(source) == facts
    assert reads == [Path(source.path)]
    assert (facts.rows, facts.fingerprint[:7], facts.left_out) == (3, "sha256:", ())
    with MappedTable(facts.cache) as cached:
        assert [cached.cell(row, "a") for row in range(3)] == ["1", "2", ""]
        assert cached.column("a").num_chunks == 1


def test_a_changed_file_is_read_again(table: MakeTable, reads: list[Path]) -> None:
    source = table("a,b", "1,x", "2,y")
    before = open_source(source)
    after = open_source(table("a,b", "1,x", "2,z"))
    assert len(reads) == 2
    assert before.fingerprint != after.fingerprint
    assert before.cache != after.cache


@pytest.mark.parametrize("suffix", [".arrow", ".json"])
@pytest.mark.parametrize("damage", [b"", b"ARROW1\0\0 this is neither", None], ids=["emptied", "garbled", "gone"])
def test_a_damaged_cache_is_made_again(table: MakeTable, reads: list[Path], suffix: str, damage: bytes | None) -> None:
    source = table("a,b", "1,x", "2,y")
    facts = open_source(source)
    cached = Path(facts.cache).with_suffix(suffix)
    if damage is None:
        cached.unlink()
    else:
        cached.write_bytes(damage)
    assert open_source(source) == facts
    assert len(reads) == 2


def test_a_cache_that_lost_rows_is_made_again(table: MakeTable, reads: list[Path]) -> None:
    source = table("a,b", "1,x", "2,y")
    facts = open_source(source)
    described = Path(facts.cache).with_suffix(".json")
    described.write_text(json.dumps(json.loads(described.read_text()) | {"rows": 7}))
    assert open_source(source).rows == 2
    assert len(reads) == 2


def test_columns_are_looked_at_once_and_only_for_who_asks(table: MakeTable, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def profiled(arrow: Any) -> tuple[ColumnProfile, ...]:
        seen.append(arrow.num_rows)
        return profile_table(arrow)

    monkeypatch.setattr(source_module, "profile_table", profiled)
    source = table("a,b", "1,x", "2,y", "2,y")
    cached = read_source(source)
    assert (seen, cached.path.with_suffix(".profile").exists()) == ([], False)
    facts = open_source(source)
    assert open_source(source) == facts
    assert (seen, facts.duplicates) == ([3], 1)


@pytest.mark.parametrize("damage", ["", "{", '{"columns": [{"name": "a"}], "duplicates": 0}'])
def test_a_damaged_profile_is_made_again(table: MakeTable, reads: list[Path], damage: str) -> None:
    source = table("a,b", "1,x", "2,y")
    facts = open_source(source)
    Path(facts.cache).with_suffix(".profile").write_text(damage)
    assert open_source(source) == facts
    assert len(reads) == 1


def test_other_options_are_another_entry(table: MakeTable, reads: list[Path]) -> None:
    source = table("a;b", "1,5;x", "2,5;y")
    path = source.path
    comma, point = (open_source(TableSource(path, delimiter=";", decimal=mark)) for mark in (",", "."))
    assert comma.cache != point.cache
    assert comma.columns[0].is_numeric
    assert not point.columns[0].is_numeric
    assert len(reads) == 2


def test_options_are_found_out_on_demand(table: MakeTable) -> None:
    source = table("preis;wort", "1,5 €;x", "2,5 €;y", "1,5 €;x")
    facts = open_source(source, detect=True)
    assert facts.source == TableSource(source.path, delimiter=";", decimal=",", day_first=True)
    assert facts.notes == ("Column “preis”: the sign € was taken off.",)
    assert facts.duplicates == 1
    assert open_source(facts.source) == facts


@pytest.mark.parametrize("after", [b"a,b\n1,x\n2,z\n", b"a,b\n1,x\n2,\0", None], ids=["other", "damaged", "gone"])
def test_a_file_that_changes_while_it_is_read_is_refused(
    table: MakeTable, monkeypatch: pytest.MonkeyPatch, after: bytes | None
) -> None:
    source = table("a,b", "1,x", "2,y")
    path, original = Path(source.path), text_table.read

    def read(source: TableSource, report: Report | None = None) -> Read:
        path.unlink()
        if after is not None:
            path.write_bytes(after)
            os.utime(path, (0, 0))
        return original(source, report)

    monkeypatch.setattr(text_table, "read", read)
    with pytest.raises(DataError, match="is not there" if after is None else "changed while it was read"):
        open_source(source)
    assert not list(cache_folder().iterdir())


def test_what_is_cancelled_leaves_nothing_behind(table: MakeTable) -> None:
    def cancel(*step: object) -> None:
        raise Cancelled(step)

    with pytest.raises(Cancelled):
        open_source(table("a,b", "1,x", "2,y"), report=cancel)
    assert not list(cache_folder().iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("suffix", [".arrow", ".json"])
def test_a_full_disk_is_named_and_nothing_is_left_behind(
    table: MakeTable, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:

    def write(path: Path, fill: Callable[[Path], object]) -> None:
        write_atomically(path, lambda partial: fill(Path("/dev/full") if path.suffix == suffix else partial))

    monkeypatch.setattr(cache_module, "write_atomically", write)
    with pytest.raises(FileError, match="The disk is full") as error:
        open_source(table("a,b", "1,x", "2,y"))
    assert str(cache_folder()) in error.value.why
    assert not list(cache_folder().iterdir())


OPEN_ON_A_SMALL_DISK = """
import sys
from pathlib import Path
from nnstudio.data.source import open_source
from nnstudio.spec.errors import StudioError
from nnstudio.spec.sources import TableSource
try:
    open_source(TableSource(sys.argv[1]), Path(sys.argv[2]))
except StudioError as error:
    print(error)
print([path.name for path in (Path(sys.argv[2]) / "sources").iterdir()])
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="only Linux lets a test mount a disk of its own")
def test_a_small_disk_that_is_full_indeed(table: MakeTable, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    source = table("a,b", *(f"{row},{row}.5" for row in range(100_000)))  # 1.6 MB as Arrow has it
    mount = 'mount -t tmpfs -o size=1m none "$1" && shift && exec "$@"'
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, "sh", str(disk)]
    program = [sys.executable, "-c", OPEN_ON_A_SMALL_DISK, source.path, str(disk)]
    done = subprocess.run([*command, *program], check=False, capture_output=True, text=True)
    if "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip("this system lets nobody mount a disk")
    sentence, left = done.stdout.splitlines()
    assert sentence.startswith(f"The disk is full. What is read is kept in “{disk / 'sources'}”")
    assert left == "[]"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing is forbidden to this user")
def test_a_cache_that_may_not_be_written_is_named(table: MakeTable) -> None:
    cache_folder().chmod(0o500)
    with pytest.raises(PermissionError) as error:
        open_source(table("a,b", "1,x", "2,y"))
    assert error.value.filename == str(cache_folder())


def test_a_million_different_words(table: MakeTable) -> None:
    facts = open_source(table("n,word", *(f"{row % 7},w{row}" for row in range(1_000_000))))
    assert (facts.rows, facts.column("word").distinct) == (1_000_000, 1_000_000)


def test_what_was_not_opened_for_a_month_is_forgotten(table: MakeTable) -> None:
    old = Path(open_source(table("a,b", "1,x", "2,y", name="old.csv")).cache)
    used = Path(open_source(table("a,b", "1,x", "2,z", name="used.csv")).cache)
    half = old.with_name(".x.arrow.partial")
    half.touch()
    month_ago = time.time() - 31 * 86_400
    for path in (old, half, used, old.with_suffix(".json"), used.with_suffix(".json")):
        os.utime(path, (month_ago, month_ago))
    open_source(table("a,b", "1,x", "2,z", name="used.csv"))  # same bytes, new time: a new entry
    assert not old.exists()
    assert not old.with_suffix(".json").exists()
    assert not half.exists()


def test_what_was_left_half_written_goes_after_a_day(table: MakeTable) -> None:
    """A window may be closed while it reads a file of gigabytes."""
    whole = Path(open_source(table("a,b", "1,x", "2,y")).cache)
    left, under_way = whole.with_name(".left.arrow.x.partial"), whole.with_name(".under_way.arrow.y.partial")
    for path in (left, under_way):
        path.touch()
    two_days_ago = time.time() - 2 * 86_400
    for path in (left, whole):
        os.utime(path, (two_days_ago, two_days_ago))
    forget_unused(cache_folder(), "*", days=30)
    assert [path.exists() for path in (whole, left, under_way)] == [True, False, True]


def test_what_cannot_be_deleted_is_kept(table: MakeTable, monkeypatch: pytest.MonkeyPatch) -> None:
    old = Path(open_source(table("a,b", "1,x", "2,y")).cache)
    os.utime(old, (0, 0))

    def refuse(_: Path) -> None:
        raise PermissionError(13, "It is mapped")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuse)
        forget_unused(cache_folder(), "*", days=1)
    assert old.exists()
    forget_unused(cache_folder(), "*", days=1)
    assert not old.exists()


def test_opening_keeps_an_entry_for_another_month(table: MakeTable) -> None:
    source = table("a,b", "1,x", "2,y")
    cached = Path(open_source(source).cache)
    os.utime(cached, (0, 0))
    open_source(source)
    open_source(table("a,b", "3,x", "4,y", name="other.csv"))
    assert cached.exists()
    assert cached.with_suffix(".json").exists()


def test_the_cache_is_where_it_is_told_to_be_and_private(table: MakeTable, tmp_path: Path, cache: Path) -> None:
    source = table("a,b", "1,x", "2,y")
    assert Path(open_source(source).cache).is_relative_to(cache)
    assert Path(open_source(source, tmp_path / "other").cache).is_relative_to(tmp_path / "other")
    if os.name == "posix":
        assert stat.S_IMODE(cache_folder().stat().st_mode) == 0o700


def test_the_users_cache_is_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NNSTUDIO_CACHE")
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name, **_: tmp_path / name)
    assert cache_folder() == tmp_path / "nnstudio" / "sources"


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda folder: TableSource(str(folder / "none.csv")), "“none.csv” is not there."),
        (lambda folder: TableSource(str(folder)), "is a folder, not a table. Open it as an image folder."),
        (lambda folder: ImageFolderSource(str(folder / "none")), "There is no folder “none”. It was moved"),
        (lambda _: Source(), "cannot be read"),
    ],
)
def test_sources_that_are_not_there(
    tmp_path: Path, make: Callable[[Path], Source], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Source, "path", "x", raising=False)
    monkeypatch.setattr(Source, "title", "Spreadsheet", raising=False)
    with pytest.raises(DataError, match=re.escape(sentence)):
        open_source(make(tmp_path))


@pytest.mark.skipif(os.name != "posix", reason="Windows has no named pipes among its files")
def test_a_device_is_no_table(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path / "pipe.csv", Path("/dev/zero")):
        for look in (open_source, preview):
            with pytest.raises(DataError, match="It is not an ordinary file"):
                look(TableSource(str(path)))


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (
            ["a;b;c", "1;2;3", "4;5;6"],
            "has only one column, “a;b;c”. A network predicts one column from others. Choose",
        ),
        (["a", "1", "2"], "has only one column, “a”. A network predicts one column from others."),
    ],
)
def test_a_table_of_one_column_teaches_nothing(table: MakeTable, lines: list[str], sentence: str) -> None:
    with pytest.raises(DataError, match=re.escape(sentence)):
        open_source(table(*lines))


@pytest.mark.parametrize(
    ("cells", "kind", "task", "length"),
    [
        ([f"{row / 7:.3f}" for row in range(300)], Kind.NUMBER, Task.REGRESSION, 12),
        ([str(row * row) for row in range(60)], Kind.NUMBER, Task.REGRESSION, 3),
        (["rain", "sun", "cloud", "sun"] * 5, Kind.CATEGORY, Task.MULTICLASS, 1),
    ],
)
def test_the_only_column_is_taken_for_a_series(
    table: MakeTable, cells: list[str], kind: Kind, task: Task, length: int
) -> None:
    facts = open_source(table("value", *cells))
    data = default_spec(facts)
    assert data.columns == (Column("value", kind, Role.TARGET),)
    assert (data.task, data.layout, data.split) == (task, WindowLayout(length), TimeSplit())
    assert facts.notes[-1].startswith("“value” is the only column: it is taken for a series")
    encoded = encode(data)
    assert encoded.x.shape[1] == length
    assert all(len(part) for part in (encoded.rows.train, encoded.rows.validation, encoded.rows.test))


def test_a_relative_path_is_the_same_entry(
    table: MakeTable, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = table("a,b", "1,x", "2,y")
    monkeypatch.chdir(Path(source.path).parent)
    facts = open_source(source)
    assert open_source(TableSource("table.csv")).cache == facts.cache
    assert len(reads) == 1


def test_the_fingerprint_is_the_sha256_of_the_bytes(table: MakeTable) -> None:
    path = Path(table(b"abc").path)
    assert fingerprint(path) == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert fingerprint(path, lambda: False) == ""
