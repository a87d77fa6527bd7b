"""Every error is a sentence for the user, survives a pipe, and has its place in the tree."""

from __future__ import annotations

import copy
import errno
import pickle
import sqlite3

import pytest
from hypothesis import given

from nnstudio.spec import errors
from nnstudio.spec.errors import (
    GONE,
    DataError,
    FileError,
    ModelFileError,
    NotFiniteError,
    OutOfMemory,
    ProjectFileError,
    ShapeError,
    SpecError,
    StudioError,
    TrainingError,
    UnexpectedError,
    as_studio_error,
)
from tests.spec.strategies import few, words

ERRORS = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, StudioError)]
each_error = pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)


@each_error
@few
@given(what=words, why=words, remedy=words, details=words)
def test_errors_survive_a_pipe(kind: type[StudioError], what: str, why: str, remedy: str, details: str) -> None:
    error = kind(what, why, remedy, details)
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301  # what the test itself pickled
        assert type(twin) is kind
        assert (twin.what, twin.why, twin.remedy, twin.details) == (what, why, remedy, details)
        assert str(twin) == str(error)


@each_error
def test_every_error_is_drawn_in_the_tree(kind: type[StudioError]) -> None:
    tree = (errors.__doc__ or "").splitlines()
    (line,) = [line for line in tree if kind.__name__ in line.replace("─", " ").replace("│", " ").split()[:2]]
    depth = len(kind.__mro__) - StudioError.__mro__.__len__()
    assert len(line[: line.index(kind.__name__)]) == 4 * depth
    assert kind.__doc__


@pytest.mark.parametrize(
    ("child", "parent"),
    [
        (ShapeError, SpecError),
        (DataError, FileError),
        (ProjectFileError, FileError),
        (ModelFileError, FileError),
        (NotFiniteError, TrainingError),
        (OutOfMemory, TrainingError),
    ],
)
def test_errors_are_caught_by_family(child: type[StudioError], parent: type[StudioError]) -> None:
    assert issubclass(child, parent)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (StudioError("It broke."), "It broke."),
        (StudioError("It broke.", "It fell."), "It broke. It fell."),
        (StudioError("It broke.", "", "Glue it."), "It broke. Glue it."),
        (StudioError("It broke.", "It fell.", "Glue it.", "Traceback …"), "It broke. It fell. Glue it."),
    ],
)
def test_the_text_is_all_but_the_details(error: StudioError, text: str) -> None:
    assert str(error) == text


NO_MEMORY = (
    "Memory ran out. The batch, the network or the table is too large for this machine. "
    "Choose a smaller batch size or a smaller network."
)


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (MemoryError(), OutOfMemory, NO_MEMORY),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), OutOfMemory, NO_MEMORY),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB."), OutOfMemory, NO_MEMORY),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), OutOfMemory, NO_MEMORY),
        (RuntimeError("DefaultCPUAllocator: not enough memory: you tried"), OutOfMemory, NO_MEMORY),
        (
            FileNotFoundError(errno.ENOENT, "No such file", "t.csv"),
            FileError,
            f"“t.csv” is not there. {GONE}",
        ),
        (
            FileNotFoundError("nothing"),
            FileError,
            f"A file is not there. {GONE}",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "t.csv"),
            FileError,
            (
                "“t.csv” may not be read or written. The system refused access to it. "
                "Ask its owner for access, or choose another place."
            ),
        ),
        (
            OSError(errno.ENOSPC, "No space left on device", "t.csv"),
            FileError,
            "The disk is full. “t.csv” could not be written. Delete what you do not need on that disk, and try again.",
        ),
        (
            sqlite3.OperationalError("database or disk is full"),
            FileError,
            (
                "The disk is full. What was to be written found no room. "
                "Delete what you do not need on that disk, and try again."
            ),
        ),
        (
            IsADirectoryError(errno.EISDIR, "Is a directory", "d"),
            FileError,
            "“d” is a folder. A file is wanted here. Name a file.",
        ),
        (
            NotADirectoryError(errno.ENOTDIR, "Not a directory", "d/e"),
            FileError,
            "“d/e” cannot be there. What stands above it is a file, and not a folder. Choose another place.",
        ),
        (
            OSError(errno.ENAMETOOLONG, "File name too long", f"d/{'n' * 300}"),
            FileError,
            f"“{'n' * 40}…” is too long a name. The system takes no such name. Choose a shorter one.",
        ),
        (OSError("It is broken."), FileError, "A file could not be used. It is broken."),
        (OSError(), FileError, "A file could not be used."),
        (
            ZeroDivisionError("division by zero"),
            UnexpectedError,
            (
                "Something went wrong inside nnstudio. ZeroDivisionError: division by zero. "
                "Your project is unchanged. The details help to report it."
            ),
        ),
        (
            KeyboardInterrupt(),
            UnexpectedError,
            (
                "Something went wrong inside nnstudio. KeyboardInterrupt. "
                "Your project is unchanged. The details help to report it."
            ),
        ),
    ],
    ids=repr,
)
def test_any_exception_becomes_a_sentence(error: BaseException, kind: type[StudioError], text: str) -> None:
    known = as_studio_error(error)
    assert type(known) is kind
    assert str(known) == text
    assert type(error).__name__ in known.details


@each_error
def test_an_error_for_the_user_stays_what_it_is(kind: type[StudioError]) -> None:
    error = kind("It broke.", "It fell.", "Glue it.", "here")
    assert as_studio_error(error) is error


def test_the_details_are_the_whole_traceback_with_its_cause() -> None:
    def fall() -> None:
        try:
            raise KeyError("lost")
        except KeyError as cause:
            raise ValueError("found") from cause

    with pytest.raises(ValueError, match="found") as raised:
        fall()
    details = as_studio_error(raised.value).details
    assert "in fall" in details
    assert details.index("KeyError: 'lost'") < details.index("ValueError: found")
