"""The manual page and the completion scripts that installers bring along."""

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest

from man import escaped, manual
from nnstudio.cli.completion import script
from nnstudio.cli.declared import options_of
from nnstudio.cli.names import COMMANDS
from nnstudio.cli.parser import command_parser
from nnstudio.spec.exits import Exit
from terminal_files import COMPLETIONS, PAGE, write_terminal_files


def test_the_manual_has_every_command_and_option() -> None:
    text = manual()
    for name, command in COMMANDS.items():
        section = text.split(f".SS nnstudio {name} ", maxsplit=1)[1].split("\n.S", maxsplit=1)[0]
        assert f".B {escaped(command.example)}" in section
        for option in options_of(command_parser(name)):
            if "--help" not in option.flags:
                assert escaped(option.help) in section
                assert all(f"\\fB{escaped(flag)}\\fR" in section for flag in option.flags)
    assert all(f".B {code.value}\n" in text for code in Exit)


def test_nothing_is_taken_for_a_request() -> None:
    assert escaped(".pth \\ -x") == "\\&.pth \\e \\-x"
    assert escaped("'quoted'") == "\\&'quoted'"


def test_the_manual_is_read_without_a_warning(tmp_path: Path) -> None:
    page = tmp_path / "nnstudio.1"
    page.write_text(manual(), encoding="utf-8")
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("groff is not installed")
    command = [groff, "-man", "-ww", "-Kutf8", "-Tutf8", "-P-cbou", str(page)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    for words in ("EXIT STATUS", "WAYLAND_DISPLAY", "nnstudio resume", "print one JSON object"):
        assert words in done.stdout


def test_they_are_written_where_debian_looks_for_them(tmp_path: Path) -> None:
    written = write_terminal_files(tmp_path)
    assert sorted(written) == sorted(tmp_path / path for path in (*COMPLETIONS.values(), PAGE))
    assert gzip.decompress((tmp_path / PAGE).read_bytes()).decode() == manual()
    before = [path.read_bytes() for path in written]
    assert [path.read_bytes() for path in write_terminal_files(tmp_path)] == before
    for shell, path in COMPLETIONS.items():
        assert (tmp_path / path).read_text(encoding="utf-8").rstrip() == script(shell)
