"""Whatever dialect a table is written in, it is found out, and the same cells come back."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nnstudio.data.reading.dialect import detect
from nnstudio.data.reading.number_marks import number_marks
from nnstudio.data.reading.text_table import preview, read
from nnstudio.spec.sources import TableSource

WORDS = ("north", "south", "east", "west", "größer", "Zoë", "über 5", "O’Neill", "a b", "red", "yes")

Cell = str | int | float


@st.composite
def words(draw: st.DrawFn, rows: int) -> list[Cell]:
    return draw(st.lists(st.sampled_from(WORDS), min_size=rows, max_size=rows))


@st.composite
def wholes(draw: st.DrawFn, rows: int) -> list[Cell]:
    return draw(st.lists(st.integers(-(10**6), 10**6), min_size=rows, max_size=rows))


@st.composite
def reals(draw: st.DrawFn, rows: int) -> list[Cell]:
    hundredths = draw(st.lists(st.integers(-(10**7), 10**7), min_size=rows, max_size=rows))
    assume(any(value % 100 for value in hundredths))
    return [value / 100 for value in hundredths]


@st.composite
def tables(draw: st.DrawFn) -> list[list[Cell]]:
    """Columns: numbers of both sorts among words, in any order."""
    rows = draw(st.integers(4, 12))
    kinds = draw(st.permutations([words(rows), wholes(rows), reals(rows), draw(st.sampled_from([words, reals]))(rows)]))
    return [draw(kind) for kind in kinds]


@dataclass(frozen=True)
class Dialect:
    """How a table is written."""

    delimiter: str
    decimal: str
    thousands: str
    is_quoted: bool
    above: Sequence[str]
    end: str

    def write(self, columns: Sequence[Sequence[Cell]]) -> str:
        names = [f"column_{letter}" for letter in "abcdefgh"[: len(columns)]]
        text = StringIO()
        quoting: Literal[0, 1] = csv.QUOTE_ALL if self.is_quoted else csv.QUOTE_MINIMAL
        writer = csv.writer(text, delimiter=self.delimiter, quoting=quoting, lineterminator=self.end)
        rows = zip(*columns, strict=True)
        writer.writerows([names, *([self.cell(value) for value in row] for row in rows)])
        return "".join(line + self.end for line in self.above) + text.getvalue()

    def cell(self, value: Cell) -> str:
        if isinstance(value, str):
            return value
        text = f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"
        marks = {",": self.thousands, ".": self.decimal}
        return "".join(marks.get(letter, letter) for letter in text)


@st.composite
def dialects(draw: st.DrawFn) -> Dialect:
    delimiter = draw(st.sampled_from([",", ";", "\t", "|"]))
    decimal = "." if delimiter == "," else draw(st.sampled_from([".", ","]))
    thousands = draw(st.sampled_from(["", " ", "'", "." if decimal == "," else ","]))
    above = draw(st.sampled_from([(), ("# written by a logger",), ("A title", ""), ("A title", "more of it", "")]))
    return Dialect(delimiter, decimal, thousands, draw(st.booleans()), above, draw(st.sampled_from(["\n", "\r\n"])))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables(), dialects(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]))
def test_what_is_written_comes_back(columns: list[list[Cell]], dialect: Dialect, encoding: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(dialect.write(columns).encode(encoding))
        found = preview(TableSource(str(path)), detect=True)
        assert isinstance(found.source, TableSource)
        table = read(found.source).table
    assert [column.to_pylist() for column in table.columns] == columns
    assert table.column_names == [f"column_{letter}" for letter in "abcdefgh"[: len(columns)]]
    assert [column.name for column in found.columns] == table.column_names
    assert len(found.rows) == len(columns[0])


@given(st.text(st.sampled_from("ab1,;\t|\" '\n.#%-é"), max_size=80))
def test_no_text_is_too_odd_to_be_looked_at(text: str) -> None:
    found = detect(text, TableSource("table.csv"))
    assert found.path == "table.csv"
    assert detect(text, found) == found  # what was chosen before does not matter


def marks(*cells: str, delimiter: str = ";") -> tuple[str, str]:
    found = number_marks([cells], delimiter)
    return found["decimal"], found["thousands"]


def test_marks_that_may_mean_both_are_told_by_the_others() -> None:
    assert marks("1,234", "2,345") == (",", "")  # semicolons part the cells of those who write a comma
    assert marks("1,234", "2,345", delimiter="\t") == (".", ",")
    assert marks("1,234", "2,345.5") == (".", ",")
    assert marks("1.234", "2.345,5") == (",", ".")
    assert marks("1.234", "2.5") == (".", "")
    assert marks("1.234.567", "2") == (",", ".")
    assert marks("0,123", "0,456", delimiter="\t") == (",", "")
    assert marks("192.168.0.1", "10.0.0.1") == (".", "")


def test_words_do_not_decide_on_the_marks_of_numbers() -> None:
    assert marks("a,b", "c,d", "1,5") == (".", "")


ORANGE = (
    "age\tchest pain\tsex\tname\tsick",
    "continuous\ttypical atypical\td\tstring\tdiscrete",
    "\t\t\tmeta\tclass",
    "63\ttypical\tmale\tAnn\t0",
    "67\tatypical\tfemale\tBob\t1",
    "41\ttypical\tfemale\tEve\t1",
)


def test_rows_that_say_types_and_roles_are_no_examples(tmp_path: Path) -> None:
    path = tmp_path / "heart.tab"
    path.write_text("\n".join(ORANGE))
    source = detect(path.read_text(), TableSource(str(path)))
    assert (source.header, source.below, source.delimiter) == (True, 2, "\t")
    found = read(source)
    assert found.table.to_pydict()["age"] == [63, 67, 41]
    assert found.notes == ("2 rows below the names were passed over.",)


def test_a_row_of_units_can_be_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "drops.csv"
    path.write_text("time,height\ns,m\n0,1.5\n1,0.5\n")
    found = read(TableSource(str(path), below=1))
    assert found.table.to_pydict() == {"time": [0, 1], "height": [1.5, 0.5]}
    assert found.notes == ("1 row below the names was passed over.",)
    assert preview(TableSource(str(path), below=1)).rows[0] == ("0", "1.5")


def test_words_that_only_look_like_types_are_examples() -> None:
    lines = ["a,b", "c,d", "m,i", "c,c", "d,s"]
    assert detect("\n".join(lines), TableSource("x.csv")).below == 0
