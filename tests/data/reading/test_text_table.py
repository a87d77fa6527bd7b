"""Text tables of every dialect are read as what they say, and what cannot be read is refused in a sentence."""

import bz2
import csv
import gzip
import lzma
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path

import pyarrow as pa
import pytest

from nnstudio.data.reading import blocks, packed, text_table
from nnstudio.data.reading.parsing import Parser, sentence
from nnstudio.data.reading.readers import Cancelled
from nnstudio.data.reading.text_table import preview
from nnstudio.data.reading.text_table import read as read_source
from nnstudio.spec.columns import Kind
from nnstudio.spec.errors import DataError
from nnstudio.spec.sources import TableSource

MakeTable = Callable[..., TableSource]


def when(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment as the cache has it: in UTC, or of no zone that is known."""
    return datetime(year, month, day, hour, minute)  # that is the point


def read(source: TableSource) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = read_source(source).table.to_pydict()
    return columns


def detected(source: TableSource) -> TableSource:
    found = preview(source, detect=True).source
    assert isinstance(found, TableSource)
    return found


def opened(source: TableSource) -> dict[str, list[object]]:
    """As it is read after its dialect was detected."""
    return read(detected(source))


def test_numbers_text_truth_values_and_gaps(table: MakeTable) -> None:
    source = table("whole,real,text,truth,gap,none", "1,0.5,a,True,1,", "2,1e-3,b b,False,,", '3,-7,"c,c",,NA,null')
    assert read(source) == {
        "whole": [1, 2, 3],
        "real": [0.5, 0.001, -7.0],
        "text": ["a", "b b", "c,c"],
        "truth": [True, False, None],
        "gap": [1.0, None, None],
        "none": [None, None, None],
    }


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_utf8_with_and_without_marks(table: MakeTable, start: bytes, end: str) -> None:
    source = table(start + end.join(["größe,名前", "1,ä", "2,ß", ""]).encode())
    assert opened(source) == {"größe": [1, 2], "名前": ["ä", "ß"]}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"])
def test_other_encodings_are_found(table: MakeTable, encoding: str) -> None:
    lines = ["name;Straße", "Zoë;Königsallee", "René;Rue de l’Été" if encoding != "latin-1" else "René;Été"]
    source = table("\n".join(lines).encode(encoding))
    assert opened(source) == {"name": ["Zoë", "René"], "Straße": [line.split(";")[1] for line in lines[1:]]}


def test_an_encoding_of_another_script_is_found(table: MakeTable) -> None:
    words = ["Съешь же ещё этих мягких французских булок", "да выпей чаю", "Широкая электрификация южных губерний"]
    lines = ["номер,текст", *(f"{place},{word}" for place, word in enumerate(words * 3))]
    source = table("\n".join(lines).encode("cp1251"))
    assert opened(source)["текст"] == words * 3


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "])
def test_any_separator(table: MakeTable, delimiter: str) -> None:
    source = table(*(delimiter.join(row) for row in (["a", "b", "c"], ["1", "x", "2.5"], ["2", "y", "3.5"])))
    assert opened(source) == {"a": [1, 2], "b": ["x", "y"], "c": [2.5, 3.5]}


def test_runs_of_spaces_are_one_separator(table: MakeTable) -> None:
    assert opened(table("  x    y", " 1.0  2.5 ", "10.0 20.5 ")) == {"x": [1, 10], "y": [2.5, 20.5]}


def test_what_stands_above_the_table_is_skipped(table: MakeTable) -> None:
    source = table("Sales, by region", "exported 2024-01-01", "", "region,sold", "north,12", "south,15", "east,3")
    assert opened(source) == {"region": ["north", "south", "east"], "sold": [12, 15, 3]}


def test_comments_are_skipped_and_colours_are_not(table: MakeTable) -> None:
    assert opened(table("# by hand", "a,b", "1,2", "# doubtful", "3,4")) == {"a": [1, 3], "b": [2, 4]}
    assert opened(table("name,colour", "sky,#0000ff", "sun,#ffff00"))["colour"] == ["#0000ff", "#ffff00"]
    assert opened(table("#id,b", "1,2", "3,4")) == {"#id": [1, 3], "b": [2, 4]}


def test_a_table_without_names_has_its_columns_numbered(table: MakeTable) -> None:
    found = opened(table("5.1,3.5,setosa", "4.9,3.0,setosa", "6.3,3.3,virginica"))
    assert list(found) == ["column 1", "column 2", "column 3"]
    assert found["column 1"] == [5.1, 4.9, 6.3]


def test_years_may_name_columns(table: MakeTable) -> None:
    assert list(opened(table("country,1990,1991", "a,3.5,4", "b,4.5,5"))) == ["country", "1990", "1991"]


def test_names_that_are_missing_or_taken_are_made_up(table: MakeTable) -> None:
    assert list(opened(table("a,a,,b,a", "1,2,3,4,x", "1,2,3,4,y"))) == ["a", "a (2)", "column 3", "b", "a (3)"]


def test_names_of_rows_as_r_writes_them(table: MakeTable) -> None:
    found = opened(table("mpg cyl", '"Mazda RX4" 21 6', '"Datsun 710" 22.8 4'))
    assert found == {"column 1": ["Mazda RX4", "Datsun 710"], "mpg": [21, 22.8], "cyl": [6, 4]}


def test_single_quotes_and_none(table: MakeTable) -> None:
    assert opened(table("'a','b'", "'x','y, z'", "'u','it is'")) == {"a": ["x", "u"], "b": ["y, z", "it is"]}
    assert opened(table("size,n", '5",1', '7",2', '9",4')) == {"size": ['5"', '7"', '9"'], "n": [1, 2, 4]}


def test_lines_within_quotes(table: MakeTable) -> None:
    assert opened(table("a,b", '"one\ntwo",1', '"three ""3""",2')) == {"a": ["one\ntwo", 'three "3"'], "b": [1, 2]}


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1,5", "-0,25", "1000"], [1.5, -0.25, 1000]),
        (["1.234,5", "12", "1.234.567"], [1234.5, 12, 1234567]),
        (["1,234", "12", "1,234,567"], [1234, 12, 1234567]),
        (["1 234,5", "12", "1 234 567"], [1234.5, 12, 1234567]),
        (["1\u202f234", "12", "1\u00a0234\u00a0567"], [1234, 12, 1234567]),
        (["1'234.5", "12", "1’234’567"], [1234.5, 12, 1234567]),
        (["$1,200.50", "$3", "-$0.10"], [1200.5, 3, -0.1]),
        (["1.200,50 €", "3 €", "-1 €"], [1200.5, 3, -1]),
        (["12 %", "7.5%", "-3 %"], [12, 7.5, -3]),
        (["EUR 12", "EUR 7", "EUR 9"], [12, 7, 9]),
        (["−5", "+3", "4"], [-5, 3, 4]),
    ],
)
def test_numbers_as_people_write_them(table: MakeTable, cells: Sequence[str], numbers: Sequence[float]) -> None:
    assert opened(table("n\tword", *(f"{cell}\tx" for cell in cells)))["n"] == pytest.approx(numbers)


