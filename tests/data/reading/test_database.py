"""Tables of SQLite databases, honest and otherwise."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from nnstudio.data.reading import database
from nnstudio.spec.errors import DataError
from nnstudio.spec.sources import SqliteSource

Make = Callable[..., SqliteSource]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write a database by statements and return its source."""

    def make(*statements: str, table: str = "") -> SqliteSource:
        path = tmp_path / "some data.db"
        with closing(sqlite3.connect(path)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()
        return SqliteSource(str(path), table)

    return make


PEOPLE = (
    'CREATE TABLE "the people" (id INTEGER PRIMARY KEY, name TEXT, size REAL, born TEXT, photo BLOB)',
    """INSERT INTO "the people" VALUES (1, 'Ann', 1.7, '2001-02-03', x'ff'), (2, NULL, 2, '1999-12-31', NULL)""",
)


def test_a_table_is_read(make: Make) -> None:
    found = database.read(make(*PEOPLE))
    assert found.table.to_pydict() == {
        "id": [1, 2],
        "name": ["Ann", None],
        "size": [1.7, 2.0],
        "born": [datetime(2001, 2, 3), datetime(1999, 12, 31)],
    }
    assert found.left_out == ("“photo”: left out, since it holds bytes rather than values.",)


def test_the_largest_table_is_suggested_and_views_are_offered(make: Make) -> None:
    source = make("CREATE TABLE setup (v)", *PEOPLE, "CREATE VIEW tall AS SELECT name n, size n FROM 'the people'")
    preview = database.preview(source, True)
    assert preview.source == SqliteSource(source.path, "the people")
    assert preview.choices == ("setup", "the people", "tall")
    assert preview.is_whole
    view = database.read(SqliteSource(source.path, "tall")).table
    assert view.column_names == ["n", "n:1"]


def test_cells_of_all_types_in_one_column(make: Make) -> None:
    source = make("CREATE TABLE t (a, b)", "INSERT INTO t VALUES (1, 1), ('', 'x'), (2.5, 2), (NULL, NULL)")
    assert database.read(source).table.to_pydict() == {"a": [1.0, None, 2.5, None], "b": ["1", "x", "2", None]}


def test_batches_do_not_show(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    count = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 500) SELECT x, 'n' || x FROM c"
    source = make(f"CREATE TABLE t AS {count}")
    whole = database.read(source).table
    monkeypatch.setattr(database, "BATCH", 64)
    told: list[tuple[int, int, str]] = []
    assert database.read(source, lambda *at: told.append(at)).table.equals(whole)
    assert (told[0], told[-1]) == ((64, 500, "rows"), (500, 500, "rows"))
    assert (len(database.preview(source).rows), database.preview(source).is_whole) == (100, False)


def test_names_that_would_be_sql_are_names(make: Make) -> None:
    source = make('CREATE TABLE "x""; DROP TABLE t; --" (a)', 'INSERT INTO "x""; DROP TABLE t; --" VALUES (1)')
    assert database.read(source).table.to_pydict() == {"a": [1]}


def test_the_file_is_not_written_to(make: Make, tmp_path: Path) -> None:
    source = make(*PEOPLE)
    before = Path(source.path).read_bytes()
    database.read(source)
    assert Path(source.path).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["some data.db"]


ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"


@pytest.mark.parametrize(
    ("view", "why"),
    [
        (ENDLESS, "It has more than 10,000 rows."),
        ("SELECT load_extension('evil') AS x", "The table or view cannot be read as it is defined."),
        ("SELECT * FROM nowhere", "The table or view cannot be read as it is defined."),
        ("SELECT zeroblob(1000000000) AS x", "One of its cells is larger than 256 MB."),
    ],
)
def test_views_that_are_traps_are_refused(make: Make, view: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "COUNT_SECONDS", 0.05)
    monkeypatch.setattr(database, "MOST_ROWS", 10_000)
    with pytest.raises(DataError) as caught:
        database.read(make(f"CREATE VIEW v AS {view}"))
    assert caught.value.why == why


def test_a_view_without_a_first_row_is_given_up(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "SECONDS", 0.2)
    monkeypatch.setattr(database, "COUNT_SECONDS", 0.05)
    with pytest.raises(DataError, match=r"No rows came within 0 seconds\."):
        database.read(make(f"CREATE VIEW v AS {ENDLESS} WHERE x < 0"))


@pytest.mark.parametrize(
    ("statements", "table", "sentence"),
    [
        ((), "", "“some data.db” has no tables. The database is empty."),
        (("CREATE TABLE t (a)",), "", "The table “t” of “some data.db” has no rows."),
        (("CREATE TABLE t (a)",), "u", "“some data.db” has no table called “u”. It has “t”. Choose one of them."),
    ],
)
def test_what_has_no_rows_is_refused(make: Make, statements: tuple[str, ...], table: str, sentence: str) -> None:
    with pytest.raises(DataError) as caught:
        database.read(make("PRAGMA user_version = 1", *statements, table=table))
    assert str(caught.value).startswith(sentence)


def test_a_damaged_file_is_refused(make: Make) -> None:
    source = make(*PEOPLE)
    path = Path(source.path)
    path.write_bytes(path.read_bytes()[:4_200])
    with pytest.raises(DataError, match="It is damaged or cut off, or is no SQLite database"):
        database.read(source)
    path.write_bytes(b"SQLite format 3\0" + b"x" * 5_000)
    with pytest.raises(DataError, match="It is damaged or cut off, or is no SQLite database"):
        database.preview(source, True)


def test_a_database_that_is_being_written_is_said_to_be(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    source = make(*PEOPLE)
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    with closing(sqlite3.connect(source.path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DataError, match=r"Another program is writing to it\."):
            database.read(source)
