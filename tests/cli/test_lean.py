"""What only tells of commands loads nothing that carries them out: it answers at once."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from nnstudio.cli.names import COMMANDS

HEAVY = {"PIL", "PySide6", "numpy", "optuna", "pandas", "pyarrow", "rich", "sqlite3", "torch"}
CARRYING = {"nnstudio.data", "nnstudio.engine", "nnstudio.gui", "nnstudio.jobs", "nnstudio.runs.store"}
ASKED = {
    "version": ["--version"],
    "help": ["--help"],
    "mistyped": ["trian"],
    **{f"help of {name}": [name, "--help"] for name in COMMANDS},
    "completion": ["completion", "bash"],
}
"""In the order in which one process is asked: what one of them loads is there for those behind it."""
PROBE = """
import contextlib, io, json, sys
from nnstudio.__main__ import main
loaded, before = {}, set(sys.modules)  # what measures coverage loads some of it
for name, words in json.loads(sys.argv[1]).items():
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(said):
        main(words)
    loaded[name] = [bool(said.getvalue()), *(set(sys.modules) - before)]
print(json.dumps(loaded))
"""


@pytest.fixture(scope="module")
def loaded() -> dict[str, set[str]]:
    """The modules that a process had in the end, by what it was asked."""
    command = [sys.executable, "-c", PROBE, json.dumps(ASKED)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answered = json.loads(done.stdout)
    assert all(said for said, *_ in answered.values())
    return {name: set(modules) for name, (_, *modules) in answered.items()}


@pytest.mark.parametrize("asked", ASKED)
def test_it_is_told_without_what_computes(loaded: dict[str, set[str]], asked: str) -> None:
    assert loaded[asked].isdisjoint(HEAVY | CARRYING)


@pytest.mark.parametrize("asked", ["version", "help", "mistyped"])
def test_a_word_about_the_program_loads_nothing_of_a_command(loaded: dict[str, set[str]], asked: str) -> None:
    ours = {name for name in loaded[asked] if name.startswith("nnstudio.")}
    assert ours == {f"nnstudio.{name}" for name in (
        "cli", "cli.declared", "cli.main", "cli.names", "cli.output", "cli.parser", "spec", "spec.errors",
        "spec.exits", "spec.startup",
    )}  # fmt: skip
