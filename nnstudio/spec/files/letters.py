"""Names of files as text: on some systems they are bytes, of which not all are letters."""

from __future__ import annotations

import re

SURROGATES = re.compile(r"[\ud800-\udfff]")
"""What Python has in the place of bytes that are no letters; UTF-8 has no place for it."""


def as_text(name: str) -> str:
    """``name``, or a sentence with it, as UTF-8 can have it: with � for every byte that is no letter."""
    return SURROGATES.sub("\N{REPLACEMENT CHARACTER}", name)
