"""What is refused before a workbook is opened: other files under its name, and archives that unfold without end."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from nnstudio.spec.errors import DataError

MOST_UNPACKED = 2**31
"""Bytes of XML that a workbook may unfold to: one of a million rows and 30 columns has half as much."""

MOST_RATIO, SMALL = 200, 2**27
"""A workbook beyond `SMALL` bytes that unfolds to more than so many times its size is a trap; common are 5 to 50."""


def require_workbook(path: Path, head: bytes) -> None:
    """Raise `DataError` where a file does not begin as workbooks do."""
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise DataError(
            f"“{path.name}” is not read.",
            "It is an Excel workbook of the old form (.xls), or one that is protected by a password.",
            "Open it in Excel or LibreOffice and save it as .xlsx, without a password.",
        )
    if not head.startswith(b"PK"):
        raise damaged(path, repr(head))


def require_small(path: Path, file: Any) -> None:
    """Raise `DataError` where the archive is a trap, or holds something else than a workbook."""
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
        size = sum(part.file_size for part in archive.infolist())
        packed = max(1, path.stat().st_size)
    if size > MOST_UNPACKED or (size > SMALL and size > MOST_RATIO * packed):
        raise DataError(
            f"“{path.name}” was not read.",
            f"It would unfold from {packed / 2**20:,.1f} MB to {size / 2**20:,.0f} MB, as traps do.",
            "If you trust it, save its sheet as CSV and open that.",
        )
    if "xl/workbook.bin" in names or "content.xml" in names:
        form = "an OpenDocument spreadsheet (.ods)" if "content.xml" in names else "a binary Excel workbook (.xlsb)"
        raise DataError(f"“{path.name}” is not read.", f"It is {form}.", "Save it as .xlsx or CSV and open that.")


def damaged(path: Path, details: str) -> DataError:
    """What is said of a workbook that openpyxl cannot read."""
    return DataError(
        f"“{path.name}” could not be read as an Excel workbook.",
        "It is damaged or cut off, or is something else.",
        "Open it in Excel or LibreOffice and save it again as .xlsx.",
        details,
    )
