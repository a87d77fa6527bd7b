"""Print the adversarial set as a Markdown table: ``python -m tests.adversarial``."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

from nnstudio.data import database
from tests.adversarial.cases import CASES


def main(words: list[str]) -> None:
    """Print every case whose name holds one of ``words``, or all."""
    print("| input | gets to | what is said |\n| --- | --- | --- |")
    with patch.multiple(database, SECONDS=1.0, COUNT_SECONDS=0.1, MOST_ROWS=1_000_000):
        for case in CASES:
            if words and not any(word in case.name for word in words):
                continue
            with tempfile.TemporaryDirectory() as folder:
                for name in ("DATA", "CACHE"):
                    os.environ[f"NNSTUDIO_{name}"] = str(Path(folder, name.lower()))
                begin = time.monotonic()
                outcome = case.outcome(Path(folder))
                took = time.monotonic() - begin
            said = "<br>".join(outcome.said).replace("|", "\\|")
            print(f"| {case.name} | {outcome.stage} ({took:.1f} s) | {said} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
