"""Tables and views of SQLite databases: opened for reading alone, and watched, since a view can be a trap."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nnstudio.data.fingerprint import state
from nnstudio.data.reading.cells import BATCH, Gathering
from nnstudio.data.reading.head import ROWS, preview_of
from nnstudio.data.reading.limits import require_room
from nnstudio.data.reading.names import clean_names
from nnstudio.data.reading.readers import Read, Report
from nnstudio.data.reading.tidy import require_few_columns, tidy
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import Preview
from nnstudio.spec.sources import SqliteSource

SECONDS = 60.0
"""So long the database may take for the next rows; a view can be written so that it never ends."""

COUNT_SECONDS = 1.0
"""So long it may take to count the rows, which serves the display of progress alone."""

MOST_COUNTED = 20
"""Tables of which it is found out which is the largest."""

MOST_ROWS = 100_000_000
"""Of a table or view; a view can have any number."""

BUSY_SECONDS = 1.0
"""So long it is waited for another program that writes."""

LONGEST_CELL = 2**28
"""Bytes of one cell."""

STEPS = 50_000
"""Steps of SQLite's machine between two looks at the clock: about a millisecond."""

ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})
"""What a query may do: look."""


def identity(source: SqliteSource) -> tuple[object, ...]:
    """Which table is read, and what another program has written to the log beside the file."""
    log = Path(f"{source.path}-wal")
    return (source.table, *(state(log) if log.is_file() else ()))


def read(source: SqliteSource, report: Report | None = None) -> Read:
    """All rows of a table or view; raises `DataError` where there is none, or where it takes too long."""
    path = Path(source.path)
    with _opened(path) as database:
        tables = database.tables()
        table = _chosen(source, tables)
        total = database.count(table)
        gathered = Gathering()
        cursor = database.select(table)
        names = [place for place, _ in enumerate(cursor.description)]
        while batch := database.fetch(cursor, BATCH):
            gathered.add_rows([str(name) for name in names], batch)
            require_room(path, 8 * len(names) * gathered.rows)
            if gathered.rows > MOST_ROWS:
                raise _endless(path, table, f"It has more than {MOST_ROWS:,} rows.")
            if report:
                report(gathered.rows, max(total, gathered.rows), "rows")
        return _read(path, table, gathered, cursor, tables)


def preview(source: SqliteSource, detect: bool = False) -> Preview:
    """The first rows; with ``detect`` the table with most rows is taken."""
    path = Path(source.path)
    with _opened(path) as database:
        tables = database.tables()
        if detect:
            source = replace(source, table=database.largest())
        table = _chosen(source, tables)
        cursor = database.select(table, ROWS + 1)
        batch = database.fetch(cursor, ROWS + 1)
        gathered = Gathering()
        gathered.add_rows([str(place) for place, _ in enumerate(cursor.description)], batch)
        found = _read(path, table, gathered, cursor, tables)
        return preview_of(replace(source, table=table), found, is_whole=len(batch) <= ROWS)


def _read(path: Path, table: str, gathered: Gathering, cursor: sqlite3.Cursor, tables: tuple[str, ...]) -> Read:
    if not gathered.rows:
        raise DataError(f"The table “{table}” of “{path.name}” has no rows.", "", "Choose another table or file.")
    names = clean_names(column[0] for column in cursor.description)
    tidied = tidy(gathered.table().rename_columns(names))
    return Read(tidied.table, tidied.notes, tidied.left_out, tables)


def _chosen(source: SqliteSource, tables: Sequence[str]) -> str:
    name = Path(source.path).name
    if not tables:
        raise DataError(f"“{name}” has no tables.", "The database is empty.", "Choose another file.")
    if source.table and source.table not in tables:
        named = ", ".join(f"“{table}”" for table in tables)
        raise DataError(f"“{name}” has no table called “{source.table}”.", f"It has {named}.", "Choose one of them.")
    return source.table or tables[0]


