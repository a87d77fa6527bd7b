"""What speaks against using a column as it is used, with a remedy for one column or for many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from nnstudio.session import edits
from nnstudio.session.finding import Finding, Fix
from nnstudio.spec.columns import CategoryEncoding, Column, ColumnEncoding, Kind, NumberEncoding, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import SpecError
from nnstudio.spec.facts import ColumnProfile, DataFacts, SourceFacts
from nnstudio.spec.project import Project
from nnstudio.spec.words import counted

MOST_SINGLE = 4
"""Of more columns with the same trouble one finding tells."""

MOST_NAMES = 6
"""As many columns are named in a sentence."""

MUCH_MISSING = 0.5
EXTREME_SKEW = 3.0
FEW_VALUES = 20
"""Skewness says little about fewer different values."""

MOST_ONE_HOT = 50
KEPT = 20
"""Categories that are kept where there are more than `MOST_ONE_HOT`."""

FEWEST_COUNTED = 20
"""Whole numbers from 0 or 1 up number the rows where there are so many of them."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A feature column with what is known of it."""

    column: Column
    profile: ColumnProfile
    rows: int
    gives_away: str = ""
    """The target that it is the same as."""

    @property
    def present(self) -> int:
        return self.rows - self.profile.missing


@dataclass(frozen=True, slots=True)
class _Check:
    """One trouble that a column can have: how it is told of one column and of several, and what helps."""

    name: str
    applies: Callable[[Seen], bool]
    one: Callable[[Seen], str]
    many: str
    """Behind the number of columns: ``never change``."""
    why: str
    remedy: str
    fix: Callable[[Project, Sequence[str]], Project]
    fix_title: str
    """With ``{}`` for the column, or for how many."""
    is_note: bool = False


def column_findings(data: DataSpec, found: SourceFacts, facts: DataFacts | None) -> Iterator[Finding]:
    """What should be known of the feature columns of ``data``; how they go with the target is known with ``facts``."""
    same = {relation.column for relation in facts.relations if relation.is_same} if facts else set()
    target = facts.target if facts else ""
    profiles = {profile.name: profile for profile in found.columns}
    seen = [
        Seen(column, profiles[column.name], found.rows, target if column.name in same else "")
        for column in data.features
        if column.name in profiles
    ]
    first = [next((check for check in CHECKS if check.applies(column)), None) for column in seen]
    for check in CHECKS:
        yield from _told(check, [column for column, applies in zip(seen, first, strict=True) if applies is check])


def _told(check: _Check, troubled: Sequence[Seen]) -> Iterator[Finding]:
    if len(troubled) > MOST_SINGLE:
        names = [seen.column.name for seen in troubled]
        yield _finding(check, f"{len(names):,} columns {check.many}: {_listed(names)}", names, "")
        return
    for seen in troubled:
        yield _finding(check, check.one(seen), [seen.column.name], seen.column.name)


def _finding(check: _Check, what: str, names: Sequence[str], column: str) -> Finding:
    title = check.fix_title.format(f"“{column}”" if column else f"{len(names):,} columns")
    fix = Fix(title, lambda project: check.fix(project, names))
    problem = SpecError(what, check.why, check.remedy)
    return Finding(problem, blocks=False, fix=fix, column=column, check=check.name, is_note=check.is_note)


def _listed(names: Sequence[str]) -> str:
    named = ", ".join(names[:MOST_NAMES])
    return f"{named} …" if len(names) > MOST_NAMES else f"{named}."


# what can be wrong


def _numbers_the_rows(seen: Seen) -> bool:
    profile = seen.profile
    if not profile.is_whole or profile.low is None or profile.high is None or seen.present < FEWEST_COUNTED:
        return False
    counts = profile.low in (0, 1) and profile.high - profile.low == profile.distinct - 1
    return counts and profile.distinct == seen.present


def _is_skewed(seen: Seen) -> bool:
    encoding, profile = seen.column.encoded, seen.profile
    return (
        isinstance(encoding, NumberEncoding)
        and encoding.scale not in ("log", "robust")
        and profile.skew is not None
        and abs(profile.skew) > EXTREME_SKEW
        and profile.distinct > FEW_VALUES
    )


def _has_too_many(seen: Seen) -> bool:
    encoding = seen.column.encoded
    if not isinstance(encoding, CategoryEncoding) or encoding.code != "one_hot":
        return False
    return min(seen.profile.distinct, encoding.most or seen.profile.distinct) > MOST_ONE_HOT


