"""Carries out what was typed: the one place where an error becomes a sentence, JSON and an exit code.

Standard output is for results, standard error for sentences. With ``--json`` standard output gets one object whatever
happens: the result, or what went wrong under ``error``.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from nnstudio.cli.names import loaded
from nnstudio.cli.output import error_as_json, print_json, tell
from nnstudio.cli.parser import WrongUsage, parse, unknown_command
from nnstudio.spec.errors import StudioError, UnexpectedError, as_studio_error
from nnstudio.spec.exits import Exit, exit_of

STOPPED = "Nothing was written."


def run(arguments: Sequence[str]) -> int:
    """Carry out a command; gives the exit code."""
    try:
        code = _run(arguments)
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
    except BrokenPipeError:
        _say_no_more()
        return Exit.UNHEARD
    except OSError as error:  # the result goes to a file, and there is no room
        _say_no_more()
        return _refuse(error, argparse.Namespace(debug=False, json=False))
    return code


def refuse_unknown(arguments: Sequence[str]) -> int:
    """Say that the first word is neither a command nor a file."""
    return _misused(unknown_command(arguments[0]), as_json="--json" in arguments)


def _run(arguments: Sequence[str]) -> int:
    options = argparse.Namespace(json="--json" in arguments, debug=False, interrupted=STOPPED)
    try:
        options = argparse.Namespace(**vars(options) | vars(parse(arguments)))
        code = _carry_out(options)
    except BrokenPipeError:
        raise
    except SystemExit as end:  # argparse has printed the help or the version
        return int(end.code or 0)
    except WrongUsage as error:
        return _misused(error, options.json)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # the boundary: whatever went wrong becomes a sentence
        return _refuse(error, options)
    return code or Exit.DONE


def _carry_out(options: argparse.Namespace) -> int | None:
    from nnstudio.session.preferences import load_preferences, obey  # noqa: PLC0415  # help and version need none

    obey(load_preferences(), os.environ)  # runs are kept where the window keeps them
    code: int | None = loaded(options.carrier)(options)
    return code


def _misused(error: WrongUsage, as_json: bool) -> int:
    tell(str(error))
    if as_json:
        print_json({"error": error_as_json(Exit.USAGE, StudioError(error.args[0]), "WrongUsage")})
    return Exit.USAGE


def _refuse(error: BaseException, options: argparse.Namespace) -> int:
    code = exit_of(error)
    if isinstance(error, KeyboardInterrupt):
        known = StudioError("Interrupted.", "", options.interrupted)
    else:
        known = as_studio_error(error)
        code = exit_of(known)
    tell(f"nnstudio: {known}")
    if options.debug:
        tell(known.details or repr(error))
    elif isinstance(known, UnexpectedError):
        tell("nnstudio: --debug shows the details.")
    if options.json:
        print_json({"error": error_as_json(code, known)})
    return code


def _say_no_more() -> None:
    """Let what finds no place go nowhere: the interpreter flushes both streams once more in the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