def test_what_only_looks_like_an_amount_stays_text(table: MakeTable) -> None:
    found = opened(table("mixed;half;net;code", "$5;5 %;10.0.0.1;A1", "€5;x;10.0.0.2;A2", "$7;7 %;10.0.0.3;A3"))
    assert [type(column[0]) for column in found.values()] == [str] * 4


@pytest.mark.parametrize(
    "rows", [["01067,1", "80331,2"], ['"01067",1', "80331,2", ",3"], ["80331,1"] * 300 + ["01067,2", "80331,3"]]
)
def test_digits_that_begin_with_0_are_words(table: MakeTable, rows: list[str]) -> None:
    source = table("code,n", *rows)
    found = read_source(source)
    cells = [row.partition(",")[0].strip('"') or None for row in rows]
    assert found.table.column("code").to_pylist() == cells
    assert found.notes == ("Column “code”: some of its numbers begin with 0, so that it is taken for words.",)
    assert preview(source).columns[0].kind is not Kind.NUMBER


def test_numbers_may_begin_with_0_before_their_fraction(table: MakeTable) -> None:
    assert read(table("a,b", "0.5,01.5", "0,-02")) == {"a": [0.5, 0.0], "b": [1.5, -2.0]}


@pytest.mark.parametrize(
    ("cells", "values", "said"),
    [
        (["1.5", "-", "2"], [1.5, None, 2.0], "“-”"),
        (["$3", "k. A.", "$4"], [3, None, 4], "“k. A.”"),
        (["2024/05/01", "?", "2024/05/02"], [when(2024, 5, 1), None, when(2024, 5, 2)], "“?”"),
    ],
)
def test_what_stands_for_a_missing_number_is_missing(
    table: MakeTable, cells: list[str], values: list[object], said: str
) -> None:
    source = table("x,a", *(f"y,{cell}" for cell in cells))
    assert opened(source)["a"] == values
    assert f"Column “a”: {said} was taken for missing." in read_source(detected(source)).notes
    assert read(replace(source, missing_words=False))["a"] == cells