@dataclass(eq=False)
class _Database:
    """A connection that can only look, and not for longer than ``deadline`` (on the clock of ``time.monotonic``)."""

    path: Path
    connection: sqlite3.Connection
    deadline: float = float("inf")

    def tables(self, *kinds: str) -> tuple[str, ...]:
        """The names of all tables and views, or of those of some ``kinds``: first tables, then views, oldest first."""
        self.deadline = time.monotonic() + SECONDS
        rows = self.connection.execute("SELECT name, type FROM sqlite_master ORDER BY type, rowid")
        wanted = kinds or ("table", "view")
        return tuple(name for name, kind in rows if kind in wanted and not name.startswith("sqlite_"))

    def largest(self) -> str:
        """The table with the most rows, of the first tables; empty where there is none."""
        return max(self.tables("table")[:MOST_COUNTED], key=self.count, default="")

    def count(self, table: str) -> int:
        """How many rows a table has; 0 where that takes too long to find out."""
        self.deadline = time.monotonic() + COUNT_SECONDS
        try:
            return int(self.connection.execute(f"SELECT count(*) FROM {_quoted(table)}").fetchone()[0])  # noqa: S608  # quoted
        except sqlite3.OperationalError:
            return 0

    def select(self, table: str, most: int = -1) -> sqlite3.Cursor:
        """The rows of a table, or so many of them."""
        self.deadline = time.monotonic() + SECONDS
        cursor = self.connection.execute(f"SELECT * FROM {_quoted(table)} LIMIT ?", (most,))  # noqa: S608  # quoted
        require_few_columns(len(cursor.description))
        return cursor

    def fetch(self, cursor: sqlite3.Cursor, most: int) -> list[Any]:
        """The next rows."""
        self.deadline = time.monotonic() + SECONDS
        return cursor.fetchmany(most)

    def is_late(self) -> bool:
        return time.monotonic() > self.deadline


def _quoted(name: str) -> str:
    """A name as SQL spells it, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def _opened(path: Path) -> Iterator[_Database]:
    """The database, for reading alone; what SQLite says of a damaged or slow one becomes a `DataError`."""
    _require_whole(path)
    connection = _connected(path)
    database = _Database(path, connection)
    try:
        connection.text_factory = _text
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_CELL)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.set_progress_handler(database.is_late, STEPS)
        connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY)
        yield database
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise _as_data_error(path, error, database.is_late()) from error
    finally:
        connection.close()


def _require_whole(path: Path) -> None:
    """Raise `DataError` where the file is shorter than its header says: SQLite would read zeros beyond its end."""
    with path.open("rb") as file:
        head = file.read(100)
    page = int.from_bytes(head[16:18], "big")
    page = 65_536 if page == 1 else page
    is_counted = head[24:28] == head[92:96]  # else the count is that of an old version of SQLite
    if is_counted and int.from_bytes(head[28:32], "big") * page > path.stat().st_size:
        raise _broken(path, *DAMAGED, "the file is shorter than its header says")


def _connected(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; one that ignores what other programs write where the folder asks for that."""
    address = path.absolute().as_uri()
    connection = sqlite3.connect(f"{address}?mode=ro", BUSY_SECONDS, uri=True)
    try:
        connection.execute("SELECT 1 FROM sqlite_master")
    except (sqlite3.Error, UnicodeDecodeError) as error:  # told when it is used, unless
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY")):  # there is a log, and none can be made beside it
            connection.close()
            return sqlite3.connect(f"{address}?mode=ro&immutable=1", uri=True)
    return connection


def _text(spelled: bytes) -> str:
    return spelled.decode("utf-8", "replace")


def _as_data_error(path: Path, error: Exception, is_late: bool) -> DataError:
    if is_late and getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
        return _endless(path, "", f"No rows came within {SECONDS:.0f} seconds.")
    return _broken(path, *REASONS.get(getattr(error, "sqlite_errorname", ""), DAMAGED), str(error))


def _broken(path: Path, why: str, remedy: str, details: str) -> DataError:
    return DataError(f"“{path.name}” could not be read.", why, remedy, details)


DAMAGED = "It is damaged or cut off, or is no SQLite database.", "Copy it again, or export it as CSV."

_BUSY = "Another program is writing to it.", "Close the other program, and open it again."

REASONS = {
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
    "SQLITE_ERROR": ("The table or view cannot be read as it is defined.", "Choose another table."),
    "SQLITE_AUTH": ("The view does more than look.", "Choose another table."),
    "SQLITE_TOOBIG": (f"One of its cells is larger than {LONGEST_CELL / 2**20:.0f} MB.", "Choose another table."),
}
"""Why a query failed, and what helps, by the name of SQLite's error."""


def _endless(path: Path, table: str, why: str) -> DataError:
    what = f"The view or table “{table}” of “{path.name}”" if table else f"“{path.name}”"
    return DataError(f"{what} was not read.", why, "Choose another table, or export the rows that you need as CSV.")
