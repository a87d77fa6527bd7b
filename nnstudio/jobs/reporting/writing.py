"""Writes the report and the card of a trained model."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

from nnstudio.jobs.exporting.material import Material
from nnstudio.jobs.reporting.gathering import Stopped, gather
from nnstudio.report.card import render_card
from nnstudio.report.content import Report
from nnstudio.report.page import render_page
from nnstudio.spec.events import Exported, Exporting, Inbox
from nnstudio.spec.files import write_atomically

NOT_A_TITLE = r"(^|[-_ ])((model|run)[-_ ])?(report|card|readme)$"
"""What the names of such files end in, or are, which is no name of a model."""


def write_report(material: Material, out: Path, inbox: Inbox) -> Iterator[Exporting | Exported]:
    """Write all that is known of a model as one page."""
    yield from _written("report", material, out, inbox, lambda report: render_page(report, time.time()))


def write_card(material: Material, out: Path, inbox: Inbox) -> Iterator[Exporting | Exported]:
    """Write what who uses a model has to know."""
    yield from _written("card", material, out, inbox, lambda report: render_card(report, time.time()))


def _written(
    kind: str, material: Material, out: Path, inbox: Inbox, render: Callable[[Report], str]
) -> Iterator[Exporting | Exported]:
    try:
        report = material.find(Report) or material.keep((yield from _told(kind, gather(material.file, inbox))))
    except Stopped:
        return
    yield Exporting(kind, "Writing")
    named = replace(report, name=name_of(out, Path(material.file.path)))
    content = render(named).encode("utf-8", "replace")  # a file's name may hold bytes that are no letters
    write_atomically(out, lambda partial: partial.write_bytes(content))
    yield Exported(kind, str(out), " ".join(report.missing) or _whole(kind))


def _told(kind: str, gathering: Generator[str, None, Report]) -> Generator[Exporting, None, Report]:
    """The report, while it is told what is being done for it."""
    while True:
        try:
            yield Exporting(kind, next(gathering))
        except StopIteration as done:
            return cast(Report, done.value)


def _whole(kind: str) -> str:
    return {
        "report": "Any browser opens it, without the internet, too: it can be sent as it is.",
        "card": "Fill in its licence and its author, which nobody else knows.",
    }[kind]


def name_of(out: Path, model: Path) -> str:
    """What the model is called, going by the file that is written about it, or by its own where that says nothing."""
    stem = re.sub(NOT_A_TITLE, "", out.stem, flags=re.IGNORECASE)
    return stem or model.stem
