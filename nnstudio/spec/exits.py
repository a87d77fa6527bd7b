"""How nnstudio ends: every exit code and what it means, declared once for the terminal, its help and its manual."""

from __future__ import annotations

from enum import IntEnum

from nnstudio.spec.errors import EngineLost, StudioError, UnexpectedError


class Exit(IntEnum):
    """The exit codes; the last two are 128 and the number of the signal that shells give to such an end."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    BROKEN = 3
    DEFECT = 4
    INTERRUPTED = 130
    UNHEARD = 141


MEANINGS: dict[Exit, str] = {
    Exit.DONE: "Done. Training or a search that the first Ctrl+C ended counts: what was learned is kept.",
    Exit.REFUSED: "It could not be done; a sentence says what happened, why, and what to do.",
    Exit.USAGE: "Wrong usage: an unknown command or option, or one that lacks its value.",
    Exit.BROKEN: "doctor found something broken that nnstudio needs.",
    Exit.DEFECT: "A defect of nnstudio; --debug shows the details.",
    Exit.INTERRUPTED: "Ctrl+C ended it.",
    Exit.UNHEARD: "Nobody reads the output any more, as with “| head”.",
}


def exit_of(error: BaseException) -> Exit:
    """The code of a program that ``error`` ended."""
    match error:
        case KeyboardInterrupt():
            return Exit.INTERRUPTED
        case BrokenPipeError():
            return Exit.UNHEARD
        case StudioError() if not isinstance(error, UnexpectedError | EngineLost):
            return Exit.REFUSED
        case _:
            return Exit.DEFECT
