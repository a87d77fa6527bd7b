"""Records in JSON, whatever they lie in."""

import bz2
import gzip
import json
import lzma
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.data.detect import source_for
from nnstudio.data.reading import json_records
from nnstudio.data.reading.readers import Read
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import Preview
from nnstudio.spec.sources import JsonSource

Write = Callable[..., JsonSource]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str | bytes, name: str = "a.json", records: str = "") -> JsonSource:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return JsonSource(str(path), records)

    return write


def opened(source: JsonSource) -> tuple[Preview, Read]:
    """As opening does it: preview, then all with what was detected."""
    preview = json_records.preview(source, True)
    assert isinstance(preview.source, JsonSource)
    return preview, json_records.read(preview.source)


def zipped(content: bytes) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("folder/a.json", content)
        archive.writestr("folder/picture.png", b"")
    return made.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]',
        '{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n',
        '\n{"a": 1, "b": "x"}\r\n\r\n{"a": 2, "b": "y"}',
        '{"rows": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]}',
        '{"answer": {"rows": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]}, "few": [{"c": 1}]}',
        '{"a": [1, 2], "b": ["x", "y"]}',
        '{"a": {"0": 1, "1": 2}, "b": {"0": "x", "1": "y"}}',
        b'\xef\xbb\xbf[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]',
        '[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]'.encode("utf-16"),
    ],
)
def test_records_are_found(write: Write, text: str | bytes) -> None:
    preview, found = opened(write(text))
    assert found.table.to_pydict() == {"a": [1, 2], "b": ["x", "y"]}
    assert (preview.rows, preview.is_whole) == ((("1", "x"), ("2", "y")), True)


def test_the_longest_list_is_suggested_and_the_others_offered(write: Write) -> None:
    source = write('{"meta": {"n": 1}, "x": [{"q": 0}], "deep": {"y": [{"a": 1}, {"a": 2}]}}')
    preview, found = opened(source)
    assert preview.source == JsonSource(source.path, "deep.y")
    assert (preview.choices, found.choices) == (("x", "deep.y"), ("x", "deep.y"))
    assert json_records.read(JsonSource(source.path, "x")).table.to_pydict() == {"q": [0]}


def test_a_list_that_is_not_there_is_said_with_those_that_are(write: Write) -> None:
    with pytest.raises(DataError, match=r"no list of records at “z”\. There are lists at “x”\. Choose one of them\."):
        json_records.read(write('{"x": [{"q": 0}]}', records="z"))


def test_records_in_records_become_dotted_columns(write: Write) -> None:
    _, found = opened(write('[{"who": {"name": "Ann", "at": {"x": 1}}, "tags": ["a"]}, {"who": null, "tags": []}]'))
    assert found.table.to_pylist() == [
        {"who.name": "Ann", "who.at.x": 1, "tags": '["a"]', "who": None},
        {"who.name": None, "who.at.x": None, "tags": "[]", "who": None},
    ]


def test_what_lies_too_deep_becomes_text(write: Write) -> None:
    deep = '{"k": ' * 20 + "1" + "}" * 20
    _, found = opened(write(f"[{deep}]"))
    (name,) = found.table.column_names
    assert name == ".".join("k" * 9)
    assert json.loads(found.table.column(0)[0].as_py())["k"]["k"]


