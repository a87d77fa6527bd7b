"""What a file is, is told by its first bytes; what is no table is refused by its name."""

import gzip
import json
import pickle
import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnstudio.data.detect import pictures_named_by, source_for
from nnstudio.data.source import preview
from nnstudio.spec.errors import DataError
from nnstudio.spec.sources import (
    ArraySource,
    ColumnarSource,
    ExcelSource,
    ImageFolderSource,
    ImageIndexSource,
    JsonSource,
    Source,
    SqliteSource,
    TableSource,
)


def archive(*names: str) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"a,b\n1,2\n", TableSource),
        (b"", TableSource),  # whose reader says that it is empty
        (b"BMI,age\n22,40\n", TableSource),
        (b"MZ,ID3\n22,40\n", TableSource),
        (b"\x1f\x8b\x08", TableSource),
        (archive("folder/a.csv"), TableSource),
        (b"PK\x03\x04 cut off", TableSource),
        (archive("[Content_Types].xml", "xl/workbook.xml"), ExcelSource),
        (b"PAR1 and more", ColumnarSource),
        (b"ARROW1\0\0 and more", ColumnarSource),
        (b"FEA1 and more", ColumnarSource),
        (b"\x93NUMPY\x01\x00", ArraySource),
        (archive("x.npy", "y.npy"), ArraySource),
        (archive("weights/data.pkl", "weights/data/0"), ArraySource),
        (b"SQLite format 3\0 and more", SqliteSource),
        (b' \n[{"a": 1}]', JsonSource),
        (b'\xef\xbb\xbf{"a": 1}\n{"a": 2}', JsonSource),
    ],
)
def test_files_are_told_by_their_bytes(tmp_path: Path, content: bytes, kind: type[Source]) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert source_for(path) == kind(str(path))  # type: ignore[call-arg]


def test_what_is_called_a_table_is_one_though_it_begins_like_records(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("[m],[s]\n1,2\n")
    assert source_for(path) == TableSource(str(path))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7 ...", "It seems to be a PDF document."),
        (b"\x89PNG\r\n\x1a\n\0\0", "It seems to be a picture (PNG)."),
        (b"\xff\xd8\xff\xe0", "It seems to be a picture (JPEG)."),
        (b"BM\0\0\0", "It seems to be a picture (BMP)."),
        (b"MZ\x90\0", "It seems to be a program."),
        (b"\x7fELF\x02", "It seems to be a program."),
        (b"\n <!DOCTYPE html><html>", "It seems to be a web page. What was downloaded is a page about the data"),
        (b"<html>", "It seems to be a web page."),
        (b"<?xml version='1.0'?>", "It seems to be an XML document."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (.xls or .doc). Save it as .xlsx or as CSV"),
        (archive("word/document.xml"), "It seems to be an Office document."),
        (archive("mimetype", "content.xml"), "It seems to be an OpenDocument file."),
        (archive("xl/workbook.bin"), "It seems to be a binary Excel workbook (.xlsb)."),
        (pickle.dumps({"a": [1]}), "It seems to be a Python pickle. Opening it could run a stranger's program"),
    ],
)
def test_what_is_something_else_is_named(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"“data[.]csv” is no table[.] ") as error:
        source_for(path)
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PAR1 and more", "a table of another kind"),
        (b"a.csv".ljust(257, b"\0") + b"ustar", "an archive of files (tar)"),
    ],
)
def test_only_texts_are_read_packed(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "data.gz"
    path.write_bytes(gzip.compress(content))
    with pytest.raises(DataError) as error:
        source_for(path)
    assert error.value.why == f"It is packed (gzip), and what it holds seems to be {what}."
    path.write_bytes(gzip.compress(b"a,b\n1,2\n"))
    assert source_for(path) == TableSource(str(path))
    path.write_bytes(gzip.compress(b'[{"a": 1}]'))
    assert source_for(path) == JsonSource(str(path))


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["about.txt", "a.json"], TableSource),
        (["picture.png", "a.json"], JsonSource),
        (["a.jsonl"], JsonSource),
        (["a.json", "b.csv"], TableSource),
    ],
)
def test_an_archive_is_read_as_what_is_read_of_it(tmp_path: Path, names: list[str], kind: type[Source]) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name in names:
            file.writestr(name, '{"a": 1}' if "json" in name else "a,b\n1,2\n")
    assert source_for(path) == kind(str(path))  # type: ignore[call-arg]  # every source begins with its path


def test_tensors_are_left_to_those_who_open_them_safely(tmp_path: Path) -> None:
    path = tmp_path / "old.pt"
    path.write_bytes(pickle.dumps([1]))
    assert source_for(path) == ArraySource(str(path))


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    for name, sentence in {
        "none.csv": "“none.csv” is not there. It was moved, renamed or deleted, or its name is misspelt.",
        "loop.csv": "“loop.csv” cannot be opened. It is a link that leads back to itself.",
        "a\0b": "There can be no such name.",
    }.items():
        with pytest.raises(DataError, match=re.escape(sentence)):
            source_for(tmp_path / name)


def test_a_folder_is_one_of_pictures(picture: Callable[..., Path], tmp_path: Path) -> None:
    picture("a/1.png", np.zeros((4, 6), np.uint8))
    found = source_for(tmp_path / "pictures")
    assert isinstance(found, ImageFolderSource)
    assert (found.width, found.height, found.colour) == (6, 4, "grey")


def test_a_table_that_names_pictures_is_an_index_of_them(tmp_path: Path) -> None:
    (tmp_path / "shots").mkdir()
    for name in "abc":
        Image.fromarray(np.zeros((4, 6), np.uint8)).save(tmp_path / "shots" / f"{name}.png")
    index = tmp_path / "index.csv"
    index.write_text("file,label\n" + "".join(f"shots/{name}.png,x{name}\n" for name in "abc"))
    found = pictures_named_by(preview(source_for(index), detect=True))
    assert found == ImageIndexSource(str(index), "file", 6, 4, "grey")
    index.write_text("file,label\n" + "".join(f"elsewhere/{name}.png,x{name}\n" for name in "abc"))
    assert pictures_named_by(preview(source_for(index), detect=True)) is None


def test_records_are_found_in_a_file_of_any_name(tmp_path: Path) -> None:
    path = tmp_path / "export.txt.bak"
    path.write_text(json.dumps([{"a": 1, "b": 2}]))
    assert isinstance(source_for(path), JsonSource)