def test_the_same_signs_are_words_among_words(table: MakeTable) -> None:
    assert opened(table("x,a", "1,yes", "2,-", "3,?"))["a"] == ["yes", "-", "?"]


def test_a_slip_among_numbers_is_named(table: MakeTable) -> None:
    found = read_source(table("x,a", *(f"{at},{at}" for at in range(20)), "20,~180"))
    (note,) = found.notes
    assert note == "Column “a”: not all of its cells are numbers, such as “~180”, so that it is taken for words."


def test_signs_stay_where_they_are_to_stay(table: MakeTable) -> None:
    source = table("a,b", "5 %,1", "6 %,2")
    assert read_source(source).notes == ("Column “a”: the sign % was taken off.",)
    assert read(TableSource(source.path, signs=False))["a"] == ["5 %", "6 %"]


@pytest.mark.parametrize(
    ("cells", "day_first", "moments"),
    [
        (["2024-01-31", "2023-12-01"], False, [when(2024, 1, 31), when(2023, 12, 1)]),
        (["2024-01-31 10:00", "2023-12-01 09:30"], False, [when(2024, 1, 31, 10), when(2023, 12, 1, 9, 30)]),
        (["2024-01-31T10:00:00+02:00", "2023-12-01T01:00Z"], False, [when(2024, 1, 31, 8), when(2023, 12, 1, 1)]),
        (["31.01.2024", "01.12.2023"], False, [when(2024, 1, 31), when(2023, 12, 1)]),
        (["03/04/2024", "12/01/2023"], True, [when(2024, 4, 3), when(2023, 1, 12)]),
        (["03/04/2024", "12/01/2023"], False, [when(2024, 3, 4), when(2023, 12, 1)]),
        (["03/25/2024 5:30 PM", "12/01/2023 1:00 AM"], True, [when(2024, 3, 25, 17, 30), when(2023, 12, 1, 1)]),
        (["5 Jan 2024", "17 Mar 2023"], False, [when(2024, 1, 5), when(2023, 3, 17)]),
    ],
)  # fmt: skip
def test_dates(table: MakeTable, cells: Sequence[str], day_first: bool, moments: Sequence[datetime]) -> None:
    source = TableSource(table("when|n", *(f"{cell}|1" for cell in cells)).path, delimiter="|", day_first=day_first)
    assert read(source)["when"] == moments


def test_a_date_that_is_none_leaves_all_of_them_text(table: MakeTable) -> None:
    assert read(table("when,n", "2024-02-30,1", "2024-01-01,2"))["when"] == ["2024-02-30", "2024-01-01"]


def test_the_order_of_day_and_month_is_found_and_said(table: MakeTable) -> None:
    source = detected(table("when,n", "03/04/2024,1", "13/04/2024,2"))
    assert source.day_first
    assert read_source(source).notes == ("Column “when”: dates were read with the day before month.",)


def test_na_is_a_country_among_countries(table: MakeTable) -> None:
    found = preview(table("country,n", "DE,1", "NA,2", "FR,", "ZA,4"), detect=True)
    assert isinstance(found.source, TableSource)
    assert not found.source.missing_words
    assert [row[0] for row in found.rows] == ["DE", "NA", "FR", "ZA"]
    assert "words for missing (such as NA) were taken for values" in found.notes[0]
    assert read(found.source)["n"] == [1, 2, None, 4]


def test_words_for_missing_stay_words_on_demand(table: MakeTable) -> None:
    source = table("a,b", "x,null", "NA,1", ",2")
    assert read(source) == {"a": ["x", None, None], "b": [None, 1, 2]}
    kept = TableSource(source.path, missing_words=False)
    assert read(kept) == {"a": ["x", "NA", None], "b": ["null", "1", "2"]}


