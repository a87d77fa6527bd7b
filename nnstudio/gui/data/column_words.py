"""What is said of one column, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from nnstudio.spec.columns import Column, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.facts import ColumnProfile, DataFacts, Relation
from nnstudio.spec.tasks import Task
from nnstudio.spec.words import amount, counted, moment

MOST_VALUES = 4
"""As many values of a category are named in a tooltip."""

ROLE_WORDS = {
    Role.FEATURE: "used",
    Role.TARGET: "to be predicted",
    Role.IGNORE: "ignored",
    Role.GROUP: "groups the rows",
    Role.WEIGHT: "weighs the rows",
}
ROLE_HELPS = {
    Role.FEATURE: "The network sees it.",
    Role.TARGET: "The network learns to predict it.",
    Role.IGNORE: "The network does not see it.",
    Role.GROUP: "Rows with the same value belong together: a split by groups never parts them.",
    Role.WEIGHT: "How much a row counts in the loss.",
}


def column_tip(column: Column, profile: ColumnProfile | None, warnings: Sequence[str] = ()) -> str:
    """A column in full, as rich text: its name, what it is and is for, what its values are, what is amiss."""
    lines = [f"<b>{escape(column.name)}</b>", f"{column.kind.label.capitalize()}, {ROLE_WORDS[column.role]}"]
    if profile:
        values = value_range(profile) or _values(profile)
        missing = f"{profile.missing:,} missing" if profile.missing else "none missing"
        lines += [escape(values)] if values else []
        lines.append(f"{counted(profile.distinct, 'different value')}, {missing}")
    lines += [f"<b>!</b> {escape(sentence)}" for sentence in warnings]
    return "<qt>" + "<br>".join(lines) + "</qt>"


def value_range(profile: ColumnProfile) -> str:
    """``32.1 to 59.6, mean 43.92``, or the first and last moment; empty for words."""
    if profile.earliest and profile.latest:
        return f"{moment(profile.earliest)} to {moment(profile.latest)}"
    if profile.low is None or profile.high is None:
        return ""
    mean = f", mean {amount(profile.mean)}" if profile.mean is not None else ""
    return f"{amount(profile.low)} to {amount(profile.high)}{mean}"


def _values(profile: ColumnProfile) -> str:
    named = [f"{value} ({count:,})" for value, count in profile.top[:MOST_VALUES]]
    return ", ".join(named) + (" …" if profile.distinct > len(named) else "")


def facts_of(profile: ColumnProfile, rows: int) -> Iterator[tuple[str, str]]:
    """What is known of the values of a column, each with its title."""
    yield "Missing", _share_of(profile.missing, rows)
    yield "Different", f"{counted(profile.distinct, 'value')}"
    if profile.infinite:
        yield "Infinite", f"{counted(profile.infinite, 'cell')}, taken as missing"
    if profile.earliest:
        yield "From", moment(profile.earliest)
        yield "To", moment(profile.latest)
    if profile.low is not None and profile.high is not None:
        yield "Range", f"{amount(profile.low)} to {amount(profile.high)}"
        yield from _middle(profile)


def _middle(profile: ColumnProfile) -> Iterator[tuple[str, str]]:
    if profile.mean is not None:
        spread = f" ± {amount(profile.std)}" if profile.std is not None else ""
        yield "Mean", f"{amount(profile.mean)}{spread}"
    if profile.median is not None:
        yield "Median", amount(profile.median)
    if profile.skew is not None:
        yield "Skew", f"{profile.skew:+.2f}{_leaning(profile.skew)}"


SKEWED = 1.0
"""From here on a distribution is commonly called highly skewed."""


def _leaning(skew: float) -> str:
    if abs(skew) < SKEWED:
        return ""
    return ": a long tail to the right" if skew > 0 else ": a long tail to the left"


def _share_of(count: int, rows: int) -> str:
    if not count or not rows:
        return "none"
    return f"{count:,} of {rows:,} ({percent(count / rows)})"


def percent(share: float) -> str:
    """A share as a person writes it: ``64 %``, ``0.6 %``, and never 0 or 100 for what is not quite that."""
    hundredths = 100 * share
    if 0 < hundredths < 0.1:
        return "less than 0.1 %"
    if 99 < hundredths < 100:
        return "more than 99 %"
    return f"{hundredths:.1f} %" if 0 < hundredths < 10 else f"{hundredths:.0f} %"


def relation_sentence(relation: Relation, data: DataSpec) -> str:
    """How much a column says about what is to be predicted."""
    if data.task is Task.RECONSTRUCTION or not data.targets:
        return ""
    target = data.targets[0].name if len(data.targets) == 1 else counted(len(data.targets), "target")
    if relation.is_same:
        return f"Gives {target} away: each of its values goes with one answer."
    if relation.strength < 0.005:
        return f"On its own it says nothing about {target}."
    return f"Explains {percent(relation.strength)} of {target} on its own."


MOST_FEATURES = 6
"""As many encoded numbers of a column are named."""


def becomes(name: str, facts: DataFacts) -> str:
    """The numbers that the network gets from a column, a line each; empty where they are not known."""
    triples = zip(facts.features, facts.origins, facts.meanings, strict=False)
    found = [f"{feature}: {meaning}" for feature, origin, meaning in triples if origin == name]
    if not found:
        return ""
    more = [f"and {counted(len(found) - MOST_FEATURES, 'more number')}"] if len(found) > MOST_FEATURES else []
    return "\n".join([f"Becomes {counted(len(found), 'number')}:", *found[:MOST_FEATURES], *more])


def unencoded(role: Role, task: Task) -> str:
    """What becomes of a column that the network does not see."""
    match role:
        case Role.TARGET if task.is_classification:
            return "The network learns its classes as 0, 1, 2 …, in the order of their names."
        case Role.TARGET:
            return "It is standardised for training; results are in its own unit."
        case Role.GROUP:
            return "The network does not see it. It says which rows belong together."
        case Role.WEIGHT:
            return "The network does not see it. It says how much a row counts in the loss."
    return "The network does not see it."
