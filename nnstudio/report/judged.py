"""An evaluation in a report: its scores, who is taken for whom, the curves, and the worst mistakes."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnstudio.report.content import MOST_DRAWN, Judged, Mistakes, Report
from nnstudio.report.plots import Axis, Plot, Series, axis
from nnstudio.session.evaluation import figure, has_bounds, score_title
from nnstudio.session.sentences import number
from nnstudio.spec.baselines import Baseline
from nnstudio.spec.metrics import LOSS, metrics_for
from nnstudio.spec.parts import PARTS, Part
from nnstudio.spec.scores import Evaluation, Score
from nnstudio.spec.words import counted, signed

MOST_IN_TABLE = 20
"""Classes whose confusion is a table of numbers; that of more is drawn."""
MOST_CELLS = 6_000
"""Cells that are drawn, the fullest."""
MOST_CURVES = 8
"""Classes whose curves are drawn: of more those that are told from the others worst."""
MOST_CONFUSIONS = 12
ROLES = tuple(f"s{number}" for number in range(MOST_CURVES))


@dataclass(frozen=True, slots=True)
class ScoreCell:
    """A score on the rows of one part, its interval and what the baseline scores there."""

    value: str
    interval: str
    baseline: str


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One measure over the parts that were judged; a part that lacks it has None."""

    title: str
    help: str
    cells: tuple[ScoreCell | None, ...]


def score_lines(report: Report) -> list[ScoreLine]:
    """Every measure, with a cell for each part in their order."""
    names = dict.fromkeys((score.key, score.target) for judged in report.judged for score in judged.found.scores)
    return [_score_line(report.judged, *name) for name in names]


def _score_line(judged: Sequence[Judged], key: str, target: str) -> ScoreLine:
    scores = [one.found.score(key, target) for one in judged]
    known = next(score for score in scores if score)
    return ScoreLine(
        score_title(known, judged[0].found), known.help, tuple(_cell(score) if score else None for score in scores)
    )


def _cell(score: Score) -> ScoreCell:
    low, high, value, baseline = (
        signed(figure(score, each)) for each in (score.low, score.high, score.value, score.baseline)
    )
    return ScoreCell(value, f"{low} to {high}" if has_bounds(score) else "–", baseline)


# ---- what the run wrote down ----


@dataclass(frozen=True, slots=True)
class RecordedLine:
    """A measure as the run took it, with what always giving one answer scored: a pair for each part, or None."""

    title: str
    help: str
    cells: tuple[tuple[str, str] | None, ...]


def recorded_parts(report: Report) -> list[Part]:
    """The parts that the run measured, the most telling one first."""
    return [part for part in reversed(PARTS) if any(key.startswith(f"{part} ") for key in report.measures)]


def recorded_lines(report: Report) -> list[RecordedLine]:
    """What the model file says that the run measured."""
    finished = report.course.finished if report.course else None
    baseline = finished.baseline if finished else Baseline()
    parts = recorded_parts(report)
    lines = []
    for metric in (LOSS, *metrics_for(report.encoding.task)):
        values = [report.measures.get(f"{part} {metric.key}") for part in parts]
        if any(value is not None for value in values):
            always = [baseline.of(part).get(metric.key) for part in parts]
            cells = tuple(_recorded(*pair) for pair in zip(values, always, strict=True))
            lines.append(RecordedLine(metric.title, metric.help, cells))
    return lines


def _recorded(value: float | None, always: float | None) -> tuple[str, str] | None:
    if value is None:
        return None
    return signed(number(value)), "–" if always is None else signed(number(always))


# ---- classes ----


@dataclass(frozen=True, slots=True)
class Cell:
    """Rows of a true class (down) that were taken for a class (across); ``share`` is that of the true class."""

    true: int
    named: int
    rows: int
    share: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """Who is taken for whom: a table of numbers for few classes, else the cells to draw, which may not be all."""

    classes: tuple[str, ...]
    table: tuple[tuple[Cell, ...], ...]
    cells: tuple[Cell, ...]
    worst: tuple[Cell, ...]
    left_out: int


def confusion(judged: Judged) -> Confusion | None:
    """The confusion matrix of ``judged``; None where there are no classes."""
    classes, points = judged.found.classes, judged.figures.get(("confusion", 0))
    if not classes or points is None:
        return None
    support = np.bincount(points.x.astype(int), weights=points.z, minlength=len(classes))
    columns = (points.x.tolist(), points.y.tolist(), points.z.tolist())
    cells = [
        Cell(int(true), int(named), int(rows), rows / support[int(true)])
        for true, named, rows in zip(*columns, strict=True)
    ]
    wrong = sorted((cell for cell in cells if cell.true != cell.named), key=lambda cell: -cell.rows)
    if len(classes) <= MOST_IN_TABLE:
        return Confusion(classes, _table(cells, len(classes)), (), (), 0)
    drawn = sorted(cells, key=lambda cell: -cell.rows)[:MOST_CELLS]
    return Confusion(classes, (), tuple(drawn), tuple(wrong[:MOST_CONFUSIONS]), len(cells) - len(drawn))


