"""The commands that the README and the help show are commands: they parse, and what they name is there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnstudio.cli.names import COMMANDS
from nnstudio.cli.parser import parse
from nnstudio.resources import resource
from nnstudio.spec.exits import Exit
from nnstudio.spec.networks.templates import NETWORK_TEMPLATES

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDES = [ROOT / "README.md", ROOT / "packaging" / "README.md", resource("samples/README.md")]


def shown() -> Iterator[str]:
    """The lines of the README's blocks of code, without what is said behind them."""
    for block in re.findall(r"^```\w*\n(.*?)^```", README, re.MULTILINE | re.DOTALL):
        yield from (line.partition("#")[0].strip() for line in block.splitlines())


def commands() -> list[str]:
    return [line for line in shown() if line.startswith("nnstudio ")]


@pytest.mark.parametrize("line", sorted({*commands(), *(command.example for command in COMMANDS.values())}))
def test_a_command_is_understood(line: str) -> None:
    program, name, *rest = shlex.split(line)
    assert program == "nnstudio"
    assert parse([name, *rest]).carrier == COMMANDS[name].carrier


def test_most_commands_are_shown() -> None:
    assert set(COMMANDS) - {line.split()[1] for line in commands()} <= {"completion"}
    assert "nnstudio completion bash|zsh|fish" in README


def test_what_make_is_asked_for_it_can_make() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    named = [line.removeprefix("make ") for line in shown() if line.startswith("make ")]
    assert named
    assert set(named) | set(re.findall(r"`make ([a-z-]+)`", README)) <= set(targets)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.parent.name)
def test_links_lead_to_files(guide: Path) -> None:
    links = re.findall(r"\]\(([^)]+)\)", guide.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (guide.parent / link.partition("#")[0]).exists()] == []


def test_paths_are_there() -> None:
    paths = re.findall(r"`((?:nnstudio|packaging|resources|tests)/[^\s`<*]+)`", README)
    assert "nnstudio/spec/layers/" in paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_exit_codes_are_those_that_are_said() -> None:
    sentence = re.search(r"Exit codes: (.*?)\. ", README, re.DOTALL)
    assert sentence is not None
    codes = [int(part.split()[0]) for part in sentence[1].replace("\n", " ").split(", ")]
    assert codes == sorted(code.value for code in Exit)


def test_as_many_templates_as_are_said() -> None:
    assert f"offers {len(NETWORK_TEMPLATES)} whole ones" in README
