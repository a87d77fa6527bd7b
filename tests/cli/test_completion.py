"""The scripts with which shells complete the commands: they are valid, and complete all there is."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from nnstudio.cli.completion import script
from nnstudio.cli.declared import options_of
from nnstudio.cli.names import COMMANDS
from nnstudio.cli.options.machine import SHELLS
from nnstudio.cli.parser import command_parser
from tests.cli.conftest import Terminal

FILES = ("a.nnstudio", "b.pth", "c.csv", "d e.nnstudio", "f.log", "g.py", "h.npy")


def shell_path(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


@pytest.fixture(scope="module", params=SHELLS)
def shell(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def test_the_command_prints_the_script(terminal: Terminal, shell: str) -> None:
    said = terminal("completion", shell)
    assert (said.code, said.err) == (0, "")
    assert said.out.rstrip() == script(shell)
    assert terminal("completion", shell, "--json").json == {"shell": shell, "script": script(shell)}


def test_every_command_and_option_is_in_it(shell: str) -> None:
    text = script(shell)
    for name in COMMANDS:
        assert name in text
        for option in options_of(command_parser(name)):
            for flag in option.flags:
                assert flag in text or f"-l {flag[2:]}" in text or f"-s {flag[1:]}" in text


def test_the_shell_understands_it(tmp_path: Path, shell: str) -> None:
    path = tmp_path / "script"
    path.write_text(script(shell), encoding="utf-8")
    done = subprocess.run([shell_path(shell), "-n", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# ---- what is offered ----

WANTED = {
    "tr": ["train"],
    "train ": ["a.nnstudio", "c.csv", "d e.nnstudio", "h.npy", "sub"],
    "train a.nnstudio --lea": ["--learning-rate"],
    "train a.nnstudio --task m": ["multiclass"],
    "predict ": ["b.pth", "sub"],
    "predict b.pth ": ["c.csv", "h.npy", "sub"],
    "export b.pth --python ": ["g.py", "sub"],
    "evaluate b.pth --part t": ["test", "train"],
    "completion ": ["bash", "fish", "zsh"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    for name in FILES:
        (folder / name).touch()
    return folder


def test_bash_offers_what_fits(folder: Path, tmp_path: Path) -> None:
    asking = "".join(
        f"COMP_WORDS=(nnstudio {' '.join(words.split(' ')[:-1])} '{words.split(' ')[-1]}')\n"
        "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=(); _shtab_nnstudio\n"
        'printf "%s/" "${COMPREPLY[@]}"; echo\n'
        for words in WANTED
    )
    path = tmp_path / "script"
    path.write_text(f"{script('bash')}\n{asking}", encoding="utf-8")
    done = subprocess.run([shell_path("bash"), path], cwd=folder, capture_output=True, text=True, check=True)
    offered = [sorted(filter(None, line.split("/"))) for line in done.stdout.splitlines()]
    assert dict(zip(WANTED, offered, strict=True)) == WANTED


def test_fish_offers_what_fits(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "script"
    asking = "".join(f"complete -C 'nnstudio {words}' | string replace -r '\\t.*' ''; echo ---\n" for words in WANTED)
    path.write_text(f"{script('fish')}\n{asking}", encoding="utf-8")
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [shell_path("fish"), path], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    blocks = done.stdout.removesuffix("---\n").split("---\n")
    offered = [sorted(line.rstrip("/") for line in block.splitlines()) for block in blocks]
    assert dict(zip(WANTED, offered, strict=True)) == WANTED
