"""Everything that can go wrong, as one tree; each error is a sentence for the user and survives a pipe.

StudioError
├── SpecError             a value that cannot be (a field out of bounds, an unknown kind)
│   └── ShapeError        a layer that cannot take what the layer before it gives
├── FileError             a file that is missing, unreadable or cannot be written
│   ├── DataError         a table or image folder that cannot be used as asked
│   ├── ProjectFileError  a project file that cannot be read
│   └── ModelFileError    a weights file that cannot be read safely, or does not fit
├── TrainingError         training could not start or had to end
│   ├── NotFiniteError    the loss became NaN or infinite
│   └── OutOfMemory       memory ran out
├── ExportError           a trained model that cannot be written in another form
├── EngineLost            the engine process ended without a word
├── NoDisplay             there is no screen to open a window on
└── UnexpectedError       a defect of nnstudio; carries the traceback as details
"""

from __future__ import annotations

import errno
import traceback
from pathlib import Path


class StudioError(Exception):
    """What happened, why, and what to do about it; ``details`` is for those who ask.

    All four are plain strings, so that an error crosses a process boundary by pickling its ``args``.
    """

    def __init__(self, what: str, why: str = "", remedy: str = "", details: str = "") -> None:
        super().__init__(what, why, remedy, details)
        self.what, self.why, self.remedy, self.details = what, why, remedy, details

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.why, self.remedy) if part)

    @property
    def advice(self) -> str:
        """Why it happened and what to do about it: what stands below the words for what happened."""
        return " ".join(part for part in (self.why, self.remedy) if part)


class SpecError(StudioError):
    """A value that cannot be: the message names the field, the rule and the value."""


class ShapeError(SpecError):
    """A layer that cannot take what the layer before it gives."""


class FileError(StudioError):
    """A file that is missing, unreadable or cannot be written."""


class DataError(FileError):
    """A table or image folder that cannot be used as asked."""


class ProjectFileError(FileError):
    """A project file that cannot be read."""


class ModelFileError(FileError):
    """A weights file that cannot be read safely, or does not fit the network."""


class TrainingError(StudioError):
    """Training could not start or had to end."""


class NotFiniteError(TrainingError):
    """The loss became NaN or infinite; ``row_id`` is the layer where that began, where it was one."""

    def __init__(self, what: str, why: str = "", remedy: str = "", details: str = "", row_id: str = "") -> None:
        super().__init__(what, why, remedy, details)
        self.args, self.row_id = (what, why, remedy, details, row_id), row_id


class OutOfMemory(TrainingError):
    """Memory ran out."""


class ExportError(StudioError):
    """A trained model that cannot be written in another form."""


class EngineLost(StudioError):
    """The engine process ended without a word."""


class NoDisplay(StudioError):
    """There is no screen to open a window on."""


class UnexpectedError(StudioError):
    """A defect of nnstudio."""


OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")
"""How PyTorch says that memory ran out: on a graphics card, on Linux and macOS, on Windows."""

DISK_FULL = "database or disk is full"
"""How SQLite says that there is no room left."""

NO_ROOM = "The disk is full."

_IN_A_FILE = "What stands above it is a file, and not a folder."

GONE = "It was moved, renamed or deleted, or its name is misspelt."
"""Why nothing may lie where a file or a folder was looked for."""


def as_studio_error(error: BaseException) -> StudioError:
    """Turn any exception into one for the user; the one place where this happens."""
    details = "".join(traceback.format_exception(error))
    match error:
        case StudioError():
            return error
        case MemoryError() | OSError(errno=errno.ENOMEM):
            return out_of_memory(details)
        case OSError():
            return _about_a_file(error, details)
        case _ if any(phrase in str(error) for phrase in OUT_OF_MEMORY):
            return out_of_memory(details)
        case _ if DISK_FULL in str(error):
            return disk_full("", details)
        case _:
            return UnexpectedError(
                "Something went wrong inside nnstudio.",
                _sentence(": ".join(filter(None, (type(error).__name__, str(error))))),
                "Your project is unchanged. The details help to report it.",
                details,
            )


def _about_a_file(error: OSError, details: str) -> FileError:
    name = f"“{error.filename}”" if error.filename else "A file"
    match error:
        case FileNotFoundError():
            return FileError(f"{name} is not there.", GONE, "", details)
        case PermissionError():
            what = f"{name} may not be read or written."
            remedy = "Ask its owner for access, or choose another place."
            return FileError(what, "The system refused access to it.", remedy, details)
        case IsADirectoryError():
            return FileError(f"{name} is a folder.", "A file is wanted here.", "Name a file.", details)
        case NotADirectoryError():
            return FileError(f"{name} cannot be there.", _IN_A_FILE, "Choose another place.", details)
        case OSError(errno=errno.ENAMETOOLONG):
            what = f"“{Path(error.filename or '').name:.40}…” is too long a name."
            return FileError(what, "The system takes no such name.", "Choose a shorter one.", details)
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return disk_full(f"“{error.filename}” could not be written." if error.filename else "", details)
        case OSError():
            return FileError(f"{name} could not be used.", _sentence(error.strerror or error), "", details)


def out_of_memory(details: str = "") -> OutOfMemory:
    """The one sentence for memory that ran out, whoever noticed it."""
    return OutOfMemory(
        "Memory ran out.",
        "The batch, the network or the table is too large for this machine.",
        "Choose a smaller batch size or a smaller network.",
        details,
    )


def is_out_of_memory(error: BaseException) -> bool:
    """Whether ``error`` says that memory ran out, whoever noticed it."""
    return isinstance(as_studio_error(error), OutOfMemory)


def is_disk_full(error: BaseException) -> bool:
    """Whether ``error`` says that there is no room left, whoever noticed it."""
    return as_studio_error(error).what == NO_ROOM


def disk_full(why: str = "", details: str = "") -> FileError:
    """What is said of a disk without room, whoever noticed it."""
    why = why or "What was to be written found no room."
    return FileError(NO_ROOM, why, "Delete what you do not need on that disk, and try again.", details)


def _sentence(reason: object) -> str:
    text = str(reason).strip().rstrip(".")
    return f"{text}." if text else ""
