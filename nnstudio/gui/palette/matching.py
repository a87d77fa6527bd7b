"""Which actions a few typed words mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """An action as the palette lists it; one that is not ``enabled`` says what it ``needs``."""

    id: str
    title: str
    menu: str
    help: str
    shortcut: str
    enabled: bool
    needs: str = ""


def matching(entries: Sequence[Entry], words: str) -> list[Entry]:
    """The entries in which every word occurs: what can be done now first, then titles that begin with the words.

    Before all of them comes what is called so, and says what it needs where it cannot be done now.
    """
    wanted = words.casefold().split()
    found = [entry for entry in entries if all(word in _text(entry) for word in wanted)]
    return sorted(found, key=lambda entry: _rank(entry, words.strip().casefold()))


def _text(entry: Entry) -> str:
    return f"{entry.menu} {entry.title} {entry.help}".casefold()


def _rank(entry: Entry, words: str) -> tuple[bool, bool, int]:
    """Smaller is better; entries of the same rank keep their order."""
    title = entry.title.casefold().removesuffix("…")
    if not words or title.startswith(words):
        place = 0
    elif f" {words}" in title:
        place = 1
    else:
        place = 2 if all(word in title for word in words.split()) else 3
    return title != words.removesuffix("…"), not entry.enabled, place
