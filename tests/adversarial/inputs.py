"""Files as nobody wants them: each function fills a folder and returns the path to open."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import pickle
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

Make = Callable[[Path], Path]

GOOD = "length,width,species\n" + "".join(f"{at % 7 + 0.5},{at / 10},{'ab'[at % 2]}\n" for at in range(40))
"""A table that works, to be spoilt."""

PIECE = b"1,2\n" * 2**18
PIECES = 80
"""Bombs unfold to so many MiB of the same row: more than a packed file may unfold to whatever its size."""


def file(content: str | bytes, name: str = "table.csv") -> Make:
    """A file with that content."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def table(header: str, lines: Iterable[str]) -> Make:
    """A text table of lines, which are made when the file is."""

    def make(folder: Path) -> Path:
        return file("\n".join([header, *lines]) + "\n")(folder)

    return make


def few(cell: Callable[[int], str], header: str = "value,size,species") -> Make:
    """Forty rows of a cell to be looked at, a number and one of two classes."""

    def make(folder: Path) -> Path:
        return table(header, (f"{cell(at)},{at / 10},{'ab'[at % 2]}" for at in range(40)))(folder)

    return make


def wide(folder: Path) -> Path:
    """10,000 columns of 50 rows."""
    values = np.random.default_rng(0).normal(size=(50, 10_000)).round(3).astype(str)
    lines = [",".join([*map(str, row), "ab"[at % 2]]) for at, row in enumerate(values)]
    return table(",".join([*(f"c{at}" for at in range(10_000)), "species"]), lines)(folder)


def distinct_words(folder: Path) -> Path:
    """A million different words beside a column to learn from."""
    return table("word,size,species", (f"word {at},{at % 9},{'ab'[at % 2]}" for at in range(1_000_000)))(folder)


def long_field(size: int = 20_000_000) -> Make:
    """One cell of so many letters."""
    return few(lambda at: "x" * size if at == 7 else f"y{at % 3}")


def packed(pack: Callable[[bytes], bytes], suffix: str, cut: int = 0) -> Make:
    """The good table, packed, and cut by so many bytes."""
    content = pack(GOOD.encode())
    return file(content[: len(content) - cut], f"table.csv.{suffix}")


def zstd(content: bytes) -> bytes:
    packed: bytes = pa.compress(content, "zstd", asbytes=True)
    return packed


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress, "bz2": bz2.compress, "xz": lambda content: lzma.compress(content, preset=0), "zst": zstd
}  # fmt: skip


def bomb(suffix: str, folder: Path) -> Path:
    """A small file that unfolds to many MiB; packed files may be strung together."""
    return file(PACKERS[suffix](PIECE) * PIECES, f"bomb.csv.{suffix}")(folder)


def archive(members: dict[str, bytes | str], name: str = "files.zip") -> Make:
    """A ZIP archive of such members."""

    def make(folder: Path) -> Path:
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as made:
            for member, content in members.items():
                made.writestr(member, content)
        return folder / name

    return make


def bomb_archive(folder: Path) -> Path:
    return archive({"bomb.csv": PIECE * PIECES}, "bomb.zip")(folder)


def locked_archive(folder: Path) -> Path:
    """A ZIP archive that says to be encrypted."""
    path = archive({"table.csv": GOOD})(folder)
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(mark) + place] |= 1
    path.write_bytes(content)
    return path


def picture(name: str = "table.csv") -> Make:
    """A PNG under another name."""

    def make(folder: Path) -> Path:
        Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(folder / name, "PNG")
        return folder / name

    return make


def linked(target: str) -> Make:
    """A file that is a link."""

    def make(folder: Path) -> Path:
        (folder / "table.csv").symlink_to(target)
        return folder / "table.csv"

    return make


def fifo(folder: Path) -> Path:
    """A pipe in which nobody writes: opening it waits for ever."""
    os.mkfifo(folder / "table.csv")
    return folder / "table.csv"


# ---- Workbooks, databases, arrays, JSON, Parquet ----


def workbook(*rows: list[object]) -> Make:
    def make(folder: Path) -> Path:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(folder / "book.xlsx")
        return folder / "book.xlsx"

    return make


def bomb_workbook(folder: Path) -> Path:
    """A workbook of half a MiB whose sheet is 512 MiB long."""
    path = workbook(["a"], [1])(folder)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as made, made.open("xl/more.xml", "w") as part:
        piece = b" " * 2**24
        for _ in range(32):
            part.write(piece)
    return path


def database(*statements: str) -> Make:
    def make(folder: Path) -> Path:
        with closing(sqlite3.connect(folder / "data.db")) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()
        return folder / "data.db"

    return make


class Thief:
    """What a pickle may do when it is opened."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[object, tuple[str, ...]]:
        return os.system, (self.command,)


def stolen(folder: Path) -> Path:
    """What is there if a trap did its work."""
    return folder / "stolen"


def evil_pt(folder: Path) -> Path:
    """A file of PyTorch's form that runs a command when it is unpickled."""
    pickled = pickle.dumps({"x": Thief(f"touch {stolen(folder)}")})
    return archive({"data/data.pkl": pickled, "data/version": b"3\n"}, "data.pt")(folder)


def evil_pickle(name: str) -> Make:
    return lambda folder: file(pickle.dumps(Thief(f"touch {stolen(folder)}")), name)(folder)


def evil_npy(folder: Path) -> Path:
    np.save(folder / "data.npy", np.array([Thief(f"touch {stolen(folder)}")], object), allow_pickle=True)
    return folder / "data.npy"


def lying_npy(folder: Path) -> Path:
    """A header that promises eight terabytes."""
    text = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }\n"
    return file(b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text, "data.npy")(folder)


def cut_parquet(folder: Path) -> Path:
    pq.write_table(pa.table({"a": [1, 2, 3]}), folder / "table.parquet")
    return file((folder / "table.parquet").read_bytes()[:-20], "table.parquet")(folder)


def empty_parquet(folder: Path) -> Path:
    pq.write_table(pa.table({"a": pa.array([], pa.int64())}), folder / "table.parquet")
    return folder / "table.parquet"


# ---- Pictures ----


def pictures(**spoilt: bytes) -> Make:
    """Two classes of eight pictures each, and files that are none."""

    def make(folder: Path) -> Path:
        for at in range(16):
            path = folder / "pictures" / "ab"[at % 2] / f"{at}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.full((8, 8, 3), at * 15, np.uint8)).save(path)
        for name, content in spoilt.items():
            (folder / "pictures" / "a" / f"{name}.png").write_bytes(content)
        return folder / "pictures"

    return make


def looped_pictures(folder: Path) -> Path:
    """A class folder that holds a link to all of them."""
    path = pictures()(folder)
    (path / "a" / "again").symlink_to(path, target_is_directory=True)
    return path


def empty_folder(folder: Path) -> Path:
    (folder / "pictures").mkdir()
    return folder / "pictures"


def png(width: int, height: int, pixels: bytes = b"") -> bytes:
    """A grey PNG that says to be of that size, whatever it holds."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = zlib.compress(pixels)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def cut_jpeg() -> bytes:
    stream = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    Image.fromarray(noise).save(stream, "JPEG")
    return stream.getvalue()[:300]
