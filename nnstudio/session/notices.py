"""What happened, for the user to read: announced here, shown by a view."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from nnstudio.session.listeners import Listeners
from nnstudio.spec.errors import NotFiniteError, StudioError, as_studio_error

Level = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that happened: what, why, what to do about it, and details for those who ask.

    ``row_id`` is the layer that it is about, where it is about one.
    """

    level: Level
    what: str
    why: str = ""
    remedy: str = ""
    details: str = ""
    time: datetime = field(default_factory=datetime.now)
    row_id: str = ""


def notice_of(error: BaseException) -> Notice:
    """An exception as a notice."""
    known: StudioError = as_studio_error(error)
    row_id = known.row_id if isinstance(known, NotFiniteError) else ""
    return Notice("error", known.what, known.why, known.remedy, known.details, row_id=row_id)


class Notices:
    """All notices of this session, newest last. ``posted(notice)`` is told for each."""

    def __init__(self) -> None:
        self.posted: Listeners[[Notice]] = Listeners()
        self.all: list[Notice] = []

    def post(self, notice: Notice) -> None:
        self.all.append(notice)
        self.posted.tell(notice)

    def info(self, what: str, why: str = "") -> None:
        self.post(Notice("info", what, why))

    def warn(self, what: str, why: str = "", remedy: str = "") -> None:
        self.post(Notice("warning", what, why, remedy))

    def error(self, error: BaseException) -> None:
        self.post(notice_of(error))
