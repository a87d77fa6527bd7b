"""How the terminal ends: exit codes, errors as JSON, pipes that nobody reads, typing errors."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest

from nnstudio.__main__ import main
from nnstudio.cli import output
from nnstudio.cli.declared import options_of
from nnstudio.cli.names import COMMANDS, loaded
from nnstudio.cli.parser import command_parser, parse, whole_parser
from nnstudio.resources import resource
from nnstudio.spec.errors import EngineLost, FileError, NoDisplay, UnexpectedError
from nnstudio.spec.events import EpochDone, Event, TrialDone
from nnstudio.spec.exits import MEANINGS, Exit, exit_of
from tests.cli.conftest import Terminal

IRIS = resource("samples/iris.csv")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FileError("It is not there."), 1),
        (NoDisplay("There is no screen."), 1),
        (UnexpectedError("Something went wrong."), 4),
        (EngineLost("The engine ended."), 4),
        (ZeroDivisionError(), 4),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(), 141),
    ],
)
def test_every_end_has_its_code(error: BaseException, code: int) -> None:
    assert exit_of(error) == code


def test_help_has_all_codes_and_commands(terminal: Terminal) -> None:
    said = terminal("--help")
    assert said.code == Exit.DONE
    assert set(MEANINGS) == set(Exit)
    for code, meaning in MEANINGS.items():
        assert f"  {code.value:<4} {meaning}" in said.out
    for name, command in COMMANDS.items():
        assert command.help in said.out
        assert re.search(rf"^    {name}\b", said.out, re.MULTILINE)


def raising(error: BaseException) -> Callable[[Namespace], None]:
    def run(options: Namespace) -> None:
        del options
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 130, "Interrupted. Nothing was written."),
        (ZeroDivisionError("by zero"), 4, "--debug shows the details."),
        (FileError("It is not there."), 1, "nnstudio: It is not there."),
        (BrokenPipeError(), 141, ""),
    ],
)
def test_what_ends_a_command_gives_its_code(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, words: str
) -> None:
    monkeypatch.setattr("nnstudio.cli.inspect.inspect", raising(error))
    said = terminal("inspect", "file.pth")
    assert (said.code, said.out) == (code, "")
    assert words in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("bar", "told", "words"),
    [
        ("train._ProgressBar", EpochDone, "nnstudio resume goes on from there."),
        ("search._Bar", TrialDone, "nnstudio search PROJECT --continue goes on"),
    ],
    ids=["train", "search"],
)
def test_what_was_given_up_can_go_on(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, bar: str, told: type[Event], words: str
) -> None:
    def interrupt(_: object, event: Event) -> None:
        if isinstance(event, told):
            raise KeyboardInterrupt

    monkeypatch.setattr(f"nnstudio.cli.{bar}.show", interrupt)
    said = terminal(bar.partition(".")[0], IRIS, "--target", "species", "--epochs", 2)
    assert said.code == 130
    assert words in said.err
    assert "Nothing was written" not in said.err


@pytest.mark.parametrize("out", ["iris.csv", "none/model.pth"])
def test_where_nothing_can_be_written_is_said_before_training(terminal: Terminal, tmp_path: Path, out: str) -> None:
    table = Path(shutil.copy(IRIS, tmp_path))
    said = terminal("train", table, "--target", "species", "--epochs", 1, "--out", tmp_path / out)
    assert said.code == Exit.REFUSED
    assert ("would be lost" in said.err) == (out == "iris.csv")
    assert ("none” is not there" in said.err) == (out != "iris.csv")
    assert "Training is done" not in said.err
    assert table.read_bytes() == IRIS.read_bytes()
    assert terminal("runs").out == ""


@pytest.mark.parametrize(
    ("words", "out"),
    [
        (["new", "--target", "species", "--data", "given", "--out"], "given"),
        (["convert", "given", "--out"], "given"),
        (["run", "given", "other", "--out"], "given"),
        (["run", "given", "other", "--out"], "other"),
    ],
)
def test_what_a_command_is_given_is_not_written_over(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], out: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("given", "other"):
        shutil.copy(IRIS, tmp_path / name)
    said = terminal(*words, out)
    assert (said.code, said.out) == (Exit.REFUSED, "")
    assert f"“{out}” is what this begins with. It would be lost." in said.err
    assert (tmp_path / out).read_bytes() == IRIS.read_bytes()


def test_where_a_search_cannot_write_is_said_before_it_begins(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal("search", IRIS, "--target", "species", "--trials", 1, "--out", tmp_path / "none" / "b.nnstudio")
    assert said.code == Exit.REFUSED
    assert "none” is not there" in said.err
    assert "No field was named" not in said.err


def test_ctrl_c_before_a_command_has_begun(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.cli.main.run", raising(KeyboardInterrupt()))
    said = terminal("runs")
    assert (said.code, said.err) == (130, "nnstudio: Interrupted.\n")


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_errors_are_json_when_that_is_asked_for(terminal: Terminal, command: str) -> None:
    said = terminal(command, "--json", "--nonsense")
    assert said.code == Exit.USAGE
    assert said.json["error"]["code"] == Exit.USAGE
    assert said.err.startswith(f"usage: nnstudio {command}")
    assert f"See nnstudio {command} --help" in said.err


def test_a_refusal_is_json_too(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal("predict", tmp_path / "none.pth", IRIS, "--out", tmp_path / "out.csv", "--json")
    assert said.code == Exit.REFUSED
    error = said.json["error"]
    assert (error["code"], error["kind"]) == (1, "DataError")
    assert said.err == f"nnstudio: {' '.join(filter(None, (error['what'], error['why'], error['remedy'])))}\n"


# ---- what was mistyped ----


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("trian", "p.nnstudio"), "There is no command and no file called “trian”. Did you mean train?"),
        (("--versoin",), "unrecognized arguments: --versoin. Did you mean --version?"),
        (("--json", "runs"), "unrecognized arguments: --json"),
        (("frobnicate",), "The commands are new, train, resume"),
        (("train", "p.nnstudio", "--epoch", "3"), "Did you mean --epochs?"),
        (("train", "p.nnstudio", "--epochs", "many"), "argument --epochs: invalid int value: 'many'"),
        (("new", "--data", "a.csv"), "the following arguments are required: --out"),
        (("inspect", "a.pth", "--input", "x"), "'x' is no shape such as 3x224x224"),
    ],
)
def test_a_typing_error_is_answered_with_what_was_meant(
    terminal: Terminal, arguments: tuple[str, ...], words: str
) -> None:
    said = terminal(*arguments)
    assert said.code == Exit.USAGE
    assert words in said.err
    assert len(said.err.splitlines()) == 3


def test_an_unknown_command_is_json_too(terminal: Terminal) -> None:
    said = terminal("frobnicate", "--json")
    assert said.code == Exit.USAGE
    assert json.loads(said.out)["error"]["kind"] == "WrongUsage"


def test_ctrl_c_is_taken_before_anything_is_imported() -> None:
    names = "*(name for name in sys.modules if name.startswith('nnstudio.'))"
    code = f"import sys, nnstudio.__main__; print({names})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["nnstudio.__main__"]


def test_no_file_has_too_long_a_name(terminal: Terminal) -> None:
    said = terminal("n" * 300)
    assert (said.code, said.out) == (Exit.USAGE, "")
    assert "There is no command and no file called" in said.err


@pytest.mark.parametrize("word", ["table.csv", "folder/table", "here"])
def test_files_open_the_window(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, word: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    opened: list[str] = []

    def open_window(files: list[str]) -> int:
        opened.extend(files)
        return 0

    monkeypatch.setattr("nnstudio.__main__._open_window", open_window)
    assert main([word]) == 0
    assert opened == [word]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_says_what_it_takes(terminal: Terminal, name: str) -> None:
    said = terminal(name, "--help")
    assert said.code == Exit.DONE
    assert said.out.startswith(f"usage: nnstudio {name}")
    assert COMMANDS[name].example in said.out
    for option in options_of(command_parser(name)):
        assert option.help
        assert all(flag in said.out for flag in option.flags)


def test_the_word_help_helps_too(terminal: Terminal) -> None:
    assert terminal("help").out == terminal("--help").out
    assert terminal("help", "train").out == terminal("train", "--help").out


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_examples_are_understood(name: str) -> None:
    program, *words = COMMANDS[name].example.split()
    assert program == "nnstudio"
    assert callable(loaded(parse(words).carrier))


def test_the_whole_parser_takes_what_a_command_takes() -> None:
    words = COMMANDS["train"].example.split()[1:]
    assert vars(whole_parser().parse_args(words)) == vars(parse(words))


# ---- output ----


def test_a_pipe_that_nobody_reads_is_no_error(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        assert main(["--help"]) == Exit.UNHEARD
        pipe.write("into nothing, as the interpreter's last flush")
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_a_result_that_finds_no_room_is_refused(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main(["--help"]) == Exit.REFUSED
    assert capfd.readouterr().err.startswith("nnstudio: The disk is full.")


def test_numbers_that_are_none_are_null(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_json({"loss": float("nan"), "all": (1.5, float("inf")), "name": "µ"})
    line = capsys.readouterr().out
    assert json.loads(line, parse_constant=pytest.fail) == {"loss": None, "all": [1.5, None], "name": "µ"}


def test_what_a_code_page_lacks_is_written_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii", write_through=True))
    output.print_json({"name": "“ä”"})
    output.print_line("“ä”")
    first, second = raw.getvalue().splitlines()
    assert json.loads(first) == {"name": "“ä”"}
    assert second == b"???"


def test_a_program_without_streams_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["runs", "--nonsense", "--json"]) == Exit.USAGE
