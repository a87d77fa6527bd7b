"""What speaks against the target, the rows and the split of an experiment, with remedies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

from nnstudio.data.profiling.kinds import sounds_like_key
from nnstudio.session import edits
from nnstudio.session.agreement import shares_of
from nnstudio.session.finding import Finding, Fix
from nnstudio.spec.columns import CategoryEncoding, Column, Kind, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import SpecError
from nnstudio.spec.facts import ColumnProfile, DataFacts, SourceFacts
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.project import Project
from nnstudio.spec.splits import GroupSplit, RandomSplit, ShareSplit, TimeSplit
from nnstudio.spec.tasks import Task
from nnstudio.spec.words import counted

MOST_NAMES = 5
"""As many classes are named in a sentence."""

RARE = 10
"""A class with so many times fewer rows than the most frequent one is rare."""

FEWEST_TO_LEARN = 5
"""Training rows of a class."""

KEPT_CLASSES = 20
"""Of very many classes; the others become one."""
MOST_CLASSES = 100
"""Words with more different values are hardly classes."""

FEW_AMOUNTS = 10
"""Whole numbers with no more different values than these are often classes."""

MANY_GROUPS = 5

FEWEST_ROWS = 20
"""Training rows, below which nothing that is learned holds for others."""

HELD_OUT = 0.1
"""The share that is offered to be held out for validation."""


def target_findings(data: DataSpec, found: SourceFacts) -> Iterator[Finding]:
    """What should be known of the column to predict."""
    target = data.target
    if target is None or len(data.targets) > 1 or data.task is Task.RECONSTRUCTION:
        return
    profile = next((profile for profile in found.columns if profile.name == target.name), None)
    if profile is None:
        return
    if data.task is Task.MULTICLASS and profile.suggested_task is Task.REGRESSION:
        yield _rather(profile, Task.REGRESSION, "Predict a number", "as classes, each on its own.", is_note=False)
    elif data.task is Task.REGRESSION and _could_be_classes(profile):
        yield _rather(profile, profile.suggested_task, "Predict classes", "and each is predicted as an amount.")
    elif data.task is Task.MULTICLASS and _classes_kept(target, profile) > MOST_CLASSES:
        yield _too_many_classes(profile)


def _classes_kept(target: Column, profile: ColumnProfile) -> int:
    most = target.encoding.most if isinstance(target.encoding, CategoryEncoding) else 0
    return min(profile.distinct, most + 1) if most else profile.distinct


def _could_be_classes(profile: ColumnProfile) -> bool:
    return profile.suggested_task.is_classification and profile.distinct <= FEW_AMOUNTS


def _rather(profile: ColumnProfile, task: Task, title: str, why: str, is_note: bool = True) -> Finding:
    problem = SpecError(
        f"“{profile.name}” might be better predicted as {'a number' if task is Task.REGRESSION else 'classes'}.",
        f"It has {profile.distinct:,} different values, {why}",
        f"{title}.",
    )
    fix = Fix(title, lambda project: edits.set_task(project, task))
    return Finding(problem, False, fix=fix, column=profile.name, check=f"task {task}", is_note=is_note)


def _too_many_classes(profile: ColumnProfile) -> Finding:
    problem = SpecError(
        f"“{profile.name}” has {profile.distinct:,} classes.",
        "From a few rows of each little can be learned.",
        "Let the rarer ones count as one class, or predict another column.",
    )
    often = CategoryEncoding(most=KEPT_CLASSES)
    fix = Fix(f"Keep {KEPT_CLASSES} classes", lambda project: edits.set_encoding(project, {profile.name}, often))
    return Finding(problem, False, fix=fix, column=profile.name, check="classes")


# the rows of each class


def part_findings(data: DataSpec, facts: DataFacts) -> Iterator[Finding]:
    """What should be known of how many rows train, and how many watch."""
    rows = facts.rows
    if 0 < rows.train < FEWEST_ROWS:
        problem = SpecError(
            f"Only {counted(rows.train, 'row')} {_are(rows.train)} there to train on.",
            "A network learns so few by heart, and nothing that holds for others.",
            "Gather more; a few hundred are a beginning.",
        )
        yield Finding(problem, False, check="few rows")
    elif not rows.validation:
        problem = SpecError(
            "No rows are held out for validation.",
            "Overfitting cannot be seen, and the last weights are kept instead of the best.",
            "Hold some rows out.",
        )
        fix = Fix(f"Hold out {HELD_OUT:.0%}", _hold_out) if isinstance(data.split, ShareSplit) else None
        yield Finding(problem, False, fix=fix, check="no validation", is_note=True)


def _hold_out(project: Project) -> Project:
    split = edits.data_of(project).split
    assert isinstance(split, ShareSplit)
    return edits.set_split(project, replace(split, validation=HELD_OUT))


def class_findings(data: DataSpec, facts: DataFacts) -> Iterator[Finding]:
    """What should be known of the rows that are there for each answer."""
    if facts.dropped_rows:
        what = f"{counted(facts.dropped_rows, 'row')} without “{facts.target}” {_are(facts.dropped_rows)} left out."
        yield _note(SpecError(what, "Nothing can be learned from them."), "dropped", facts.target)
    if facts.classes and _is_renumbered(facts.classes):
        yield _note(_renumbered(facts), "labels", facts.target)
    counts = facts.class_counts
    if len(counts) < 2 or data.batches.balance != "none":
        return
    scarce = [name for name, count in zip(facts.classes, counts, strict=True) if count < FEWEST_TO_LEARN]
    if scarce:
        yield _scarce(facts, scarce)
    elif RARE * min(counts) <= max(counts):
        yield _imbalanced(facts)


def _is_renumbered(classes: Sequence[str]) -> bool:
    """Whether the classes are whole numbers, but not 0, 1, 2 and so on."""
    are_whole = all(name.removeprefix("-").isdecimal() for name in classes)
    return are_whole and list(classes) != [str(number) for number in range(len(classes))]


def _renumbered(facts: DataFacts) -> SpecError:
    pairs = [f"{name} is {number}" for number, name in enumerate(facts.classes[:MOST_NAMES])]
    more = " and so on" if len(facts.classes) > MOST_NAMES else ""
    return SpecError(
        f"The classes of “{facts.target}” are numbered anew for the network.",
        f"A loss counts classes from 0: {', '.join(pairs)}{more}. Predictions show the names in the file.",
    )


def _scarce(facts: DataFacts, scarce: Sequence[str]) -> Finding:
    named = ", ".join(f"“{name}”" for name in scarce[:MOST_NAMES]) + (" …" if len(scarce) > MOST_NAMES else "")
    classes = "A class has" if len(scarce) == 1 else f"{len(scarce):,} classes have"
    problem = SpecError(
        f"{classes} fewer than {FEWEST_TO_LEARN} training rows: {named}.",
        "Nothing general can be learned from so few.",
        "Collect more rows, merge rare classes in the file, or let rare classes count more.",
    )
    return Finding(problem, False, fix=_balanced("weights"), column=facts.target, check="scarce")


def _imbalanced(facts: DataFacts) -> Finding:
    total, counts = sum(facts.class_counts), facts.class_counts
    rare, common = counts.index(min(counts)), counts.index(max(counts))
    problem = SpecError(
        f"“{facts.classes[rare]}” is rare: {counts[rare]:,} of {total:,} training rows.",
        f"Always answering “{facts.classes[common]}” is right in {max(counts) / total:.0%} of them.",
        "Let rare classes count more, or be dealt out more often.",
    )
    fix, other = _balanced("weights"), _balanced("sampling")
    return Finding(problem, False, fix=fix, column=facts.target, check="imbalance", other_fix=other)


def _balanced(balance: Literal["weights", "sampling"]) -> Fix:
    def apply(project: Project) -> Project:
        return edits.set_batches(project, replace(edits.data_of(project).batches, balance=balance))

    return Fix("Use class weights" if balance == "weights" else "Use balanced sampling", apply)


# the split


def split_findings(data: DataSpec, found: SourceFacts) -> Iterator[Finding]:
    """What should be known of how the rows are dealt out."""
    if isinstance(data.layout, WindowLayout) and isinstance(data.split, RandomSplit):
        yield _torn_windows(data.layout)
    elif isinstance(data.split, GroupSplit) and not data.with_role(Role.GROUP):
        yield _no_groups(data.split)
    elif isinstance(data.split, RandomSplit):
        yield from _rather_not_at_random(data, found)
    if found.duplicates and len(found.columns) > 1:  # numbers of a series may well come again
        yield _repeated(found, data)


def _torn_windows(layout: WindowLayout) -> Finding:
    problem = SpecError(
        "Windows need rows that follow each other.",
        "A random split tears neighbouring rows apart.",
        "Split by time.",
    )
    fix = Fix("Split by time", lambda project: edits.set_layout(project, layout))
    return Finding(problem, fix=fix, check="windows")


def _no_groups(split: GroupSplit) -> Finding:
    random = RandomSplit(split.validation, split.test, seed=split.seed, folds=split.folds)
    problem = SpecError(
        "No column says which rows belong together.", "", "Choose the group column, or split at random."
    )
    fix = Fix("Split at random", lambda project: edits.set_split(project, random))
    return Finding(problem, fix=fix, check="groups")


def _rather_not_at_random(data: DataSpec, found: SourceFacts) -> Iterator[Finding]:
    profiles = {profile.name: profile for profile in found.columns}
    for column in data.columns:
        profile = profiles.get(column.name)
        if profile is None or column.role not in (Role.FEATURE, Role.IGNORE):
            continue
        if column.kind is Kind.DATE and RARE * profile.distinct >= found.rows:
            yield _in_time(data, column)
            return
        if _names_groups(profile, found.rows):
            yield _in_groups(column)
            return


def _names_groups(profile: ColumnProfile, rows: int) -> bool:
    present = rows - profile.missing
    return sounds_like_key(profile.name) and MANY_GROUPS <= profile.distinct <= present // 2


def _in_time(data: DataSpec, column: Column) -> Finding:
    validation, test = shares_of(data.split)
    split = TimeSplit(validation, test, column.name, data.split.folds)
    problem = SpecError(
        f"The rows have a date, “{column.name}”, but are dealt out at random.",
        "To predict what is to come, a network should be tested on rows that are later than those it learned from.",
        "Split by time.",
    )
    fix = Fix(f"Split by “{column.name}”", lambda project: edits.set_split(project, split))
    return Finding(problem, False, fix=fix, check="time", is_note=True)


def _in_groups(column: Column) -> Finding:
    problem = SpecError(
        f"Several rows have the same “{column.name}”, but are dealt out at random.",
        "A network may recognise in the test what it saw in training.",
        "Keep rows that belong together on one side.",
    )
    fix = Fix(f"Split by “{column.name}”", lambda project: edits.set_role(project, {column.name}, Role.GROUP))
    return Finding(problem, False, fix=fix, check="same group", is_note=True)


def _repeated(found: SourceFacts, data: DataSpec) -> Finding:
    repeat = "repeats" if found.duplicates == 1 else "repeat"
    rows = f"{counted(found.duplicates, 'row')} {repeat} an earlier one in every column"
    if isinstance(data.layout, WindowLayout):
        return _note(SpecError(f"{rows}.", "Windows keep them: a series may say the same again."), "duplicates")
    if not data.keep_repeats:
        problem = SpecError(f"{rows}, and {_are(found.duplicates)} left out.", "Only the first of them counts.")
        return replace(_note(problem, "repeats left out"), fix=Fix("Keep them", partial(edits.keep_repeats, kept=True)))
    problem = SpecError(
        f"{rows}.",
        "The same example may be learned from and tested on, which flatters the result.",
        "Leave repeated rows out, unless they were measured more than once.",
    )
    return replace(_note(problem, "duplicates"), fix=Fix("Leave them out", partial(edits.keep_repeats, kept=False)))


def _note(problem: SpecError, check: str, column: str = "") -> Finding:
    return Finding(problem, False, column=column, check=check, is_note=True)


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
