"""Choose the window or a command: ``nnstudio [FILE …]`` or ``nnstudio train PROJECT``."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Sequence

from nnstudio.cli.names import COMMANDS
from nnstudio.spec.errors import NoDisplay


def main(arguments: Sequence[str] | None = None) -> int:
    """Run nnstudio; gives the exit code: 0 done, 1 refused with a sentence, 2 wrong usage."""
    multiprocessing.freeze_support()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and (given[0] in COMMANDS or given[0].startswith("-")):
        from nnstudio.cli.main import run  # noqa: PLC0415  # a window must not wait for the terminal

        return run(given)
    return _open_window(given)


def _open_window(files: Sequence[str]) -> int:
    from nnstudio.gui.app import run_window  # noqa: PLC0415  # a command must not load Qt

    try:
        return run_window(files)
    except NoDisplay as error:
        sys.stderr.write(f"nnstudio: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
