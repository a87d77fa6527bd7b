"""``nnstudio doctor``: what works on this machine, and what to do about the rest."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from nnstudio.cli.answers import the
from nnstudio.cli.output import print_json, print_line, tell
from nnstudio.session.diagnosis import Finding, findings, is_broken
from nnstudio.spec.events import Diagnosed
from nnstudio.spec.exits import Exit
from nnstudio.spec.requests import Diagnose

MARKS = {"good": ("✓", "green"), "note": ("·", "yellow"), "broken": ("✗", "bold red")}
"""What stands before a finding, and in which colour where the terminal has colours."""


def doctor(options: argparse.Namespace) -> Exit:
    """Print what was found; the exit code says whether something is broken."""
    told = the(Diagnosed, Diagnose()).diagnosis
    found = findings(told)
    broken = is_broken(found)
    if options.json:
        listed = [asdict(finding) for finding in found]
        print_json({"ok": not broken, "findings": listed, "facts": asdict(told)})
    else:
        _print(found)
    tell("Something that nnstudio needs does not work." if broken else "nnstudio can be used on this machine.")
    return Exit.BROKEN if broken else Exit.DONE


def _print(found: tuple[Finding, ...]) -> None:
    console = Console(highlight=False)
    width = max(len(finding.topic) for finding in found)
    for finding in found:
        mark, colour = MARKS[finding.state]
        said = f" {finding.topic:{width}}  {finding.said} {finding.remedy}".rstrip()
        if console.is_terminal:
            console.print(Text(mark, colour).append(said, "default"), soft_wrap=True)
        else:
            print_line(f"{mark}{said}")
