"""A text file of any encoding and packing as UTF-8, in blocks of whole lines."""

from __future__ import annotations

import codecs
import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from nnstudio.data.reading.packed import Held, unpack
from nnstudio.spec.errors import DataError
from nnstudio.spec.sources import TableSource

BLOCK = 2**24
"""Bytes of a block: starting on each costs nothing to speak of, and several are in memory at a time."""

LONGEST = 2**27
"""Bytes after which a quotation that is not closed is taken for a stray mark, and a line that does not end for none."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some whole lines in UTF-8, of which ``line`` is the number of the first; ``done`` bytes of the file are read."""

    content: bytes
    line: int
    done: int


@dataclass(frozen=True, eq=False, slots=True)
class Lines:
    """An open text file: its blocks, the bytes that it has on the disk, and what the archive holds that it lies in."""

    blocks: Iterator[Block]
    size: int
    held: Held


@contextlib.contextmanager
def open_lines(source: TableSource, size: int = BLOCK, is_head: bool = False) -> Iterator[Lines]:
    """The lines of ``source`` without a byte order mark, in blocks of ``size`` bytes; ``is_head``: of growing size.

    Iterating raises `DataError` where bytes are not of the encoding (UTF-8 is not checked), or hold NUL, or a line
    does not end.
    """
    path = Path(source.path)
    with unpack(path, source.member) as unpacked:
        pieces = _pieces(unpacked.stream, size, 2 if is_head else 1)
        text = pieces if is_utf8(source.encoding) else _as_utf8(pieces, source)
        whole = _whole_lines(_without_mark(text), source)
        yield Lines(_numbered(whole, unpacked.position, path.name), unpacked.size, unpacked.held)


def is_utf8(encoding: str) -> bool:
    """Whether text of that encoding is UTF-8 as it stands."""
    return codecs.lookup(encoding).name in {"utf-8", "utf-8-sig", "ascii"}


def _pieces(stream: IO[bytes], size: int, growth: int) -> Iterator[bytes]:
    while piece := stream.read(size):
        yield piece
        size *= growth


def _as_utf8(pieces: Iterable[bytes], source: TableSource) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(source.encoding)()
    try:
        for piece in pieces:
            yield decoder.decode(piece).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        raise not_in_encoding(source) from error


def not_in_encoding(source: TableSource) -> DataError:
    """Bytes that are no letters in the encoding of ``source``."""
    return DataError(
        f"“{Path(source.path).name}” could not be read as a table.",
        f"It is not text in {source.encoding.upper()}.",
        "Choose another encoding, or save it as CSV in UTF-8 in the program that it comes from.",
    )


def _without_mark(pieces: Iterable[bytes]) -> Iterator[bytes]:
    mark = codecs.BOM_UTF8
    for piece in pieces:
        yield piece.removeprefix(mark)
        mark = b"" if piece else mark


def _whole_lines(pieces: Iterable[bytes], source: TableSource) -> Iterator[bytes]:
    quote, rest = source.quote.encode(), b""
    for piece in pieces:
        rest += piece.replace(b"\r", b"\n") if b"\r" in piece and b"\n" not in piece else piece
        if cut := cut_after_lines(rest, quote) or (rest.rfind(b"\n") + 1 if len(rest) > LONGEST else 0):
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > LONGEST:
            raise DataError(
                f"“{Path(source.path).name}” could not be read as a table.",
                f"It has a line of more than {LONGEST // 2**20} MiB.",
                "Choose another file.",
            )
    if rest:
        yield rest


def cut_after_lines(content: bytes, quote: bytes) -> int:
    """Where the last line ends that is not within quotation marks; 0 where there is none.

    A wrong guess (a stray mark that opens no quotation) is safe: the parser then finds a quotation without an end.
    """
    end = content.rfind(b"\n") + 1
    odd = quote and content.count(quote, 0, end) % 2
    while odd and end:
        line = content.rfind(b"\n", 0, content.rfind(quote, 0, end)) + 1
        odd ^= content.count(quote, line, end) % 2
        end = line
    return end


def _numbered(whole: Iterable[bytes], position: Callable[[], int], name: str) -> Iterator[Block]:
    line = 1
    for content in whole:
        if (at := content.find(b"\0")) >= 0:
            raise nul(name, line + content.count(b"\n", 0, at))
        yield Block(content, line, position())
        line += content.count(b"\n")


def nul(name: str, line: int) -> DataError:
    """Bytes that no text has."""
    return DataError(
        f"“{name}” could not be read as a table.",
        f"Line {line:,} holds NUL, which no text does: it is damaged, or no text at all.",
        "Save or copy it again in the program that it comes from.",
    )
