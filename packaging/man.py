"""Print the manual page ``nnstudio.1`` from what the commands declare: every command and option, exit codes, files."""

import sys
from collections.abc import Iterable, Iterator

from nnstudio import __version__
from nnstudio.cli.declared import Option, options_of
from nnstudio.cli.names import COMMANDS
from nnstudio.cli.parser import PURPOSE, WINDOW, command_parsers, whole_parser
from nnstudio.spec.exits import MEANINGS

FILES = {
    "~/.local/share/nnstudio": "runs that were trained, their weights, searches, and projects that were not saved",
    "~/.cache/nnstudio": "tables and pictures that were read; may be deleted at any time",
    "~/.config/nnstudio": "preferences, and how the window is arranged",
}
ENVIRONMENT = {
    "NNSTUDIO_DATA, NNSTUDIO_CACHE, NNSTUDIO_CONFIG": "other folders for runs, for what was read, and for preferences",
    "XDG_DATA_HOME, XDG_CACHE_HOME, XDG_CONFIG_HOME": "where these folders are made otherwise",
    "NO_COLOR": "when set, progress is shown without colours",
    "CUDA_VISIBLE_DEVICES": "which graphics cards PyTorch may use",
    "DISPLAY, WAYLAND_DISPLAY": "the screen that the window opens on; without one commands work all the same",
}
DESCRIPTION = (
    "Results are printed on standard output, sentences and progress on standard error. With --json every command "
    "prints one JSON object on standard output: its result, or what went wrong under “error”. Progress is shown on "
    "terminals only. Ctrl+C ends training or a search and keeps what was learned; pressed again it gives up."
)


def manual() -> str:
    """Return the page as groff reads it."""
    return "\n".join([*_head(), *_commands(), *_tail(), ""])


def escaped(text: str) -> str:
    """Return ``text`` so that groff prints it as it is."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain


def _head() -> Iterator[str]:
    yield f'.TH NNSTUDIO 1 "" "nnstudio {__version__}" "User Commands"'
    yield from (".SH NAME", "nnstudio \\- build, train, understand, reuse and ship neural networks")
    yield from (".SH SYNOPSIS", ".B nnstudio", ".RI [ FILE ...]", ".br", ".B nnstudio")
    yield from (".I COMMAND", ".RI [ option ...]", ".SH DESCRIPTION", escaped(PURPOSE), escaped(WINDOW), ".PP")
    yield escaped(DESCRIPTION)
    yield from (".SH OPTIONS", *_options(options_of(whole_parser())))


def _commands() -> Iterator[str]:
    yield ".SH COMMANDS"
    for name, parser in command_parsers(whole_parser()).items():
        usage = (parser.usage or "").replace("%(prog)s", parser.prog)
        yield from (f".SS {escaped(usage)}", escaped(parser.description or ""))
        yield from _options(option for option in options_of(parser) if "--help" not in option.flags)
        yield from (".PP", "For example:", ".PP", ".RS", f".B {escaped(COMMANDS[name].example)}", ".RE")


def _options(options: Iterable[Option]) -> Iterator[str]:
    for option in options:
        flags = ", ".join(f"\\fB{escaped(flag)}\\fR" for flag in option.flags)
        value = f"\\fI{escaped(option.value)}\\fR" if option.value else ""
        yield from (".TP", " ".join(filter(None, (flags, value))), escaped(option.help))


def _tail() -> Iterator[str]:
    yield ".SH EXIT STATUS"
    for code, meaning in MEANINGS.items():
        yield from (".TP", f".B {code.value}", escaped(meaning))
    for title, entries in (("FILES", FILES), ("ENVIRONMENT", ENVIRONMENT)):
        yield f".SH {title}"
        for name, meaning in entries.items():
            yield from (".TP", f"\\fI{escaped(name)}\\fR", escaped(meaning))


if __name__ == "__main__":
    sys.stdout.write(manual())
