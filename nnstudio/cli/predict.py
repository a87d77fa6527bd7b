"""``nnstudio predict``: apply a trained model to another table, however long it is."""

from __future__ import annotations

import argparse

from rich.progress import BarColumn, TaskProgressColumn, TextColumn

from nnstudio.cli.answers import events_of
from nnstudio.cli.bar import Bar
from nnstudio.cli.output import print_json, tell
from nnstudio.cli.project import read_as
from nnstudio.session.sentences import duration
from nnstudio.spec.events import Event, Predicted, Predicting, Reading
from nnstudio.spec.requests import PredictTable
from nnstudio.spec.words import counted

LARGE = 2**26
"""Bytes of a file of which it matters that it was read as a whole."""


def predict(options: argparse.Namespace) -> None:
    """Write predictions for ``data`` to ``--out``; what the model does not know is named on standard error."""
    result = _predicted(options)
    for warning in result.warnings:
        tell(warning)
    if result.read_whole and options.data.is_file() and options.data.stat().st_size > LARGE:
        tell(f"“{options.data.name}” cannot be read piece by piece: all of it was converted first.")
    tell(f"{counted(result.rows, 'row')} {'was' if result.rows == 1 else 'were'} predicted; see “{options.out}”.")
    if options.json:
        print_json({
            "rows": result.rows,
            "columns": result.columns,
            "out": result.out,
            "warnings": result.warnings,
            "read_whole": result.read_whole,
        })  # fmt: skip


def _predicted(options: argparse.Namespace) -> Predicted:
    request = PredictTable(
        str(options.model.absolute()),
        read_as(options.data, options.read),
        str(options.out.absolute()),
        inputs=not options.no_inputs,
        probabilities=not options.no_probabilities,
    )
    with _PredictingBar() as bar:
        for event in events_of(request):
            bar.show(event)
            if isinstance(event, Predicted):
                return event
    raise AssertionError("a prediction ends with its result")  # nobody sends it a command


class _PredictingBar(Bar):
    """How far checking and predicting are, rows per second and time left, on standard error."""

    def __init__(self) -> None:
        super().__init__(
            TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[figures]}")
        )
        self._task = self._bar.add_task("Checking", total=None, figures="")

    def show(self, event: Event) -> None:
        """Render what was told of it; anything else says nothing of how far it is."""
        match event:
            case Reading(done, total, _, left):
                self._bar.update(self._task, completed=done, total=total, figures=f"{duration(left)} left")
            case Predicting(done, total, left, rate):
                figures = f"{done:,} rows · {rate:,.0f} rows/s · {duration(left)} left"
                self._bar.update(self._task, description="Predicting", completed=done, total=total, figures=figures)
