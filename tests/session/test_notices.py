"""What happened is announced once, kept, and worded for the user."""

from __future__ import annotations

from datetime import datetime

import pytest

from nnstudio.session.notices import Notice, Notices, notice_of
from nnstudio.spec.errors import DataError


def words(notice: Notice) -> tuple[str, str, str, str, str]:
    return notice.level, notice.what, notice.why, notice.remedy, notice.details


def test_notices_are_kept_in_order_and_told_once_each() -> None:
    notices = Notices()
    told: list[Notice] = []
    notices.posted.listen(told.append)
    notices.info("Saved.", "p.nnstudio")
    notices.warn("A run is under way.", "It belongs to the project.", "Stop it first.")
    notices.error(DataError("No target.", "None is chosen.", "Choose one.", "where"))
    assert told == notices.all
    assert [words(notice) for notice in told] == [
        ("info", "Saved.", "p.nnstudio", "", ""),
        ("warning", "A run is under way.", "It belongs to the project.", "Stop it first.", ""),
        ("error", "No target.", "None is chosen.", "Choose one.", "where"),
    ]


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (FileNotFoundError(2, "No such file", "t.csv"), "“t.csv” is not there."),
        (MemoryError(), "Memory ran out."),
        (ZeroDivisionError("division by zero"), "Something went wrong inside nnstudio."),
    ],
    ids=repr,
)
def test_any_exception_becomes_a_notice_with_details(error: Exception, what: str) -> None:
    notice = notice_of(error)
    assert (notice.level, notice.what) == ("error", what)
    assert type(error).__name__ in notice.details


def test_a_notice_knows_when_it_was_made() -> None:
    before = datetime.now()  # noqa: DTZ005  # notices carry the local time, for people
    notice = Notice("info", "Saved.")
    assert before <= notice.time <= datetime.now()  # noqa: DTZ005  # the same
