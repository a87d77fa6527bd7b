"""How a file or folder is read: judged by its first bytes, then by its name."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from nnstudio.data.fingerprint import require_file
from nnstudio.data.pictures.advice import suggest_image_source
from nnstudio.data.pictures.image_index import picture_column, suggest_index_source
from nnstudio.data.reading.packed import TABLE_NAMES, packing_of, unpack
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import Preview
from nnstudio.spec.sources import (
    ArraySource,
    ColumnarSource,
    ExcelSource,
    ImageIndexSource,
    JsonSource,
    Source,
    SqliteSource,
    TableSource,
)

HEAD = 4_096
"""Bytes that tell what a file is."""

TABLES: tuple[tuple[bytes, type[Source]], ...] = (
    (b"PAR1", ColumnarSource),
    (b"PARE", ColumnarSource),
    (b"ARROW1", ColumnarSource),
    (b"FEA1", ColumnarSource),
    (b"\xff\xff\xff\xff", ColumnarSource),
    (b"\x93NUMPY", ArraySource),
    (b"SQLite format 3\0", SqliteSource),
)
"""How files of tables begin; a stream of Arrow begins with its continuation mark."""

OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"BM", "a picture (BMP)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (.xls or .doc)"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x89HDF", "an HDF5 file"),
    (b"RIFF", "a sound, film or WebP picture"),
    (b"ID3", "a sound (MP3)"),
    (b"OggS", "a sound (Ogg)"),
)
"""How files begin that are clearly something else."""

_RECORDS = re.compile(rb"\[\s*\{|\{\s*\"")
"""How records begin in a file that may be called anything."""

CHOOSE_TABLE = "Choose a table: CSV, Excel (.xlsx), Parquet, JSON, SQLite or arrays of NumPy."

REMEDIES = {
    "an old Office document (.xls or .doc)": "Save it as .xlsx or as CSV in the program that it comes from.",
    "a picture": "To learn from pictures, open the folder that they lie in, with one folder for each class.",
    "a web page": "What was downloaded is a page about the data rather than the data; download the file itself.",
    "a Python pickle": "Opening it could run a stranger's program; save the data as CSV, Parquet or .npz instead.",
}


def source_for(path: Path) -> Source:
    """How ``path`` is read: a folder as pictures, a table that names pictures as them, a file as what it holds.

    Raises `DataError` for what is missing, or clearly something else than a table.
    """
    path = path.absolute()
    if path.is_dir():
        return suggest_image_source(path)
    require_file(path)
    return table_source_for(path)


def table_source_for(path: Path) -> Source:
    """How the file ``path`` is read as a table, its options the usual ones; raises `DataError` as `source_for` does."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if kind := next((kind for magic, kind in TABLES if head.startswith(magic)), None):
        return kind(str(path))  # type: ignore[call-arg]  # every kind of source is a dataclass that begins so
    if packing := packing_of(head):
        return _in_zip(path) if packing == "ZIP" else _in_packing(path, packing)
    if head.startswith(b"\x80") and head[1:2] in b"\x02\x03\x04\x05":
        if path.suffix.casefold() in {".pt", ".pth"}:
            return ArraySource(str(path))
        raise _other(path, "a Python pickle")
    if other := next((name for magic, name in OTHERS if head.startswith(magic) and _is_sure(magic, head)), ""):
        raise _other(path, other)
    return _text(path, head, path.suffixes)


def _is_sure(magic: bytes, head: bytes) -> bool:
    """Whether a file that begins like something else is it: a text may begin with two or three of its letters."""
    return len(magic) >= 4 or not magic.isascii() or b"\0" in head


def _in_packing(path: Path, packing: str) -> Source:
    """A packed text table, or packed records; other tables are not read packed."""
    try:
        with unpack(path) as unpacked:
            head, name = unpacked.stream.read(HEAD), PurePosixPath(unpacked.held.member or path.name)
    except DataError:
        return TableSource(str(path))  # whose reader says that it is damaged
    is_tar = head[257:262] == b"ustar"
    if is_tar or any(head.startswith(magic) for magic, _ in TABLES) or packing_of(head):
        what = "an archive of files (tar)" if is_tar else "a table of another kind"
        raise DataError(
            f"“{path.name}” holds no text table.",
            f"It is packed ({packing}), and what it holds seems to be {what}.",
            "Unpack it first, and open what comes out.",
        )
    return _text(path, head, name.suffixes)


def _in_zip(path: Path) -> Source:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
    except (zipfile.BadZipFile, OSError):
        return TableSource(str(path))  # whose reader says that it is damaged
    files = {PurePosixPath(name).name for name in names}
    if "xl/workbook.xml" in names:
        return ExcelSource(str(path))
    if "data.pkl" in files or (names and all(name.endswith(".npy") for name in names)):
        return ArraySource(str(path))
    if "word/document.xml" in names or "ppt/presentation.xml" in names:
        raise _other(path, "an Office document")
    if "content.xml" in names and "mimetype" in names:
        raise _other(path, "an OpenDocument file")
    if "xl/workbook.bin" in names:
        raise _other(path, "a binary Excel workbook (.xlsb)")
    return _in_packing(path, "ZIP")


def _text(path: Path, head: bytes, suffixes: Sequence[str]) -> Source:
    """A text: records, a table, or a page; ``suffixes`` are those of its name."""
    begin = head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")[:20].lower()
    if begin.startswith((b"<!doctype html", b"<html")):
        raise _other(path, "a web page")
    if begin.startswith((b"<?xml", b"<svg")):
        raise _other(path, "an XML document")
    names_table = any(suffix.casefold() in TABLE_NAMES for suffix in suffixes)
    if _RECORDS.match(begin) or (begin[:1] in {b"{", b"["} and not names_table):
        return JsonSource(str(path))
    return TableSource(str(path))


def _other(path: Path, what: str) -> DataError:
    remedy = next((remedy for sort, remedy in REMEDIES.items() if what.startswith(sort)), CHOOSE_TABLE)
    return DataError(f"“{path.name}” is no table.", f"It seems to be {what}.", remedy)


def pictures_named_by(preview: Preview) -> ImageIndexSource | None:
    """How the pictures are read that a table names in its rows; None where it names none that exist."""
    path = Path(preview.source.path)
    names = [column.name for column in preview.columns]
    column = picture_column(names, preview.rows, path.parent)
    if column is None:
        return None
    place = names.index(column)
    return suggest_index_source(path, column, [row[place] for row in preview.rows])
