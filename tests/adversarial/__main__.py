"""Print the adversarial set as a Markdown table: ``python -m tests.adversarial``; words choose cases by their names.

Its output is kept in ``said.md``, which the tests hold what happens against.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.adversarial.cases import CASES, row
from tests.adversarial.ground import Impossible

HEAD = "| what is opened or done | how far it gets | what is said |\n| --- | --- | --- |\n"


def main(words: list[str]) -> None:
    """Print every case whose name holds one of ``words``, or all."""
    sys.stdout.write(HEAD)
    for case in CASES:
        if not words or any(word in case.name for word in words):
            with tempfile.TemporaryDirectory() as folder:
                try:
                    sys.stdout.write(f"{row(case, Path(folder))}\n")
                except Impossible as why:
                    sys.stdout.write(f"| {case.name} | not tried | {why} |\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
