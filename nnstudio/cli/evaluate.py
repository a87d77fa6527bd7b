"""``nnstudio evaluate``: judge a trained model on rows whose answers are known."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from nnstudio.cli.answers import the
from nnstudio.cli.output import print_json, print_line, tell
from nnstudio.cli.project import read_as
from nnstudio.data.judging.files import read_figures
from nnstudio.session.evaluation import bounds_line, score_line
from nnstudio.spec.errors import SpecError
from nnstudio.spec.events import Evaluated
from nnstudio.spec.requests import Evaluate
from nnstudio.spec.scores import ClassScore, Evaluation

MOST_CLASSES = 12
"""Classes whose confusion fits on a terminal; ``--json`` has all of them."""


def evaluate(options: argparse.Namespace) -> None:
    """Print how good ``model`` is on a part of its split, or on the rows of ``data``."""
    found = the(Evaluated, _request(options)).evaluation
    for sentence in (*found.warnings, f"Measured on {found.where}. {found.caution}".strip()):
        tell(sentence)
    matrix = _confusion(found)
    if options.json:
        print_json(asdict(found) | {"confusion": matrix})
        return
    for line in _lines(found, matrix):
        print_line(line)


def _request(options: argparse.Namespace) -> Evaluate:
    if options.resamples < 1:
        raise SpecError(f"--resamples must be at least 1, not {options.resamples}.")
    model = str(options.model.absolute())
    rest = {"resamples": options.resamples, "seed": options.seed}
    if options.data is None:
        return Evaluate(model, options.part or "test", **rest)
    if options.part:
        raise SpecError(
            "--part is a part of the model's own data.", "Another file is judged as a whole.", "Leave it out."
        )
    return Evaluate(model, "file", read_as(options.data, options.read), **rest)


def _confusion(found: Evaluation) -> list[list[int]]:
    """Rows by their true class (down) and the class that was named (across); empty where there are no classes."""
    matrix = [[0] * len(found.classes) for _ in found.classes]
    if found.classes:
        cells = read_figures(found.figures)["confusion", 0]
        for true, named, rows in zip(cells.x, cells.y, cells.z, strict=True):
            matrix[int(true)][int(named)] = int(rows)
    return matrix


def _lines(found: Evaluation, matrix: Sequence[Sequence[int]]) -> Iterator[str]:
    yield from map(score_line, found.scores)
    if bounds := bounds_line(found):
        yield bounds
    if found.class_scores:
        yield ""
        yield from _table([("class", "precision", "recall", "F1", "rows"), *map(_class_row, found.class_scores)])
    if 0 < len(matrix) <= MOST_CLASSES:
        yield ""
        head = ("true \\ predicted", *found.classes)
        yield from _table([head, *((name, *map(str, row)) for name, row in zip(found.classes, matrix, strict=True))])


def _class_row(score: ClassScore) -> tuple[str, ...]:
    return score.name, f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f1:.3f}", f"{score.support:,}"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns that line up, the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        yield "  ".join((first.ljust(widths[0]), *cells))
