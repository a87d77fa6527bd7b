"""Text tables are read as pandas reads them, and what cannot be read is refused in a sentence."""

import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from nnstudio.data.text_table import _sentence, fingerprint, read_text_table
from nnstudio.spec.data import TableSource
from nnstudio.spec.errors import DataError

MakeTable = Callable[..., TableSource]


def read(source: TableSource) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = read_text_table(Path(source.path)).to_pydict()
    return columns


def test_numbers_text_truth_values_and_gaps(table: MakeTable) -> None:
    source = table("whole,real,text,truth,gap", "1,0.5,a,True,1", "2,1e-3,b b,False,", '3,-7,"c,c",,NA')
    assert read(source) == {
        "whole": [1, 2, 3],
        "real": [0.5, 0.001, -7.0],
        "text": ["a", "b b", "c,c"],
        "truth": [True, False, None],
        "gap": [1.0, None, None],
    }


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_utf8_with_and_without_marks(table: MakeTable, start: bytes, end: str) -> None:
    source = table(start + end.join(["größe,名前", "1,ä", "2,ß", ""]).encode())
    assert read(source) == {"größe": [1, 2], "名前": ["ä", "ß"]}


def test_tabs_separate_the_cells_of_a_tsv_file(table: MakeTable) -> None:
    assert read(table("a\tb", "1\tx,y", name="table.tsv")) == {"a": [1], "b": ["x,y"]}


def test_infinities_stay_numbers(table: MakeTable) -> None:
    assert read(table("a,b", "inf,1", "-inf,2")) == {"a": [float("inf"), float("-inf")], "b": [1, 2]}


def test_a_column_that_starts_like_numbers_is_read_as_text_throughout(table: MakeTable) -> None:
    lines = [f"{row},{row}" for row in range(1_100_000)]  # more than pandas infers a type from at once
    source = table("a,b", *lines, "5,many")
    columns = read_text_table(Path(source.path))
    assert columns.schema.types == [pa.int64(), pa.large_string()]
    assert columns["b"][0].as_py() == "0"
    assert columns["b"][1_100_000].as_py() == "many"


def test_numbers_of_more_than_64_bits_are_text(table: MakeTable) -> None:
    big = "123456789012345678901234567890"
    assert read(table("a,b", f"{big},1", f"-{big},2")) == {"a": [big, f"-{big}"], "b": [1, 2]}


def test_floats_are_read_to_the_last_bit(table: MakeTable) -> None:
    values = [0.1 + 0.2, 1 / 3, 2.2250738585072014e-308, 1.7976931348623157e308]
    assert read(table("a", *map(repr, values)))["a"] == values


def test_the_fingerprint_is_the_sha256_of_the_bytes(table: MakeTable) -> None:
    source = table(b"abc")
    assert fingerprint(Path(source.path)) == ("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")


def test_what_the_parser_says_in_other_words_is_passed_on() -> None:
    assert _sentence("Error tokenizing data.\nC error: out of memory\n") == "C error: out of memory"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "“table.csv” is empty."),
        (b"\n\n\n", "“table.csv” is empty."),
        (b"a,b\n", "“table.csv” has no rows. It only names its columns."),
        (b"a,b\n1,2\n3,4\n5,6,7\n", "Line 4 has 3 cells, but there are 2 columns."),
        (b"a,b\n1,2,3\n4,5,6\n", "Its first row has more cells than the first line names columns."),
        (b'a,b\n1,2\n3,"4\n5,6\n', "A quotation mark is opened about line 3 and never closed."),
        ("größe,b\n1,2\n".encode("latin-1"), "It is not text in UTF-8."),
        ("a,b\nx,größe\n".encode("latin-1"), "It is not text in UTF-8."),
        ("a,b\n1,2\n".encode("utf-16"), "It is not text in UTF-8."),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "It is not text in UTF-8."),
        (b"PK\x03\x04\0\0", "It is a ZIP archive, as Excel files are."),
        (b"\x1f\x8b\x08\0", "It is packed (gzip)."),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(table: MakeTable, content: bytes, sentence: str) -> None:
    with pytest.raises(DataError, match=re.escape(sentence)):
        read(table(content))
