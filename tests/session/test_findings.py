"""What is said about the data, and what the remedies do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.session.finding import Finding
from nnstudio.session.findings import findings
from nnstudio.session.preflight import preflight
from nnstudio.spec.columns import CategoryEncoding, Column, Kind, NumberEncoding, Role
from nnstudio.spec.data import Batches, DataSpec
from nnstudio.spec.errors import DataError, SpecError
from nnstudio.spec.facts import ColumnProfile, DataFacts, Relation, Rows, SourceFacts
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.project import Project
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import GroupSplit, RandomSplit, TimeSplit
from nnstudio.spec.tasks import Task

ROWS = 1_000
SOURCE = TableSource("t.csv")
PLAIN = ColumnProfile("plain", Kind.NUMBER, 0, 700, 0.5, 9.5, 5.0, is_numeric=True, skew=0.1)
TARGET = ColumnProfile("y", Kind.NUMBER, 0, 800, -1.5, 7.5, 0.5, is_numeric=True, skew=0.0)


def number(name: str = "x", **fields: Any) -> ColumnProfile:
    return replace(PLAIN, name=name, **fields)


def words(name: str = "x", distinct: int = 3, kind: Kind = Kind.CATEGORY, **fields: Any) -> ColumnProfile:
    return ColumnProfile(name, kind, distinct=distinct, **{"missing": 0} | fields)


def state_of(
    *profiles: ColumnProfile,
    target: ColumnProfile = TARGET,
    task: Task = Task.REGRESSION,
    facts: DataFacts | None = None,
    duplicates: int = 0,
    **fields: Any,
) -> State:
    """What is known of a table with these columns before one to predict; all are used."""
    columns = tuple(Column(profile.name, profile.kind) for profile in (PLAIN, *profiles))
    data = DataSpec(SOURCE, (*columns, Column(target.name, target.kind, Role.TARGET)), task, **fields)
    found = SourceFacts(SOURCE, "", "c", ROWS, (PLAIN, *profiles, target), data.columns, task, duplicates=duplicates)
    return State(Project(data), source=found, facts=facts, described=data if facts else None)


def only(state: State) -> Finding:
    (finding,) = findings(state)
    return finding


def fixed(state: State, finding: Finding) -> State:
    """The state behind the remedy; what is known of the file stays."""
    assert finding.fix is not None
    project = finding.fix.apply(state.project)
    return replace(state, project=project, described=project.data if state.facts else None)


def classes(*counts: int, names: str | None = None, **fields: Any) -> DataFacts:
    chosen = tuple(names.split()) if names else tuple("abcdefgh"[: len(counts)])
    task = Task.BINARY if len(counts) == 2 else Task.MULTICLASS
    return DataFacts(task, (2,), Rows(sum(counts), 9, 9), "y", classes=chosen, class_counts=counts, **fields)


def test_of_good_data_nothing_is_said() -> None:
    assert findings(state_of(number(), words("colour"))) == ()
    assert findings(State()) == ()


# columns


@pytest.mark.parametrize(
    ("profile", "sentence", "title"),
    [
        (words(kind=Kind.CONSTANT, distinct=1), "“x” is the same in every row.", "Ignore “x”"),
        (number(kind=Kind.CONSTANT, distinct=0, missing=ROWS), "“x” is empty in every row.", "Ignore “x”"),
        (words(kind=Kind.IDENTIFIER, distinct=ROWS), "“x” only names the rows.", "Ignore “x”"),
        (words(kind=Kind.TEXT, distinct=900), "“x” holds free text.", "Ignore “x”"),
        (number(missing=870), "“x” is missing in 87% of the rows.", "Ignore “x”"),
        (words(distinct=812), "“x” has 812 categories.", "Keep 20 categories of “x”"),
        (number(infinite=3, missing=3), "“x” is infinite or too large in 3 rows.", "Add an indicator to “x”"),
        (number(infinite=1, missing=1), "“x” is infinite or too large in 1 row.", "Add an indicator to “x”"),
        (number(skew=9.0), "“x” is extremely skewed.", "Use the logarithm of “x”"),
        (number(skew=-9.0), "“x” is extremely skewed.", "Use the logarithm of “x”"),
        (number(distinct=ROWS, low=0, high=ROWS - 1.0, is_whole=True), "“x” may only number the rows.", "Ignore “x”"),
    ],
)
def test_what_is_wrong_with_a_column_is_said_and_remedied(profile: ColumnProfile, sentence: str, title: str) -> None:
    state = state_of(profile)
    finding = only(state)
    assert (finding.problem.what, finding.column, finding.blocks) == (sentence, "x", False)
    assert finding.problem.why.endswith(".")
    assert finding.problem.remedy.endswith(".")
    assert finding.fix is not None
    assert finding.fix.title == title
    assert findings(fixed(state, finding)) == ()


@pytest.mark.parametrize(
    "profile",
    [
        number(missing=500),
        words(distinct=50),
        number(skew=3.0),
        number(skew=9.0, distinct=20),
        number(distinct=ROWS, low=2, high=ROWS + 1.0, is_whole=True),
        number(distinct=19, missing=ROWS - 19, low=0, high=18, is_whole=True, skew=None),
        words(kind=Kind.DATE, distinct=50),
    ],
)
def test_what_is_not_extreme_is_not_told(profile: ColumnProfile) -> None:
    told = {finding.check for finding in findings(state_of(profile))}
    assert told <= {"missing"}
    assert bool(told) == (profile.missing > ROWS / 2)


def test_what_is_ignored_is_not_told() -> None:
    state = state_of(words(kind=Kind.CONSTANT, distinct=1), number("skewed", skew=9.0))
    ignored = edits.set_role(state.project, ["x", "skewed"], Role.IGNORE)
    assert findings(replace(state, project=ignored)) == ()


@pytest.mark.parametrize(
    ("profile", "encoding"),
    [
        (number(skew=9.0), NumberEncoding("log")),
        (number(skew=9.0), NumberEncoding("robust")),
        (number(infinite=2), NumberEncoding(indicator=True)),
        (words(distinct=400), CategoryEncoding(most=50)),
        (words(distinct=400), CategoryEncoding("ordinal")),
        (words(distinct=400), CategoryEncoding("index")),
    ],
)
def test_a_column_that_is_already_encoded_so_is_not_told(profile: ColumnProfile, encoding: Any) -> None:
    state = state_of(profile)
    assert findings(state)
    assert findings(replace(state, project=edits.set_encoding(state.project, ["x"], encoding))) == ()


def test_a_remedy_keeps_what_else_was_chosen() -> None:
    state = state_of(number(skew=9.0))
    chosen = NumberEncoding("minmax", "mean", indicator=True)
    state = replace(state, project=edits.set_encoding(state.project, ["x"], chosen))
    column = edits.data_of(fixed(state, only(state)).project).column("x")
    assert column == Column("x", Kind.NUMBER, encoding=replace(chosen, scale="log"))


def test_of_one_column_only_the_gravest_is_told() -> None:
    assert only(state_of(number(kind=Kind.CONSTANT, distinct=1, missing=990, skew=9.0))).check == "constant"


def test_many_columns_with_one_trouble_are_told_and_remedied_at_once() -> None:
    several = [words(f"c{n}", kind=Kind.CONSTANT, distinct=1) for n in range(8)]
    assert [finding.column for finding in findings(state_of(*several[:4]))] == ["c0", "c1", "c2", "c3"]
    state = state_of(*several)
    finding = only(state)
    assert finding.problem.what == "8 columns never change: c0, c1, c2, c3, c4, c5 …"
    assert finding.fix is not None
    assert (finding.fix.title, finding.column) == ("Ignore 8 columns", "")
    assert findings(fixed(state, finding)) == ()


def test_ten_thousand_columns_are_told_in_a_few_findings() -> None:
    several = [words(f"c{n}", kind=Kind.CONSTANT, distinct=1) for n in range(5_000)]
    skewed = [number(f"s{n}", skew=9.0) for n in range(5_000)]
    assert len(findings(state_of(*several, *skewed))) == 2


# the target


def test_a_column_that_gives_the_target_away_is_told_when_it_is_known() -> None:
    relations = (Relation("plain", 0.9), Relation("x", 1.0, True))
    facts = DataFacts(Task.REGRESSION, (2,), Rows(800, 100, 100), "y", relations=relations)
    state = state_of(number(), facts=facts)
    finding = only(state)
    assert (finding.problem.what, finding.column, finding.level) == ("“x” gives “y” away.", "x", "warns")
    assert [column.name for column in edits.data_of(fixed(state, finding).project).features] == ["plain"]
    assert findings(replace(state, described=None)) == ()


@pytest.mark.parametrize(
    ("target", "task", "check", "after"),
    [
        (TARGET, Task.MULTICLASS, "task regression", Task.REGRESSION),
        (number("y", distinct=3, is_whole=True), Task.REGRESSION, "task multiclass", Task.MULTICLASS),
        (number("y", distinct=2, is_whole=True), Task.REGRESSION, "task binary", Task.BINARY),
    ],
)
def test_another_task_is_offered(target: ColumnProfile, task: Task, check: str, after: Task) -> None:
    state = state_of(target=target, task=task)
    finding = only(state)
    assert (finding.check, finding.column, finding.is_note) == (check, "y", after.is_classification)
    assert edits.data_of(fixed(state, finding).project).task is after
    assert findings(fixed(state, finding)) == ()


@pytest.mark.parametrize(
    ("target", "task"),
    [
        (number("y", distinct=11, is_whole=True), Task.REGRESSION),
        (number("y", distinct=20, is_whole=True), Task.MULTICLASS),
        (words("y", distinct=100), Task.MULTICLASS),
        (number("y", distinct=3, is_whole=True), Task.RECONSTRUCTION),
    ],
)
def test_a_task_that_suits_the_target_is_not_told(target: ColumnProfile, task: Task) -> None:
    assert findings(state_of(target=target, task=task)) == ()


def test_words_that_hardly_repeat_are_hardly_classes() -> None:
    state = state_of(target=words("y", distinct=101), task=Task.MULTICLASS)
    finding = only(state)
    assert finding.problem.what == "“y” has 101 classes."
    assert findings(fixed(state, finding)) == ()
    target = edits.data_of(fixed(state, finding).project).target
    assert target is not None
    assert target.encoding == CategoryEncoding(most=20)


def test_rows_without_a_target_are_told() -> None:
    facts = DataFacts(Task.REGRESSION, (2,), Rows(800, 100, 88), "y", dropped_rows=12)
    finding = only(state_of(facts=facts))
    assert (finding.problem.what, finding.level) == ("12 rows without “y” are left out.", "informs")
    one = only(state_of(facts=replace(facts, dropped_rows=1)))
    assert one.problem.what == "1 row without “y” is left out."
    assert one.key == finding.key


@pytest.mark.parametrize(("names", "is_told"), [("0 1 2", False), ("1 2 3", True), ("-1 0 4", True), ("a b c", False)])
def test_classes_that_are_numbered_anew_are_told(names: str, is_told: bool) -> None:
    facts = classes(300, 300, 300, names=names)
    told = findings(state_of(target=words("y"), task=Task.MULTICLASS, facts=facts))
    assert [finding.check for finding in told] == ["labels"] * is_told
    if is_told:
        first, second, third = names.split()
        assert f"{first} is 0, {second} is 1, {third} is 2. " in told[0].problem.why
        assert told[0].is_note


def test_a_rare_class_is_told_with_two_remedies() -> None:
    state = state_of(target=words("y", distinct=2), task=Task.BINARY, facts=classes(980, 20))
    finding = only(state)
    assert str(finding.problem).startswith(
        "“b” is rare: 20 of 1,000 training rows. Always answering “a” is right in 98% of them."
    )
    assert finding.other_fix is not None
    assert edits.data_of(fixed(state, finding).project).batches == Batches(balance="weights")
    assert edits.data_of(finding.other_fix.apply(state.project)).batches == Batches(balance="sampling")
    assert findings(fixed(state, finding)) == ()


def test_classes_that_are_not_so_rare_are_not_told() -> None:
    assert findings(state_of(target=words("y", distinct=2), task=Task.BINARY, facts=classes(909, 91))) == ()


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((500, 499, 1), "A class has fewer than 5 training rows: “c”."),
        ((500, 4, 0), "2 classes have fewer than 5 training rows: “b”, “c”."),
    ],
)
def test_classes_of_a_few_rows_are_told(counts: tuple[int, ...], sentence: str) -> None:
    finding = only(state_of(target=words("y"), task=Task.MULTICLASS, facts=classes(*counts)))
    assert (finding.problem.what, finding.level) == (sentence, "warns")


# rows and splits


def test_numbers_of_a_series_may_come_again() -> None:
    state = state_of(layout=WindowLayout(), split=TimeSplit(), duplicates=3)
    assert state.source is not None
    series = replace(state.source, columns=(TARGET,))
    assert not [finding for finding in findings(replace(state, source=series)) if finding.check == "duplicates"]


def test_repeated_rows_are_told() -> None:
    assert only(state_of(duplicates=1)).problem.what == "1 row repeats an earlier one in every column."
    finding = only(state_of(duplicates=1_200))
    assert finding.problem.what == "1,200 rows repeat an earlier one in every column."
    assert finding.level == "informs"


def test_repeated_rows_are_left_out_and_kept_again_by_a_click() -> None:
    state = state_of(duplicates=3)
    without = fixed(state, only(state))
    assert not edits.data_of(without.project).keep_repeats
    finding = only(without)
    assert finding.problem.what == "3 rows repeat an earlier one in every column, and are left out."
    assert edits.data_of(fixed(without, finding).project) == edits.data_of(state.project)


def test_windows_that_a_random_split_tears_apart_stop_training() -> None:
    state = state_of(layout=WindowLayout(6, order="plain"))
    finding = only(state)
    assert finding.blocks
    assert [blocking.key for blocking in preflight(state)] == [finding.key]
    assert edits.data_of(fixed(state, finding).project).split == TimeSplit(column="plain")
    assert findings(fixed(state, finding)) == ()


def test_a_split_by_groups_needs_groups() -> None:
    state = state_of(split=GroupSplit(0.2, 0.3, 5, 4))
    finding = only(state)
    assert finding.blocks
    assert [blocking.key for blocking in preflight(state)] == [finding.key]
    assert edits.data_of(fixed(state, finding).project).split == RandomSplit(0.2, 0.3, seed=5, folds=4)
    grouped = edits.set_role(state.project, ["plain"], Role.GROUP)
    assert findings(replace(state, project=grouped)) == ()


def test_rows_with_dates_are_better_split_by_time() -> None:
    state = state_of(words("when", kind=Kind.DATE, distinct=100), split=RandomSplit(0.2, 0.3))
    finding = only(state)
    assert (finding.level, finding.key) == ("informs", "time\n\n")
    assert edits.data_of(fixed(state, finding).project).split == TimeSplit(0.2, 0.3, "when")
    assert findings(fixed(state, finding)) == ()
    assert findings(state_of(words("born", kind=Kind.DATE, distinct=99))) == ()


def test_rows_of_one_patient_are_better_kept_together() -> None:
    state = state_of(number("patient_id", distinct=500, is_whole=True, low=7.0, high=9_000.0))
    finding = only(state)
    assert finding.level == "informs"
    after = edits.data_of(fixed(state, finding).project)
    assert (after.split, after.with_role(Role.GROUP)[0].name) == (GroupSplit(), "patient_id")
    assert findings(fixed(state, finding)) == ()
    assert findings(state_of(number("patient_id", distinct=501, is_whole=True))) == ()
    assert findings(state_of(number("Sample Number", distinct=50, is_whole=True))) == ()


# as a whole


def test_what_blocks_comes_first_and_notes_come_last() -> None:
    state = state_of(number(skew=9.0), layout=WindowLayout(), duplicates=3)
    assert [finding.level for finding in findings(state)] == ["blocks", "warns", "informs"]


def test_of_a_file_that_is_still_being_read_nothing_is_said() -> None:
    state = state_of(number(skew=9.0), duplicates=3)
    assert findings(replace(state, project=edits.relocate(state.project, "other.csv"))) == ()
    assert findings(replace(state, source=None)) == ()


def test_a_column_that_the_file_has_no_more_is_passed_over() -> None:
    state = state_of(number(skew=9.0))
    assert state.source is not None
    lost = replace(state.source, columns=tuple(one for one in state.source.columns if one.name != "x"))
    assert findings(replace(state, source=lost)) == ()


@given(skew=st.floats(3.1, 1e6), missing=st.integers(0, 500))
def test_a_finding_keeps_its_key_when_figures_change(skew: float, missing: int) -> None:
    assert only(state_of(number(skew=skew, missing=missing))).key == only(state_of(number(skew=9.0))).key


def test_a_finding_without_a_check_is_told_apart_by_its_words() -> None:
    first, second = Finding(SpecError("One.")), Finding(SpecError("Two."))
    assert first.key != second.key
    assert first.key != Finding(SpecError("One."), row_id="a").key


# files that moved or changed


def test_a_changed_file_is_noticed() -> None:
    state = state_of()
    assert not state.file_changed
    assert state.source is not None
    data = replace(edits.data_of(state.project), fingerprint="old")
    changed = replace(state, project=Project(data), source=replace(state.source, fingerprint="new"))
    assert changed.file_changed
    accepted = edits.accept_file(changed.project, replace(state.source, fingerprint="new"))
    assert not replace(changed, project=accepted).file_changed
    assert not replace(changed, project=edits.relocate(changed.project, "other.csv")).file_changed


def test_a_missing_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    state = State(edits.relocate(state_of().project, str(path)))
    assert not state.file_missing
    assert not State().file_missing
    failed = replace(state, data_problem=DataError("“t.csv” is not there."))
    assert failed.file_missing
    path.touch()
    assert not failed.file_missing
