"""Runs before the bundled program: what only tells of it is answered here, and is the end.

Hooks of PyInstaller that come next prepare for processes and for reading program text, and load as much as such an
answer does.
"""

import gc
import sys

TELLING = {"--help", "-h", "--version"}


def _only_tells() -> bool:
    match sys.argv[1:]:
        case [word]:
            return word in TELLING
        case [command, word] if word in TELLING:
            from nnstudio.cli.names import COMMANDS  # noqa: PLC0415  # whatever else starts must not wait for it

            return command in COMMANDS
    return False


if _only_tells():
    gc.disable()  # a process that ends at once has nothing to collect: a twentieth of its time

    from nnstudio.__main__ import main

    sys.exit(main(sys.argv[1:]))  # given, so that nothing is loaded to see whether they are those of a child