def _is_silently_infinite(seen: Seen) -> bool:
    encoding = seen.column.encoded
    return seen.profile.infinite > 0 and isinstance(encoding, NumberEncoding) and not encoding.indicator


def _constant(seen: Seen) -> str:
    if not seen.profile.distinct:
        return f"“{seen.column.name}” is empty in every row."
    return f"“{seen.column.name}” is the same in every row."


# what helps


def _ignore(project: Project, names: Sequence[str]) -> Project:
    return edits.set_role(project, names, Role.IGNORE)


def _encode(project: Project, names: Sequence[str], change: Callable[[ColumnEncoding], ColumnEncoding]) -> Project:
    """Change the encoding in force of each column."""
    for column in edits.data_of(project).columns:
        if column.name in names:
            project = edits.set_encoding(project, {column.name}, change(column.encoded))
    return project


def _cap(project: Project, names: Sequence[str]) -> Project:
    return _encode(
        project, names, lambda usual: replace(usual, most=KEPT) if isinstance(usual, CategoryEncoding) else usual
    )


def _tame(project: Project, names: Sequence[str]) -> Project:
    return _encode(
        project, names, lambda usual: replace(usual, scale="log") if isinstance(usual, NumberEncoding) else usual
    )


def _indicate(project: Project, names: Sequence[str]) -> Project:
    return _encode(
        project, names, lambda usual: replace(usual, indicator=True) if isinstance(usual, NumberEncoding) else usual
    )


CHECKS = (
    _Check(
        "leakage",
        lambda seen: bool(seen.gives_away),
        lambda seen: f"“{seen.column.name}” gives “{seen.gives_away}” away.",
        "give the target away",
        "It says the same in other words, so that a network copies it and learns nothing else.",
        "Ignore it, unless it is known before the target is.",
        _ignore,
        "Ignore {}",
    ),
    _Check(
        "constant",
        lambda seen: seen.profile.distinct <= 1,
        _constant,
        "never change",
        "Nothing can be learned from it.",
        "Ignore it.",
        _ignore,
        "Ignore {}",
    ),
    _Check(
        "identifier",
        lambda seen: seen.column.kind is Kind.IDENTIFIER,
        lambda seen: f"“{seen.column.name}” only names the rows.",
        "only name the rows",
        "A network can learn it by heart, but that is of no use for new rows.",
        "Ignore it.",
        _ignore,
        "Ignore {}",
    ),
    _Check(
        "text",
        lambda seen: seen.column.kind is Kind.TEXT,
        lambda seen: f"“{seen.column.name}” holds free text.",
        "hold free text",
        "A network for tables cannot read it: it only tells the most frequent texts apart.",
        "Ignore it.",
        _ignore,
        "Ignore {}",
    ),
    _Check(
        "missing",
        lambda seen: seen.profile.missing > MUCH_MISSING * seen.rows,
        lambda seen: f"“{seen.column.name}” is missing in {seen.profile.missing / seen.rows:.0%} of the rows.",
        "are missing in more than half of the rows",
        "What stands in for it says little.",
        "Ignore it, or let an indicator say where it was missing.",
        _ignore,
        "Ignore {}",
    ),
    _Check(
        "categories",
        _has_too_many,
        lambda seen: f"“{seen.column.name}” has {seen.profile.distinct:,} categories.",
        f"have more than {MOST_ONE_HOT} categories",
        "Each becomes an input of its own, and little can be learned about rare ones.",
        f"Keep the {KEPT} most frequent ones; all others become “other”.",
        _cap,
        f"Keep {KEPT} categories of {{}}",
    ),
    _Check(
        "infinite",
        _is_silently_infinite,
        lambda seen: f"“{seen.column.name}” is infinite or too large in {counted(seen.profile.infinite, 'row')}.",
        "hold infinite or too large numbers",
        "They count as missing.",
        "Add an indicator, so that the network sees where.",
        _indicate,
        "Add an indicator to {}",
    ),
    _Check(
        "skew",
        _is_skewed,
        lambda seen: f"“{seen.column.name}” is extremely skewed.",
        "are extremely skewed",
        "A few rows lie far from all others, which look the same to the network.",
        "Use the logarithm.",
        _tame,
        "Use the logarithm of {}",
    ),
    _Check(
        "numbering",
        _numbers_the_rows,
        lambda seen: f"“{seen.column.name}” may only number the rows.",
        "may only number the rows",
        "It counts up by one, and no value occurs twice.",
        "Ignore it, unless it is a time or a place.",
        _ignore,
        "Ignore {}",
        is_note=True,
    ),
)
"""In the order in which they are told; of one column only the first."""