def test_blanks_around_cells_are_taken_off(table: MakeTable) -> None:
    source = table("a,b", "x ,1", " y, 2", "   , NA")
    assert read(source) == {"a": ["x", "y", None], "b": [1, 2, None]}
    assert read_source(source).notes == ("Column “a”: blanks around its cells were taken off.",)


@pytest.mark.parametrize(
    "rows",
    [
        ["x,1", "y,2", "z,3"],
        ["x, 1", "y,2", "z, 3"],
        ["x, NA", "y,2", "z,3"],
        [" x,1", "y,2", "z,3"],
        ['x, "1,5"', "y,2", "z,3"],
        ['"x", "a"', '"y", "b"', '"z", "c"'],
        ["x,True", "y, False", "z,"],
        ["x,True", "y,", "z,False"],
        ["x,   ", "y,2", "z,3"],
        ["x,1", "y, z", "z,3"],
    ],
)
def test_a_file_that_is_read_at_once_is_read_like_blocks_of_it(
    table: MakeTable, rows: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = table("a,b", *rows)
    by_blocks = read_source(source)
    monkeypatch.setattr(text_table, "AT_ONCE", range(2**20))
    at_once = read_source(source)
    assert at_once.table == by_blocks.table
    assert at_once.notes == by_blocks.notes


def test_infinities_stay_numbers(table: MakeTable) -> None:
    assert read(table("a,b", "inf,1", "-inf,2")) == {"a": [float("inf"), float("-inf")], "b": [1, 2]}


def test_numbers_of_more_than_64_bits_are_text(table: MakeTable) -> None:
    big = "123456789012345678901234567890"
    assert read(table("a,b", f"{big},1", f"-{big},2")) == {"a": [big, f"-{big}"], "b": [1, 2]}


def test_floats_are_read_to_the_last_bit(table: MakeTable) -> None:
    values = [0.1 + 0.2, 1 / 3, 2.2250738585072014e-308, 1.7976931348623157e308]
    assert read(table("a,b", *(f"{value!r},1" for value in values)))["a"] == values


class TestBlocks:
    """A file of several blocks is read as if it were one."""

    @pytest.fixture(autouse=True)
    def small_blocks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(blocks.open_lines.__wrapped__, "__defaults__", (64, False))  # type: ignore[attr-defined]

    def test_types_that_differ_between_blocks(self, table: MakeTable) -> None:
        rows = [f"{at},{at},{at},,{at}" for at in range(100)]
        source = table("whole,real,word,late,truth", *rows, "100,0.5,many,7,True", "101,,x,,False")
        found = read_source(source).table
        assert found.schema.types == [
            pa.int64(),
            pa.float64(),
            *[pa.large_string()] * 1,
            pa.float64(),
            pa.large_string(),
        ]
        assert found["whole"].to_pylist() == list(range(102))
        assert found["real"].to_pylist() == [*map(float, range(100)), 0.5, None]
        assert found["word"].to_pylist() == [*map(str, range(100)), "many", "x"]
        assert found["late"].to_pylist() == [*[None] * 100, 7, None]
        assert all(column.num_chunks == 1 for column in found.columns)

    def test_lines_within_quotes_are_not_torn(self, table: MakeTable) -> None:
        cells = ["\n".join("abcdefgh") * (at % 20) for at in range(40)]
        text = StringIO()
        csv.writer(text).writerows([["a", "b"], *([cell, at] for at, cell in enumerate(cells))])
        assert read(table(text.getvalue()))["a"] == [cell or None for cell in cells]

    def test_a_stray_mark_does_not_stop_reading(self, table: MakeTable, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(blocks, "LONGEST", 500)
        rows = [f"{at},x" for at in range(200)]
        assert read(table("a,b", '5,7" wide', *rows))["b"] == ['7" wide', *["x"] * 200]

    def test_a_wrong_row_is_named_by_its_line(self, table: MakeTable) -> None:
        rows = [f"{at},x" for at in range(100)]
        with pytest.raises(DataError, match=re.escape("Line 102 has 3 cells, but there are 2 columns.")):
            read(table("a,b", *rows, "1,2,3", *rows))

    def test_nul_is_named_by_its_line(self, table: MakeTable) -> None:
        rows = [f"{at},x" for at in range(100)]
        with pytest.raises(DataError, match="Line 102 holds NUL"):
            read(table("a,b", *rows, "1,\0", *rows))

    def test_progress_is_told_and_reading_can_be_cancelled(self, table: MakeTable) -> None:
        source = table("a,b", *(f"{at},x" for at in range(500)))
        size = Path(source.path).stat().st_size
        told: list[tuple[int, int, str]] = []
        read_source(source, lambda *step: told.append(step))
        assert [step[0] for step in told] == sorted(step[0] for step in told)
        assert told[-1] == (size, size, "bytes")

        def cancel(done: int, total: int, unit: str) -> None:
            del total, unit
            if done > size / 2:
                raise Cancelled

        with pytest.raises(Cancelled):
            read_source(source, cancel)


class TestAtOnce:
    """A plain file of some size is left to pandas, which reads it in parallel."""

    @pytest.fixture
    def large(self, table: MakeTable, monkeypatch: pytest.MonkeyPatch) -> Callable[..., TableSource]:
        monkeypatch.setattr(text_table, "AT_ONCE", range(1_000, 2**28))
        rows = [f"{at},{at}" for at in range(500_000)]  # more than pandas infers a type from at once

        def make(*last: str) -> TableSource:
            return table("a,b", *rows, *last)

        return make

    def test_a_column_that_starts_like_numbers_is_read_as_text_throughout(
        self, large: Callable[..., TableSource]
    ) -> None:
        columns = read_source(large("5,many")).table
        assert columns.schema.types == [pa.int64(), pa.large_string()]
        assert columns["b"][0].as_py() == "0"
        assert columns["b"][500_000].as_py() == "many"

    def test_what_is_wrong_is_named_by_its_line(self, large: Callable[..., TableSource]) -> None:
        with pytest.raises(DataError, match=re.escape("Line 500,002 has 3 cells, but there are 2 columns.")):
            read(large("5,6,7"))
        with pytest.raises(DataError, match=re.escape("Line 500,002 holds NUL")):
            read(large("5,\0"))


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda content: bytes(pa.compress(content, "zstd", asbytes=True)),
}


def zipped(**files: bytes) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return made.getvalue()


@pytest.mark.parametrize("kind", PACKERS)
def test_packed_tables(table: MakeTable, kind: str) -> None:
    content = "größe;b\n1;x\n2;y\n".encode("cp1252")
    assert opened(table(PACKERS[kind](content), name=f"t.csv.{kind}")) == {"größe": [1, 2], "b": ["x", "y"]}


@pytest.mark.parametrize("kind", PACKERS)
def test_packed_tables_that_are_cut_off(table: MakeTable, kind: str) -> None:
    content = "\n".join(["a,b", *(f"{at},{at * 7919 % 10007}" for at in range(5_000))]).encode()
    packed_content = PACKERS[kind](content)
    with pytest.raises(DataError, match=re.escape("damaged or cut off. Download or copy it again.")):
        read(table(packed_content[: len(packed_content) // 2], name=f"t.csv.{kind}"))


def test_the_first_table_of_an_archive_is_read(table: MakeTable) -> None:
    one = table(zipped(**{"folder/data.csv": b"a,b\n1,2\n"}), name="t.zip")
    assert opened(one) == {"a": [1], "b": [2]}
    several = table(zipped(**{"readme.md": b"# Read", "a.csv": b"a,b\n1,2\n", "b.csv": b"c\n"}), name="t.zip")
    assert read_source(several).notes == ("The archive holds 3 files; “a.csv” was read.",)


def test_the_table_of_an_archive_is_chosen(table: MakeTable) -> None:
    files = {"about.txt": b"Two tables", "x/a.csv": b"a,b\n1,2\n", "b.tsv": "c\td\n1,5\té\n".encode("cp1252")}
    source = table(zipped(**files), name="t.zip")
    shown = preview(source, detect=True)
    assert shown.choices == ("about.txt", "x/a.csv", "b.tsv")
    assert shown.source == TableSource(source.path, member="x/a.csv")
    assert read_source(source).choices == shown.choices
    other = detected(TableSource(source.path, member="b.tsv"))
    assert (other.member, other.delimiter, other.decimal) == ("b.tsv", "\t", ",")
    assert read(other) == {"c": [1.5], "d": ["é"]}
    assert read_source(other).notes == ("The archive holds 3 files; “b.tsv” was read.",)
    with pytest.raises(
        DataError, match=re.escape("“t.zip” holds no file “c.csv”. It holds 3 files. Choose one of them.")
    ):
        read(TableSource(source.path, member="c.csv"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (zipped(), "is an empty ZIP archive"),
        (zipped(**{"a.png": b"1", "b.png": b"2"}), "is a ZIP archive without a text table. It holds 2 other files."),
        (b"PK\x03\x04\0\0", "damaged or cut off"),
    ],
)
def test_archives_without_a_table(table: MakeTable, content: bytes, sentence: str) -> None:
    with pytest.raises(DataError, match=re.escape(sentence)):
        read(table(content, name="t.zip"))


@pytest.mark.parametrize("kind", PACKERS)
def test_bombs_are_not_unfolded(table: MakeTable, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "FREE", 2**18)
    bomb = table(PACKERS[kind](b"a,b\n" + b"1,2\n" * 2**19), name=f"bomb.{kind}")
    with pytest.raises(DataError, match="as files do that are meant to fill up memory"):
        read(bomb)


def test_what_the_parser_says_in_other_words_is_passed_on() -> None:
    assert sentence("Error tokenizing data.\nC error: out of memory\n") == "C error: out of memory"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "“table.csv” is empty."),
        (b"\n\n\n", "“table.csv” is empty."),
        (b"a,b\n", "“table.csv” has no rows. It only names its columns."),
        (b"a,b\n1,2\n3,4\n5,6,7\n", "Line 4 has 3 cells, but there are 2 columns."),
        (b'a,b\n1,2\n3,"4\n5,6\n', "A quotation mark is opened about line 3 and never closed."),
        (b"a,b\n1,\0\n", "Line 2 holds NUL, which no text does"),
        ("größe,b\n1,2\n".encode("latin-1"), "It is not text in UTF-8."),
        ("a,b\nx,größe\n".encode("latin-1"), "It is not text in UTF-8."),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "damaged or cut off"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(table: MakeTable, content: bytes, sentence: str) -> None:
    with pytest.raises(DataError, match=re.escape(sentence)):
        read(table(content))


@pytest.mark.parametrize(
    ("content", "line"), [(b"1,2,3\n4,5\n", 9), (b"\n \r\n1,2,3\n4,5\n", 11), (b"# said\n\n1,2,3\n4,5\n", 11)]
)
def test_too_long_a_row_at_the_beginning_of_a_block_is_named_by_its_line(content: bytes, line: int) -> None:
    parser = Parser(TableSource("table.csv", comment="#"), ("a", "b"))
    with pytest.raises(DataError, match=re.escape(f"Line {line} has more cells than there are columns.")):
        parser.frame(content, line=9)


def test_a_table_that_is_not_in_its_encoding_is_refused(table: MakeTable) -> None:
    source = TableSource(table("größe,b\n1,2\n").path, encoding="ascii")
    assert read(source) == {"größe": [1], "b": [2]}  # ASCII is UTF-8
    with pytest.raises(DataError, match=re.escape("It is not text in UTF-16.")):
        read(TableSource(table(b"\xff\xfea\x00\x00\xd8").path, encoding="utf-16"))


def test_skipping_everything_leaves_no_table(table: MakeTable) -> None:
    with pytest.raises(DataError, match="All of its lines are blank or skipped"):
        read(TableSource(table("a,b\n1,2\n").path, skip=5))


def test_ten_thousand_columns(table: MakeTable) -> None:
    row = ",".join(map(str, range(10_000)))
    source = table(",".join(f"c{at}" for at in range(10_000)), *[row] * 50)
    assert preview(source, detect=True).is_whole is False  # few of the rows are shown
    assert read_source(source).table.shape == (50, 10_000)


def test_a_field_of_a_hundred_megabytes(table: MakeTable) -> None:
    source = table(b'a,b\n1,"' + b"x" * 100_000_000 + b'"\n2,y\n')
    assert [len(cell.as_py()) for cell in read_source(source).table["b"]] == [100_000_000, 1]


def test_the_preview_shows_the_head_and_knows_whether_there_is_more(table: MakeTable) -> None:
    few = preview(table("a,b", "1,x", ",y"), detect=True)
    assert (few.rows, few.is_whole) == ((("1", "x"), ("", "y")), True)
    many = preview(table("a,b", *(f"{at},x" for at in range(200_000))), detect=True)
    assert len(many.rows) == 100
    assert not many.is_whole
