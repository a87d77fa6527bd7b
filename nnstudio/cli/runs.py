"""``nnstudio runs``: list what was trained, when, and how well, or how the projects of two runs differ."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from nnstudio.cli.output import print_json, print_table, tell
from nnstudio.runs.compare import differences
from nnstudio.runs.listing import Order, RunLine, RunList
from nnstudio.runs.store import RunStore
from nnstudio.session.sentences import number, took
from nnstudio.spec.errors import SpecError
from nnstudio.spec.words import counted

TITLES = (
    "run", "started", "name", "data", "outcome", "score", "baseline", "balanced", "epochs", "parameters", "time",
    "tags",
)  # fmt: skip


def runs(options: argparse.Namespace) -> None:
    """Print the runs that have every word of the filter, newest first unless they are sorted otherwise."""
    if options.compare:
        _compare(options.compare, as_json=options.json)
        return
    if options.limit < 0:
        raise SpecError(f"--limit must be 0 or more, not {options.limit}.")
    order = Order(" ".join(options.filter), options.sort)
    with closing(RunStore()) as store:
        found = RunList(store)
        count = found.count(order)
        lines = found.page(order, 0, options.limit or count)
    if options.json:
        print_json({"count": count, "runs": [asdict(line) | {"environment": dict(line.environment)} for line in lines]})
        return
    if lines:
        print_table([TITLES, *map(_cells, lines)])
    tell(f"{len(lines):,} of {counted(count, 'run')}.")


def _compare(runs: Sequence[str], *, as_json: bool) -> None:
    """Print in which fields the projects of two runs differ, in the words of the window."""
    with closing(RunStore()) as store:
        one, other = (store.run(run) for run in runs)
    found = differences(one.project, other.project)
    if as_json:
        print_json({"runs": list(runs), "differences": [asdict(each) for each in found]})
        return
    if found:
        print_table([("field", *runs), *((each.field, each.one, each.other) for each in found)])
    tell(f"The two projects differ in {counted(len(found), 'field')}.")


def _cells(line: RunLine) -> tuple[str, ...]:
    return (
        line.id,
        time.strftime("%Y-%m-%d %H:%M", time.localtime(line.started)),
        line.name,
        Path(line.data).name,
        line.status,
        f"{line.measure} {number(line.score)}" if line.score is not None else "",
        number(line.baseline) if line.baseline is not None else "",
        number(line.balanced) if line.balanced is not None else "",
        f"{line.epochs:,}",
        f"{line.parameters:,}" if line.parameters else "",
        took(line.seconds) if line.seconds else "",
        line.tags,
    )
