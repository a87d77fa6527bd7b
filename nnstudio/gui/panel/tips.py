"""What a pointer that rests is told."""

from __future__ import annotations

from html import escape


def plain_tip(text: str) -> str:
    """A tooltip that shows ``text`` as it is: names come from strangers and may look like markup."""
    return f"<qt>{escape(text)}</qt>"