def _table(cells: Sequence[Cell], classes: int) -> tuple[tuple[Cell, ...], ...]:
    by_place = {(cell.true, cell.named): cell for cell in cells}
    each = range(classes)
    return tuple(tuple(by_place.get((true, named), Cell(true, named, 0, 0.0)) for named in each) for true in each)


# ---- curves ----


def plots(judged: Judged) -> list[Plot]:
    """The curves of an evaluation: of classes ROC, precision and recall, calibration; of values what was predicted."""
    if judged.found.classes:
        return [*_class_curves(judged), *_calibration(judged)]
    return list(_value_plots(judged))


def _class_curves(judged: Judged) -> Iterator[Plot]:
    found = judged.found
    areas = [(score.auroc, number) for number, score in enumerate(found.class_scores) if score.auroc is not None]
    drawn = sorted(number for _, number in sorted(areas)[:MOST_CURVES] if ("roc", number) in judged.figures)
    if not drawn:
        return
    which = f"The {len(drawn)} classes that are told from the others worst. " if len(areas) > MOST_CURVES else ""
    some = f"Drawn from {counted(found.curve_rows, 'row')}. " if found.curve_rows < found.rows else ""
    chance = Series("", np.array([0.0, 1.0]), np.array([0.0, 1.0]), "faint", "dashes")
    curves = [
        (_named(found, number), ROLES[place], judged.figures["roc", number], judged.figures["pr", number])
        for place, number in enumerate(drawn)
    ]
    roc = [Series(name, roc.x, roc.y, role) for name, role, roc, _ in curves]
    pr = [Series(name, pr.x, pr.y, role) for name, role, _, pr in curves]
    yield Plot(
        "ROC", Axis("False positive rate", 0, 1), Axis("True positive rate", 0, 1), (chance, *roc),
        note=f"{which}{some}The dashed line is chance.", is_square=True,
    )  # fmt: skip
    yield Plot(
        "Precision and recall", Axis("Recall", 0, 1), Axis("Precision", 0, 1), tuple(pr),
        note=f"{which}{some}What stricter thresholds give.", is_square=True,
    )  # fmt: skip


def _named(found: Evaluation, number: int) -> str:
    area = found.class_scores[number].auroc
    return f"{found.classes[number]} ({area:.3f})" if area is not None else found.classes[number]


def _calibration(judged: Judged) -> Iterator[Plot]:
    bins = judged.figures.get(("calibration", 0))
    if bins is None:
        return
    perfect = Series("", np.array([0.0, 1.0]), np.array([0.0, 1.0]), "faint", "dashes")
    says = f"Probability of “{judged.found.classes[1]}”" if len(judged.found.classes) == 2 else "Confidence"
    yield Plot(
        "Calibration", Axis(says, 0, 1), Axis("How often it is so", 0, 1),
        (perfect, Series("", bins.x, bins.y), Series("", bins.x, bins.y, look="dots")),
        note="A network that can be taken at its word lies on the dashed line.", is_square=True,
    )  # fmt: skip


def _value_plots(judged: Judged) -> Iterator[Plot]:
    targets = judged.found.targets or ("input",)
    for place, name in enumerate(targets[:MOST_DRAWN]):
        of = f" of {name}" if len(targets) > 1 else ""
        if points := judged.figures.get(("predicted", place)):
            both = axis("", [points.x, points.y])
            ends = np.array([both.low, both.high])
            yield Plot(
                f"Predicted over true{of}", Axis(f"True {name}", both.low, both.high),
                Axis("Predicted", both.low, both.high),
                (Series("", ends, ends, "faint", "dashes"), Series("", points.x, points.y, look="dots")),
                note="What is right lies on the dashed line.", is_square=True,
            )  # fmt: skip
            yield Plot(
                f"Residuals{of}", axis("Predicted", [points.y]), axis("Predicted − true", [points.z], zero=True),
                (Series("", points.y, points.z, look="dots"), _level(points.y)),
                note="A pattern is something that the network could still learn.", is_square=True,
            )  # fmt: skip
        if bins := judged.figures.get(("residual", place)):
            width = float(bins.y[0])
            ends = np.array([bins.x[0] - width / 2, bins.x[-1] + width / 2])
            title = f"Size of the residuals{of}" if judged.found.targets else "Mean squared error of a row"
            bars = Series("", bins.x, bins.z, look="bars", width=width)
            yield Plot(title, axis("", [ends]), axis("rows", [bins.z], zero=True, whole=True), (bars,), is_square=True)


def _level(x: NDArray[np.float64]) -> Series:
    return Series("", np.array([x.min(), x.max()]), np.zeros(2), "faint", "dashes")


# ---- mistakes ----


def data_uris(mistakes: Mistakes) -> list[str]:
    """The pictures of the mistakes, as they stand in the page itself."""
    return [f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}" for png in mistakes.pictures]
