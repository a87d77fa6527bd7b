"""How the bytes of a text spell letters, judged by its head."""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

from nnstudio.data.reading.blocks import is_utf8

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""How texts begin that say what they are; the mark of UTF-32 begins like that of UTF-16."""

OTHERS = [
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "shift_jis",
    "gb18030",
    "euc_kr",
    "big5",
    "koi8_r",
]
"""What is considered beside the encodings of western Europe."""

WESTERN = frozenset(
    "äöüÄÖÜßàâæçéèêëîïôœùûÿÀÂÆÇÉÈÊËÎÏÔŒÙÛŸáíóúñÁÍÓÚÑ¿¡åøÅØãõÃÕìòÌÒðþÐÞý€£¥§°±²³µ·×÷½¼¾«»–—‘’‚“”„…•™®©¢\u00a0ªº"  # noqa: RUF001  # quotation marks of Windows
)
"""What western languages add to ASCII."""

FEW = 0.2
"""Western letters are at most such a share of a western text's letters."""


def encoding_of(head: bytes) -> str:
    """The encoding of a text that begins with ``head``; empty where it seems to be no text."""
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    if b"\0" in head:
        return _wide(head)
    if _decodes(head, "utf-8"):
        return "utf-8"
    return _western(head) or _guessed(head)


def decode(head: bytes, encoding: str) -> str:
    """``head`` as text; a letter that is cut off at its end is left out. Raises UnicodeError."""
    name = "utf-8-sig" if is_utf8(encoding) else encoding
    return codecs.getincrementaldecoder(name)().decode(head)


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        decode(head, encoding)
    except UnicodeError:
        return False
    return True


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: every other byte of western text is NUL; empty where that is not so."""
    even, odd = head[::2], head[1::2]
    high, low = odd.count(0) / max(1, len(odd)), even.count(0) / max(1, len(even))
    if high > 0.4 and low < 0.05:
        return "utf-16-le" if _decodes(head, "utf-16-le") else ""
    if low > 0.4 and high < 0.05:
        return "utf-16-be" if _decodes(head, "utf-16-be") else ""
    return ""


def _western(head: bytes) -> str:
    """Windows-1252 (Latin-1 where that has no such letter), if all that it adds to ASCII is western and rare."""
    name = "cp1252" if _decodes(head, "cp1252") else "latin-1"
    text = decode(head, name)
    added = [letter for letter in text if letter >= "\x80"]
    letters = sum(1 for letter in text if letter.isalpha())
    return name if set(added) <= WESTERN and len(added) <= FEW * max(letters, 1) else ""


def _guessed(head: bytes) -> str:
    best = from_bytes(head, cp_isolation=[*OTHERS, "cp1252"]).best()
    if best is not None and not _is_binary(head):
        return best.encoding
    return "" if _is_binary(head) else "cp1252" if _decodes(head, "cp1252") else "latin-1"


def _is_binary(head: bytes) -> bool:
    """Whether control characters abound that no text has."""
    controls = sum(head.count(byte) for byte in range(32) if byte not in b"\t\n\r\f\x1b")
    return controls > len(head) / 100
