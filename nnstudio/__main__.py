"""Choose the window or a command: ``nnstudio [FILE …]`` or ``nnstudio train PROJECT``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

# All else is imported by `main`, which takes Ctrl+C: here it would end with a traceback.


def main(arguments: Sequence[str] | None = None) -> int:
    """Run nnstudio, with ``arguments`` or those of the process; gives the exit code, one of `nnstudio.spec.exits.Exit`.

    Given ``arguments`` are never those of a child that ``multiprocessing`` started.
    """
    try:
        if arguments is None and hasattr(sys, "frozen"):
            import multiprocessing  # noqa: PLC0415  # see above

            multiprocessing.freeze_support()
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:
        from nnstudio.spec.exits import Exit  # noqa: PLC0415  # see above

        if sys.stderr:
            sys.stderr.write("nnstudio: Interrupted.\n")
        return Exit.INTERRUPTED


def _run(given: Sequence[str]) -> int:
    from nnstudio.cli.names import COMMANDS  # noqa: PLC0415  # see above
    from nnstudio.spec.startup import TRY_DISPLAY  # noqa: PLC0415  # see above

    if given == [TRY_DISPLAY]:
        from nnstudio.gui.trying import try_display  # noqa: PLC0415  # what the doctor starts: nothing else needs it

        return try_display()
    if given[:1] == ["help"] and not _may_be_a_file("help"):
        given = [*given[1:2], "--help"]
    if not given or (given[0] not in COMMANDS and _may_be_a_file(given[0])):
        return _open_window(given)
    from nnstudio.cli.main import refuse_unknown, run  # noqa: PLC0415  # a window must not wait for the terminal

    return run(given) if given[0] in COMMANDS or given[0].startswith("-") else refuse_unknown(given)


def _may_be_a_file(word: str) -> bool:
    """Whether the window is meant by a first word, rather than a command that was mistyped."""
    from pathlib import Path  # noqa: PLC0415  # see above

    from nnstudio.spec.startup import NEW_WINDOW  # noqa: PLC0415  # see above

    if word == NEW_WINDOW:
        return True
    path = Path(word)
    is_there = os.path.exists(word)  # noqa: PTH110  # it raises nothing, however long the word is
    return not word.startswith("-") and (bool(path.suffix) or len(path.parts) > 1 or is_there)


def _open_window(files: Sequence[str]) -> int:
    from nnstudio.gui.app import run_window  # noqa: PLC0415  # a command must not load Qt
    from nnstudio.spec.errors import NoDisplay  # noqa: PLC0415  # see above
    from nnstudio.spec.exits import Exit  # noqa: PLC0415  # see above

    try:
        return run_window(files)
    except NoDisplay as error:
        sys.stderr.write(f"nnstudio: {error}\n")
        return Exit.REFUSED


if __name__ == "__main__":
    sys.exit(main())
