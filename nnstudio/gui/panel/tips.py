"""What a pointer that rests is told. Names come from strangers, and may look like markup, which Qt would obey."""

from __future__ import annotations

from html import escape


def plain_tip(text: str) -> str:
    """A tooltip that shows ``text`` as it is, wrapped where it is long."""
    lines = escape(text).replace("\n", "<br>")
    return f"<qt>{lines}</qt>"


def literal_tip(text: str) -> str:
    """``text`` as a tooltip that is only as wide as its lines, unless it could be taken for markup."""
    return plain_tip(text) if "<" in text else text
