"""Numbers, counts and moments as a person writes them."""

from __future__ import annotations

NOTHING = "–"
"""Stands where there is no value."""


def counted(count: int, thing: str) -> str:
    """``1 row``, ``1,234 rows``."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {_plural(thing)}"


def _plural(thing: str) -> str:
    if thing.endswith(("ss", "tch")):
        return f"{thing}es"
    return f"{thing}s"


def capitalised(text: str) -> str:
    """``text`` with a capital letter at its beginning; names within it stay as they are."""
    return text[:1].upper() + text[1:]


def signed(written: str) -> str:
    """A number as it is printed: with a minus sign, which is as wide as a digit, instead of a hyphen."""
    return written.replace("-", "−")


def amount(value: float) -> str:
    """A number as a person writes it: ``2700``, ``12,700``, ``43.92``, ``0.00012``."""
    if value and not 1e-4 <= abs(value) < 1e9:
        return f"{value:.3g}"
    if abs(value) >= 10_000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def moment(iso: str) -> str:
    """A moment in ISO 8601 without a time of day that says nothing."""
    return iso.replace("T", " ").removesuffix(" 00:00:00")


def in_bytes(size: float) -> str:
    """``1.5 GB``: in powers of a thousand, as disks are sold."""
    for unit, least in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= least:
            return f"{size / least:,.1f} {unit}"
    return f"{size:,.0f} bytes"
