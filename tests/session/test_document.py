"""The open experiment: undo, redo, merging, opening and saving, and what listeners are told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from nnstudio.session.document import Document, State, describes
from nnstudio.session.edits import set_batches, set_split, set_training
from nnstudio.session.listeners import Listeners
from nnstudio.spec.data import Batches
from nnstudio.spec.errors import DataError
from nnstudio.spec.layers import Conv2d, Linear
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import walk
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import ColumnSplit, FileSplit, RandomSplit, TimeSplit
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training
from tests.session.examples import data_of_task, facts_of, found_in, project_of

FLOWERS = project_of(Task.MULTICLASS, Linear(3))
DATA = data_of_task(Task.MULTICLASS)


def trained_for(epochs: int) -> Project:
    """A project that differs from others in a number that is easy to see."""
    return Project(training=Training(epochs=epochs))


def epochs(document: Document) -> int:
    return document.project.training.epochs


@pytest.fixture
def document() -> Document:
    """An open project of one epoch, with nothing to undo."""
    document = Document()
    document.open(trained_for(1))
    return document


# undo and redo


def test_a_new_document_holds_an_empty_project() -> None:
    document = Document()
    assert document.project == Project()
    assert document.state == State()
    assert document.undo_name == document.redo_name == ""


def test_edits_are_undone_and_redone_by_name(document: Document) -> None:
    document.apply("Two", trained_for(2))
    document.apply("Three", trained_for(3))
    assert (document.undo_name, document.redo_name) == ("Three", "")
    document.undo()
    assert (epochs(document), document.undo_name, document.redo_name) == (2, "Two", "Three")
    document.undo()
    assert (epochs(document), document.undo_name, document.redo_name) == (1, "", "Two")
    document.redo()
    assert (epochs(document), document.undo_name, document.redo_name) == (2, "Two", "Three")


def test_an_edit_after_undo_forgets_what_was_undone(document: Document) -> None:
    document.apply("Two", trained_for(2))
    document.undo()
    document.apply("Three", trained_for(3))
    assert document.redo_name == ""
    document.undo()
    assert epochs(document) == 1


def test_with_nothing_to_undo_or_redo_nothing_happens(document: Document) -> None:
    told: list[State] = []
    document.changed.listen(lambda _, new: told.append(new))
    document.undo()
    document.redo()
    assert (epochs(document), told) == (1, [])


def test_an_edit_that_changes_nothing_leaves_no_trace(document: Document) -> None:
    document.apply("Two", trained_for(2))
    document.undo()
    document.apply("Nothing", trained_for(1))
    assert (document.undo_name, document.redo_name) == ("", "Two")


# merging and amending


def test_edits_in_a_row_with_one_purpose_are_undone_together(document: Document) -> None:
    for count in (2, 20, 200):
        document.apply("Set epochs", trained_for(count), merge="epochs")
    document.undo()
    assert epochs(document) == 1
    document.redo()
    assert epochs(document) == 200


@pytest.mark.parametrize(
    ("merges", "steps"),
    [(["a", "a"], 1), (["a", "b"], 2), (["a", "", "a"], 3), (["", ""], 2), (["a", "b", "a"], 3), (["a", "a", ""], 2)],
)
def test_only_edits_in_a_row_are_merged(document: Document, merges: list[str], steps: int) -> None:
    for count, merge in enumerate(merges, start=2):
        document.apply(f"Edit {count}", trained_for(count), merge)
    taken = 0
    while document.undo_name:
        document.undo()
        taken += 1
    assert (taken, epochs(document)) == (steps, 1)


def test_a_merged_edit_keeps_its_first_name_and_forgets_what_was_undone(document: Document) -> None:
    document.apply("First", trained_for(2), merge="epochs")
    document.apply("Later", trained_for(3))
    document.undo()
    document.apply("Second", trained_for(4), merge="epochs")
    assert (document.undo_name, document.redo_name) == ("First", "")


def test_what_follows_from_an_edit_belongs_to_it(document: Document) -> None:
    document.apply("Two", trained_for(2))
    document.amend(trained_for(20))
    assert (epochs(document), document.undo_name) == (20, "Two")
    document.undo()
    assert epochs(document) == 1
    document.redo()
    assert epochs(document) == 20


def test_amending_nothing_tells_nobody(document: Document) -> None:
    told: list[State] = []
    document.changed.listen(lambda _, new: told.append(new))
    document.amend(trained_for(1))
    assert told == []


# opening and saving


def test_opening_forgets_history_and_what_was_known(document: Document) -> None:
    document.apply("Open data", FLOWERS)
    document.found_source(found_in(DATA))
    document.found_facts(DATA, facts_of(Task.MULTICLASS))
    document.open(trained_for(5), Path("five.nnstudio"))
    assert document.state == State(trained_for(5), Path("five.nnstudio"), trained_for(5))
    assert document.undo_name == document.redo_name == ""


def test_a_project_that_comes_without_a_file_is_not_saved(document: Document) -> None:
    document.open(FLOWERS, saved=False)
    assert not document.state.is_saved
    document.open(Project(), saved=False)
    assert document.state.is_saved, "an empty project is worth no question"


def test_saved_is_what_lies_in_the_file(document: Document) -> None:
    document.apply("Two", trained_for(2))
    assert not document.state.is_saved
    document.mark_saved(Path("two.nnstudio"))
    assert (document.state.is_saved, document.state.name) == (True, "two.nnstudio")
    document.undo()
    assert not document.state.is_saved
    document.redo()
    assert document.state.is_saved


# what listeners are told


def test_every_change_is_told_with_the_state_before_and_after(document: Document) -> None:
    told: list[tuple[State, State]] = []
    document.changed.listen(lambda old, new: told.append((old, new)))
    first = document.state
    document.apply("Open data", FLOWERS)
    document.amend(replace(FLOWERS, training=Training(epochs=9)))
    document.found_source(found_in(DATA))
    document.found_facts(DATA, facts_of(Task.MULTICLASS))
    document.found_problem(DATA, DataError("Unreadable."))
    document.mark_saved(Path("p.nnstudio"))
    document.undo()
    document.redo()
    document.open(Project())
    assert len(told) == 9
    assert [old for old, _ in told] == [first, *(new for _, new in told[:-1])]
    assert told[-1][1] is document.state


def test_listeners_see_the_new_state_already(document: Document) -> None:
    seen: list[bool] = []
    document.changed.listen(lambda _, new: seen.append(document.state is new))
    document.apply("Two", trained_for(2))
    assert seen == [True]


def test_listeners_are_called_in_order_until_they_stop() -> None:
    heard: list[str] = []
    told: Listeners[[str]] = Listeners()
    stop = told.listen(lambda word: heard.append(f"first {word}"))
    told.listen(lambda word: heard.append(f"second {word}"))
    told.tell("a")
    stop()
    told.tell("b")
    assert heard == ["first a", "second a", "second b"]


def test_a_listener_may_stop_while_it_is_told() -> None:
    heard: list[str] = []
    told: Listeners[[]] = Listeners()

    def once() -> None:
        heard.append("once")
        stop()

    stop = told.listen(once)
    told.listen(lambda: heard.append("always"))
    told.tell()
    told.tell()
    assert heard == ["once", "always", "always"]


# what a state says


@pytest.mark.parametrize(
    ("state", "name"),
    [
        (State(), "Untitled"),
        (State(FLOWERS), "flowers"),
        (State(FLOWERS, Path("folder") / "garden.nnstudio"), "garden.nnstudio"),
    ],
)
def test_what_the_project_is_called(state: State, name: str) -> None:
    assert state.name == name


def test_a_state_knows_whether_the_source_is_that_of_the_project() -> None:
    assert State().source_is_current
    assert not State(FLOWERS).source_is_current
    assert State(FLOWERS, source=found_in(DATA)).source_is_current
    assert not State(source=found_in(DATA)).source_is_current
    other = replace(FLOWERS, data=replace(DATA, source=TableSource("other.csv")))
    assert not State(other, source=found_in(DATA)).source_is_current


@pytest.mark.parametrize(
    ("edit", "current"),
    [
        (lambda project: project, True),
        (lambda project: set_batches(project, Batches(7)), True),
        (lambda project: set_training(project, Training(epochs=7)), True),
        (lambda project: set_split(project, RandomSplit(0.3)), False),
    ],
    ids=["nothing", "batches", "training", "split"],
)
def test_facts_are_current_until_what_they_depend_on_changes(
    document: Document, edit: Callable[[Project], Project], current: bool
) -> None:
    document.open(FLOWERS)
    assert not document.state.facts_are_current
    document.found_facts(DATA, facts_of(Task.MULTICLASS))
    document.apply("Edit", edit(FLOWERS))
    assert document.state.facts_are_current is current
    assert document.state.facts is not None, "facts stay until others are found"


def test_facts_go_with_the_data(document: Document) -> None:
    document.apply("Open", FLOWERS)
    document.found_facts(DATA, facts_of(Task.MULTICLASS))
    document.undo()
    assert document.state.facts is None, "nothing can be suggested for data that are not there"
    assert document.state.walked is None
    document.redo()
    assert not document.state.facts_are_current, "they are asked for anew"


def test_a_problem_takes_the_place_of_facts_and_the_other_way_round(document: Document) -> None:
    document.open(FLOWERS)
    problem = DataError("No target.")
    document.found_problem(DATA, problem)
    assert (document.state.data_problem, document.state.facts) == (problem, None)
    assert document.state.facts_are_current
    document.found_facts(DATA, facts_of(Task.MULTICLASS))
    assert document.state.data_problem is None
    document.found_problem(DATA, problem)
    document.found_source(found_in(DATA))
    assert document.state.data_problem is None


def test_shapes_are_known_with_the_data() -> None:
    assert State(FLOWERS).walked is None
    state = State(FLOWERS, facts=facts_of(Task.MULTICLASS))
    assert state.walked == walk(FLOWERS.model, (2,))
    assert state.walked is state.walked, "walked once a state"
    bent = replace(state, project=project_of(Task.MULTICLASS, Conv2d()))
    assert bent.walked is not None
    assert bent.walked.problem


def test_batches_do_not_matter_to_a_description() -> None:
    assert describes(None) is None
    assert describes(DATA) == describes(replace(DATA, batches=Batches(7)))
    assert describes(DATA) != describes(replace(DATA, fingerprint="f2"))


@pytest.mark.parametrize("split", [RandomSplit(), TimeSplit(column="day"), FileSplit(test="test.csv")])
def test_how_often_it_is_validated_does_not_matter(split: RandomSplit | TimeSplit | FileSplit) -> None:
    data = replace(DATA, split=split)
    assert describes(data) == describes(replace(data, split=replace(split, folds=5)))
    assert describes(data) != describes(replace(data, split=ColumnSplit("part")))


# any sequence of edits


class EditedDocument(RuleBasedStateMachine):
    """A document beside the plainest model of one: a list of steps and a place in it."""

    def __init__(self) -> None:
        super().__init__()
        self.document = Document()
        self.steps: list[tuple[Project, str, str]] = [(Project(), "", "")]
        self.place = 0
        self.told: list[tuple[State, State]] = []
        self.document.changed.listen(lambda old, new: self.told.append((old, new)))

    @rule(count=st.integers(1, 3), merge=st.sampled_from(["", "a", "b"]))
    def apply(self, count: int, merge: str) -> None:
        project = trained_for(count)
        self.document.apply(f"Edit {count}", project, merge)
        current, name, last_merge = self.steps[self.place]
        if project == current:
            return
        del self.steps[self.place + 1 :]
        if merge and merge == last_merge:
            self.steps[self.place] = (project, name, merge)
        else:
            self.steps.append((project, f"Edit {count}", merge))
            self.place += 1

    @rule(count=st.integers(1, 3))
    def amend(self, count: int) -> None:
        self.document.amend(trained_for(count))
        self.steps[self.place] = (trained_for(count), *self.steps[self.place][1:])

    @precondition(lambda self: self.place > 0)
    @rule()
    def undo(self) -> None:
        self.document.undo()
        self.place -= 1

    @precondition(lambda self: self.place + 1 < len(self.steps))
    @rule()
    def redo(self) -> None:
        self.document.redo()
        self.place += 1

    @invariant()
    def says_where_it_is(self) -> None:
        following = self.steps[self.place + 1 : self.place + 2]
        assert self.document.project == self.steps[self.place][0]
        assert self.document.undo_name == self.steps[self.place][1]
        assert self.document.redo_name == (following[0][1] if following else "")
        for (_, new), (old, _) in zip(self.told, self.told[1:], strict=False):
            assert new is old


EditedDocument.TestCase.settings = settings(stateful_step_count=20)
test_any_sequence_of_edits = EditedDocument.TestCase
