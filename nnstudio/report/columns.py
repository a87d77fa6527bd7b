"""The data of a report: its columns at a glance, and how the rows were dealt out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnstudio.report.content import MOST_DRAWN, Report
from nnstudio.report.network import cut
from nnstudio.report.plots import Plot, Series, array, axis, shares, spark
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.facts import ColumnProfile
from nnstudio.spec.parts import PART_WORDS, PARTS
from nnstudio.spec.words import amount, counted, moment

MOST_BARS = 6
"""Values of a category that have a bar of their own; the others share the last one."""
LONGEST = 40
"""Letters of a value; a cell may hold a book."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a bar that stands for all rows: its share in percent, and what it is."""

    percent: float
    words: str


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column as the table has it; ``says`` is the share of the target that knowing it explains, in percent."""

    name: str
    role: Role
    kind: str
    becomes: str
    missing: str
    distinct: str
    values: str
    spark: str = ""
    bars: tuple[Bar, ...] = ()
    says: float | None = None


def column_lines(report: Report) -> list[ColumnLine]:
    """Every column of the data: targets first, then what the network sees, then the others."""
    if report.project.data is None:
        return []
    profiles = {profile.name: profile for profile in report.data.columns} if report.data else {}
    becomes = {feature.name: feature.names for feature in report.encoding.features}
    says = {relation.column: 100 * relation.strength for relation in report.facts.relations} if report.facts else {}
    order = {Role.TARGET: 0, Role.FEATURE: 1}
    columns = sorted(report.project.data.columns, key=lambda column: order.get(column.role, 2))
    rows = report.data.rows if report.data else 0
    return [
        _line(column, profiles.get(column.name), becomes.get(column.name), rows, says.get(column.name))
        for column in columns
    ]


def _line(
    column: Column, profile: ColumnProfile | None, names: Sequence[str] | None, rows: int, says: float | None
) -> ColumnLine:
    becomes = "" if names is None else counted(len(names), "number") if names else "pixels"
    if profile is None:
        return ColumnLine(column.name, column.role, column.kind.label, becomes, "?", "?", "", says=says)
    missing = f"{profile.missing:,} ({100 * profile.missing / rows:.1f} %)" if profile.missing and rows else "0"
    is_amount = column.kind in (Kind.NUMBER, Kind.DATE) and bool(profile.histogram)
    return ColumnLine(
        column.name,
        column.role,
        column.kind.label,
        becomes,
        missing,
        "" if column.kind is Kind.IMAGE else f"{profile.distinct:,}",
        _values(column, profile),
        spark(profile.histogram) if is_amount else "",
        () if is_amount else tuple(_bars(profile, rows)),
        says,
    )


def _values(column: Column, profile: ColumnProfile) -> str:
    if profile.earliest and profile.latest:
        return f"{moment(profile.earliest)} to {moment(profile.latest)}"
    if profile.mean is not None and profile.std is not None and column.kind in (Kind.NUMBER, Kind.INTEGER):
        span = f", {amount(profile.low or 0)} to {amount(profile.high or 0)}"
        return f"{amount(profile.mean)} ± {amount(profile.std)}{span}"
    named = ", ".join(f"{cut(value, LONGEST)} ({count:,})" for value, count in profile.top[:3])
    if column.kind is Kind.IMAGE:
        return ""
    return f"{named} …" if profile.distinct > 3 else named


def _bars(profile: ColumnProfile, rows: int) -> Iterator[Bar]:
    present = rows - profile.missing
    if not present or not profile.top:
        return
    shown = profile.top[: MOST_BARS - 1] if profile.distinct > MOST_BARS else profile.top[:MOST_BARS]
    if shown[0][1] * 100 < present:
        return  # names and numbers of rows: bars would say nothing
    rest = present - sum(count for _, count in shown)
    for value, count in shown:
        yield Bar(round(100 * count / present, 2), f"{cut(value, LONGEST)}: {count:,}")
    if rest > 0:
        yield Bar(round(100 * rest / present, 2), f"others: {rest:,}")


# ---- how the rows were dealt out ----


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part of the split: its rows, and their share of all in percent."""

    part: str
    title: str
    rows: int
    percent: float


def part_lines(report: Report) -> list[PartLine]:
    """How many rows each part of the split has, where that is known."""
    if report.facts is None:
        return []
    rows = [getattr(report.facts.rows, part) for part in PARTS]
    lines = zip(PARTS, rows, shares(rows), strict=True)
    return [PartLine(part, PART_WORDS[part], count, share) for part, count, share in lines if count]


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class: its rows in each part that is known, and their share of the first of these in percent."""

    name: str
    counts: tuple[int, ...]
    percent: float


def class_lines(report: Report) -> tuple[tuple[str, ...], list[ClassLine]]:
    """The parts, and for each class its rows in them."""
    by_part = {judged.found.part: judged.found for judged in report.judged}
    parts = [part for part in PARTS if part in by_part and by_part[part].class_scores]
    columns = [[score.support for score in by_part[part].class_scores] for part in parts]
    if not columns and report.facts and report.facts.class_counts:
        parts, columns = ["train"], [list(report.facts.class_counts)]
    if not columns:
        return (), []
    rows = zip(report.encoding.target.classes, zip(*columns, strict=True), shares(columns[0]), strict=True)
    return tuple(PART_WORDS[part] for part in parts), [ClassLine(*row) for row in rows]


def target_plots(report: Report) -> list[Plot]:
    """How the values to predict are distributed over all rows."""
    if report.data is None or report.encoding.target.classes:
        return []
    names = report.encoding.target.names[:MOST_DRAWN]
    profiles = [profile for profile in report.data.columns if profile.name in names and profile.histogram]
    return [_distribution(profile) for profile in profiles if profile.low is not None and profile.high is not None]


def _distribution(profile: ColumnProfile) -> Plot:
    low, high = profile.low or 0.0, profile.high or 0.0
    bins = len(profile.histogram)
    width = (high - low) / bins or 1.0
    middles = array(low + width * (place + 0.5) for place in range(bins))
    counts = np.array(profile.histogram, np.float64)
    x = axis(profile.name, [np.array([low, high])])
    bars = Series("", middles, counts, look="bars", width=width)
    return Plot(f"Distribution of {profile.name}", x, axis("rows", [counts], zero=True, whole=True), (bars,))


def source_facts(report: Report) -> list[tuple[str, str]]:
    """What the data are, in a table of two columns."""
    data = report.project.data
    if data is None:
        return []
    facts = [("File", Path(data.source.path).name), ("Read as", data.source.title), ("Task", data.task.label)]
    if target := report.encoding.target.name:
        facts.append(("Target", target))
    if report.data:
        facts.append(("Rows", f"{report.data.rows:,}"))
    facts.append(("Columns", f"{len(data.columns):,}"))
    facts.append(("One example", " × ".join(map(str, report.encoding.input_shape)) + " numbers"))
    if report.facts:
        facts.append(("Missing cells filled", f"{report.facts.filled_cells:,}"))
        left_out = {"Rows without a target": report.facts.dropped_rows, "Repeated rows": report.facts.repeated_rows}
        facts += [(title, f"{rows:,}, left out") for title, rows in left_out.items() if rows]
    if fingerprint := report.fingerprint or data.fingerprint:
        facts.append(("Fingerprint", fingerprint))
    return facts