def test_lists_are_rows_and_bare_values_a_column(write: Write) -> None:
    assert opened(write('[[1, "x"], [2, "y"]]'))[1].table.to_pydict() == {"column 1": [1, 2], "column 2": ["x", "y"]}
    assert opened(write("[1, 2, null]"))[1].table.to_pydict() == {"value": [1, 2, None]}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "“a.json” is empty."),
        ("[]", "“a.json” holds no records. Its list is empty."),
        ("{}", "“a.json” holds no list of records. A table in JSON is a list of objects, or one object in each line."),
        ('{"a": 1}', "“a.json” holds no list of records."),
        ("hello", "“a.json” could not be read. Line 1 is no JSON, or is cut off."),
        ('[{"a": 1},\n{"a": 2},\n{"a": }]', "Line 3 is no JSON, or is cut off."),
        ('{"a": 1}\n{"a": 2}\n{"a": 3', "Line 3 is no JSON, or is cut off."),
        ('[{"a": 1}, {"a": 2}', "Line 1 is no JSON, or is cut off."),
        ("[" * 100_000, "Its lists and objects are nested too deeply."),
        ('[{"a": ' * 50_000, "Its lists and objects are nested too deeply."),
        ('[{"a": ' + "9" * 5_000 + "}]", "“a.json” could not be read."),
        (b'["\xff"]', "It is no text in UTF-8, as JSON is."),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(write: Write, text: str | bytes, sentence: str) -> None:
    source = write(text)
    with pytest.raises(DataError) as caught:
        json_records.read(source)
    assert sentence in str(caught.value)


def test_what_utf_8_cannot_have_is_replaced(write: Write) -> None:
    _, found = opened(write('[{"\\ud800": "\\ud800", "b": {"\\udfff": 1}}]'))
    assert found.table.to_pylist() == [{"?": "?", "b.?": 1}]


def test_a_preview_of_a_long_list_reads_its_head(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "HEAD", 3_000)
    preview = json_records.preview(write(json.dumps([{"a": at} for at in range(10_000)])), True)
    assert (len(preview.rows), preview.is_whole) == (100, False)


def test_progress_comes_to_its_end(write: Write) -> None:
    for text in ("\n".join(['{"a": 1}'] * 20_000), json.dumps([{"a": 1}] * 20_000)):
        told: list[tuple[int, int, str]] = []
        json_records.read(write(text), lambda *at, told=told: told.append(at))
        assert len(told) == 3
        assert told == sorted(told)
        assert told[-1][1] - 2 <= told[-1][0] <= told[-1][1]


values = st.none() | st.integers(-(2**40), 2**40) | st.booleans()
names = st.text("abc", min_size=1, max_size=2)


@given(st.lists(st.dictionaries(names, values, max_size=3), min_size=1, max_size=8))
def test_lines_and_lists_hold_the_same(tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, int]]) -> None:
    records = [{"id": 1, **record} for record in records]
    folder = tmp_path_factory.mktemp("json")
    (folder / "list.json").write_text(json.dumps(records))
    (folder / "lines.jsonl").write_text("\n".join(map(json.dumps, records)))
    as_list = json_records.read(JsonSource(str(folder / "list.json"))).table
    assert json_records.read(JsonSource(str(folder / "lines.jsonl"))).table.equals(as_list)
    assert as_list.num_rows == len(records)


@pytest.mark.parametrize(
    ("name", "pack"),
    [("a.json.gz", gzip.compress), ("a.json.bz2", bz2.compress), ("a.json.xz", lzma.compress), ("a.json.zip", zipped)],
)
@pytest.mark.parametrize(
    "content", [b'[{"a": 1}, {"a": 2}]', b'{"a": 1}\n{"a": 2}\n', b'{"rows": [{"a": 1}, {"a": 2}]}']
)
def test_packed_records(tmp_path: Path, name: str, pack: Callable[[bytes], bytes], content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(pack(content))
    source = source_for(path)
    assert isinstance(source, JsonSource)
    shown = json_records.preview(source, True)
    assert shown.rows == (("1",), ("2",))
    assert shown.is_whole
    assert isinstance(shown.source, JsonSource)
    assert json_records.read(shown.source).table.to_pydict() == {"a": [1, 2]}


def test_a_single_record_in_a_packed_file_of_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"a": [{"b": 1}]}'))
    assert json_records.read(JsonSource(str(path))).table.column_names == ["a"]


def test_packed_records_that_are_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "a.json.gz"
    path.write_bytes(gzip.compress(b'[{"a": 1}]')[:-4])
    with pytest.raises(DataError, match="damaged or cut off"):
        json_records.read(JsonSource(str(path)))
