"""Stacks in stacks: their shapes, their counts, what is wrong in them, where their rows are, and how rows move."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nnstudio.spec import nesting
from nnstudio.spec.errors import ShapeError, SpecError
from nnstudio.spec.files import project_from_json, project_to_json, rows_from_json, rows_to_json
from nnstudio.spec.layers import (
    GRU,
    BatchNorm2d,
    Branches,
    Conv2d,
    Embedding,
    Flatten,
    LayerKind,
    Linear,
    MaxPool2d,
    ReLU,
    Repeat,
    Reshape,
    SelfAttention,
    Shape,
)
from nnstudio.spec.layers.convolution import ConvTranspose2d
from nnstudio.spec.model import Model, Path, Row, paths
from nnstudio.spec.nesting import DEEPEST
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import MOST_LAYERS, walk
from tests.spec.nested import nested, nested_models, rows
from tests.spec.strategies import models

ADD, CONCAT, MULTIPLY = Branches("add"), Branches("concat"), Branches("multiply")
RESIDUAL = nested((ADD, [Linear(8), ReLU(), Linear(4)], []), ReLU(), Linear(3))
"""a: (b Linear, c ReLU, d Linear | nothing), e ReLU, f Linear."""


def listed(stack: tuple[Row, ...]) -> str:
    """A stack as it can be read: ``a(bcd|)ef``."""
    inner = ["(" + "|".join(map(listed, row.branches)) + ")" if row.branches else "" for row in stack]
    return "".join(row.id + held for row, held in zip(stack, inner, strict=True))


# shapes


@pytest.mark.parametrize(
    ("model", "shape", "after"),
    [
        (RESIDUAL, (4,), (3,)),
        (nested((CONCAT, [Linear(8)], [Linear(5)], [])), (4,), (17,)),
        (nested((CONCAT, [Conv2d(8)], [])), (3, 6, 6), (11, 6, 6)),
        (nested((Branches("concat", "last"), [GRU(7, gives="all")], [])), (5, 3), (5, 10)),
        (nested((MULTIPLY, [], [Conv2d(3, 6, padding=0)])), (3, 6, 6), (3, 6, 6)),
        (nested((MULTIPLY, [Conv2d(3, 6, padding=0)], [])), (3, 6, 6), (3, 6, 6)),
        (nested((Repeat(3), [Conv2d(8), MaxPool2d()])), (1, 16, 16), (8, 2, 2)),
        (nested((Repeat(4), [(CONCAT, [], [Linear(2)])])), (3,), (11,)),
        (nested((Repeat(4), [])), (3,), (3,)),
        (nested((ADD, [], [])), (3,), (3,)),
        (Model((Row("a", ADD),)), (3,), (3,)),
    ],
)
def test_a_block_has_the_shape_that_its_stacks_make(model: Model, shape: Shape, after: Shape) -> None:
    walked = walk(model, shape)
    assert walked.problem is None
    assert walked.output == after


def test_what_a_block_holds_is_counted() -> None:
    walked = walk(RESIDUAL, (4,))
    block = walked.steps[0]
    assert [step.count for step in block.inner[0]] == [40, 0, 36]
    assert block.count == 76
    assert list(block.parameters) == ["0.0.weight", "0.0.bias", "0.2.weight", "0.2.bias"]
    assert (walked.count, walked.multiply_adds) == (91, 32 + 32 + 12)
    assert walked.activations == 4 + (8 + 8 + 4) + 4 + 4 + 3
    assert walk(nested((Branches(), [Linear(4)])), (4,)).activations == 4 + 4, "a lone branch is not joined"


def test_every_repetition_has_weights_of_its_own() -> None:
    walked = walk(nested((Repeat(3), [Linear(4), ReLU()])), (2,))
    (block,) = walked.steps
    assert [steps[0].count for steps in block.inner] == [12, 20, 20]
    assert (block.count, block.multiply_adds) == (52, 8 + 16 + 16)
    assert [step.row.id for step in walked.leaves()] == ["b", "c"] * 3


@pytest.mark.parametrize(
    ("kind", "shape", "expected"),
    [
        (Linear(5), (4,), 20),
        (Conv2d(8, 3, groups=2), (4, 6, 6), 8 * 2 * 9 * 36),
        (ConvTranspose2d(8, 2), (4, 6, 6), 4 * 8 * 4 * 36),
        (GRU(7), (5, 3), 5 * 21 * (3 + 7)),
        (Embedding(50, 4), (6,), 0),
        (SelfAttention(2), (6, 4), 6 * 4 * 16 + 2 * 36 * 4),
        (BatchNorm2d(), (4, 6, 6), 0),
    ],
)
def test_multiply_adds_are_those_of_the_weights_wherever_they_are_applied(
    kind: LayerKind, shape: Shape, expected: int
) -> None:
    assert kind.multiply_adds(shape) == expected


def test_a_locked_block_locks_all_that_it_holds() -> None:
    block, *others = RESIDUAL.rows
    walked = walk(Model((replace(block, locked=True), *others)), (4,))
    assert walked.trainable == 15
    assert all(step.locked and not step.trainable for step in walked.steps[0].inner[0])


def test_a_lock_within_a_block_is_counted() -> None:
    model = Model(nesting.mapped(RESIDUAL.rows, lambda row: replace(row, locked=row.id == "d")))
    assert walk(model, (4,)).trainable == 91 - 36


@pytest.mark.parametrize(
    ("model", "row_id", "sentence"),
    [
        (nested((ADD, [ReLU()], [ReLU(), Conv2d()])), "d", "Convolution 2d needs pictures"),
        (nested((Repeat(2), [Flatten(), (ADD, [Conv2d()])])), "d", "Convolution 2d needs pictures"),
        (nested((ADD, [Linear(3)], [])), "a", "Branch 2 gives 4, which cannot be added to 3 of branch 1. Only results"),
        (nested((MULTIPLY, [Linear(3)], [])), "a", "Branch 2 gives 4, which cannot be multiplied with 3 of branch 1."),
        (nested((CONCAT, [], [Reshape(2)])), "a", "Branch 2 gives 2 × 2, which cannot be put beside 4 of branch 1."),
        (nested((Repeat(2), [Linear(3), Reshape(3, 1)])), "b", "Linear needs a flat list of numbers"),
        (
            nested((Repeat(100), [(Repeat(100), [ReLU()])])),
            "a",
            f"Repeat comes to 10,101 layers. A block may hold {MOST_LAYERS:,}, every repetition counted.",
        ),
    ],
)
def test_what_is_wrong_is_said_where_it_is(model: Model, row_id: str, sentence: str) -> None:
    problem = walk(model, (4,)).problem
    assert problem is not None
    assert isinstance(problem.problem, ShapeError)
    assert problem.row.id == row_id
    assert str(problem.problem).startswith(sentence)
    assert walk(model, (4,)).output is None


@given(model=models, shape=st.lists(st.integers(1, 16), min_size=1, max_size=3).map(tuple))
def test_every_row_has_its_step_whatever_is_wrong(model: Model, shape: Shape) -> None:
    for row, step in zip(model.rows, walk(model, shape).steps, strict=True):
        assert len(step.inner) >= len(row.branches)
        for branch, steps in zip(row.branches, step.inner, strict=False):
            assert [inner.row for inner in steps] == list(branch)


@given(model=nested_models)
def test_a_block_counts_what_its_layers_count(model: Model) -> None:
    walked = walk(model, (4, 6, 6))
    if walked.problem is None:
        assert walked.count == sum(leaf.count for leaf in walked.leaves())
        assert walked.multiply_adds == sum(leaf.multiply_adds for leaf in walked.leaves())
        assert walked.trainable == walked.count


def test_a_layer_that_is_no_block_holds_nothing() -> None:
    with pytest.raises(
        SpecError, match=r"^Linear cannot hold 1 stacks of layers\. It is no block that holds others\.$"
    ):
        Row("a", Linear(3), branches=((),))
    with pytest.raises(SpecError, match=r"^Repeat cannot hold 2 stacks of layers\. It holds at most 1\.$"):
        Row("a", Repeat(), branches=((), ()))


@pytest.mark.parametrize(
    ("kind", "shape", "after"),
    [
        (Reshape(8), (64,), (8, 8)),
        (Reshape(1, 8), (64,), (1, 8, 8)),
        (Reshape(2, 4, 8), (4, 16), (2, 4, 8)),
        (Reshape(last=64), (8, 8), (64,)),
        (Reshape(), (2, 3, 4), (24,)),
    ],
)
def test_reshape_lays_the_numbers_out_anew(kind: Reshape, shape: Shape, after: Shape) -> None:
    assert kind.out_shape(shape) == after


@pytest.mark.parametrize(
    ("kind", "shape", "sides"), [(Reshape(7), (64,), "7 × …"), (Reshape(2, 3, 5), (64,), "2 × 3 × 5")]
)
def test_reshape_neither_loses_nor_invents_numbers(kind: Reshape, shape: Shape, sides: str) -> None:
    with pytest.raises(ShapeError, match=rf"^Reshape cannot lay 64 numbers out as {sides}\."):
        kind.out_shape(shape)


# where rows are


def test_rows_are_found_at_any_depth() -> None:
    assert [(path, row.id) for path, row in paths(RESIDUAL.rows)] == [
        ((0,), "a"),
        ((0, 0, 0), "b"),
        ((0, 0, 1), "c"),
        ((0, 0, 2), "d"),
        ((1,), "e"),
        ((2,), "f"),
    ]
    assert RESIDUAL.path("d") == (0, 0, 2)
    assert RESIDUAL.row("d").kind == Linear(4)
    assert RESIDUAL.index("d") == 0
    with pytest.raises(KeyError):
        RESIDUAL.path("z")


def test_prefixes_are_those_of_pytorch_and_repeat_with_the_repetition() -> None:
    model = nested(ReLU(), (Repeat(2), [Linear(4), (ADD, [], [Linear(4)])]))
    assert [(prefix, row.id) for prefix, row in model.numbered()] == [
        ("0", "a"),
        ("1", "b"),
        ("1.0.0", "c"),
        ("1.0.1", "d"),
        ("1.0.1.1.0", "e"),
        ("1.1.0", "c"),
        ("1.1.1", "d"),
        ("1.1.1.1.0", "e"),
    ]


# changing


STACK = rows(ReLU(), (ADD, [ReLU(), ReLU()], []), ReLU())
"""a, b: (c d | nothing), e."""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((0,), "*ab(cd|)e"),
        ((2,), "ab(cd|)*e"),
        ((3,), "ab(cd|)e*"),
        ((99,), "ab(cd|)e*"),
        ((1, 0, 1), "ab(c*d|)e"),
        ((1, 1, 0), "ab(cd|*)e"),
    ],
)
def test_rows_are_put_in_at_a_path(path: Path, expected: str) -> None:
    assert listed(nesting.inserted(STACK, path, [Row("*", ReLU())])) == expected


@pytest.mark.parametrize(
    ("row_ids", "path", "expected"),
    [
        ("a", (1, 0, 1), "b(cad|)e"),
        ("c", (0,), "cab(d|)e"),
        ("ce", (1, 1, 0), "ab(d|ce)"),
        ("cb", (0,), "b(cd|)ae"),
        ("b", (1, 0, 0), "ab(cd|)e"),
        ("ab", (3,), "eab(cd|)"),
        ("", (0,), "ab(cd|)e"),
        ("d", (1, 0, 1), "ab(cd|)e"),
    ],
)
def test_rows_move_within_and_between_stacks(row_ids: str, path: Path, expected: str) -> None:
    assert listed(nesting.moved(STACK, set(row_ids), path)) == expected


@pytest.mark.parametrize(
    ("row_ids", "down", "expected"),
    [
        ("e", False, "ab(cd|e)"),
        ("a", True, "b(acd|)e"),
        ("d", True, "ab(c|d)e"),
        ("d", False, "ab(dc|)e"),
        ("c", False, "acb(d|)e"),
        ("a", False, "ab(cd|)e"),
        ("e", True, "ab(cd|)e"),
        ("b", True, "aeb(cd|)"),
        ("cd", False, "acdb(|)e"),
        ("ae", True, "b(cd|)ae"),
        ("", True, "ab(cd|)e"),
    ],
)
def test_rows_go_one_place_up_or_down_into_and_out_of_blocks(row_ids: str, down: bool, expected: str) -> None:
    assert listed(nesting.nudged(STACK, set(row_ids), down)) == expected


def test_rows_go_past_a_closed_block() -> None:
    assert listed(nesting.nudged(STACK, {"e"}, down=False, closed={"b"})) == "aeb(cd|)"


@given(model=models, data=st.data())
def test_a_move_loses_and_invents_no_row(model: Model, data: st.DataObject) -> None:
    found = [row.id for _, row in paths(model.rows)]
    chosen = set(data.draw(st.lists(st.sampled_from(found), max_size=3))) if found else set()
    to = data.draw(st.sampled_from(list(nesting.places(model.rows))))
    for after in (nesting.moved(model.rows, chosen, to), nesting.nudged(model.rows, chosen, data.draw(st.booleans()))):
        assert sorted(row.id for _, row in paths(after)) == sorted(found)


@given(model=models, data=st.data())
def test_down_and_up_again_is_where_it_was(model: Model, data: st.DataObject) -> None:
    found = [row.id for _, row in paths(model.rows)]
    if not found:
        return
    row = {data.draw(st.sampled_from(found))}
    down = nesting.nudged(model.rows, row, down=True)
    assert down == model.rows or nesting.nudged(down, row, down=False) == model.rows


def test_a_copy_has_new_identities_at_every_depth() -> None:
    numbers = iter("123456789")
    locked = replace(STACK[1], locked=True)
    assert listed((nesting.copied(locked, lambda: next(numbers)),)) == "3(12|)"
    assert not nesting.copied(locked, lambda: "x").locked


# files


@given(model=models)
def test_nested_stacks_are_kept_in_a_project_and_on_the_clipboard(model: Model) -> None:
    model = replace(model, start=None)
    assert project_from_json(project_to_json(Project(model=model))).model == model
    assert rows_from_json(rows_to_json(model.rows)) == model.rows


def test_a_row_without_branches_is_written_without_them() -> None:
    written = json.loads(project_to_json(Project(model=RESIDUAL)))["model"]["rows"]
    assert [len(stack) for stack in written[0]["branches"]] == [3, 0]
    assert "branches" not in written[1]


def test_two_rows_of_one_identity_are_refused_at_any_depth() -> None:
    twice = project_to_json(Project(model=RESIDUAL)).replace('"id": "d"', '"id": "f"')
    with pytest.raises(SpecError, match="Two layers of this project have the same identity"):
        project_from_json(twice)


def test_a_project_of_blocks_without_end_is_refused() -> None:
    model = nested(ReLU())
    for number in range(DEEPEST + 1):
        model = Model((Row(f"block {number}", Repeat(1), branches=(model.rows,)),))
    with pytest.raises(SpecError, match="more than 64 deep"):
        project_from_json(project_to_json(Project(model=model)))


@pytest.mark.parametrize("branches", [3, "layers", {"0": []}, [3], [{}], [[3]]])
def test_what_is_no_branch_is_refused_in_a_sentence(branches: object) -> None:
    content = json.loads(project_to_json(Project(model=RESIDUAL)))
    content["model"]["rows"][0]["branches"] = branches
    with pytest.raises(SpecError, match=r"^This project is damaged\."):
        project_from_json(json.dumps(content))


@pytest.mark.parametrize("text", ["", "1,2,3", "[]", "{}", '{"format": "nnstudio-project"}', "[" * 100_000])
def test_what_is_no_copied_layer_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(SpecError, match="There are no layers on the clipboard"):
        rows_from_json(text)


def test_layers_of_another_version_are_refused() -> None:
    with pytest.raises(SpecError, match="another version"):
        rows_from_json(rows_to_json(STACK).replace('"version": 4', '"version": 3'))


# what is known of rows that stay


@given(model=nested_models, data=st.data())
def test_a_walk_that_takes_over_another_is_the_same_as_a_fresh_one(model: Model, data: st.DataObject) -> None:
    ids = [row.id for _, row in paths(model.rows)]
    assume(ids)
    changed, chosen = data.draw(st.sampled_from(["without", "altered", "moved"])), data.draw(st.sampled_from(ids))
    if changed == "without":
        stack = nesting.without(model.rows, {chosen})
    elif changed == "moved":
        stack = nesting.nudged(model.rows, {chosen}, down=data.draw(st.booleans()))
    else:
        stack = nesting.mapped(model.rows, lambda row: altered(row) if row.id == chosen else row)
    shape = data.draw(st.sampled_from([(4, 6, 6), (4, 8, 8), (3, 6, 6)]))
    taken_over = walk(Model(stack), shape, walk(model, (4, 6, 6)))
    assert repr(taken_over) == repr(walk(Model(stack), shape))  # errors are equal only to themselves


def altered(row: Row) -> Row:
    """A row that is repeated once more, or locked."""
    return replace(row, kind=Repeat(row.kind.count + 1)) if isinstance(row.kind, Repeat) else replace(row, locked=True)


def test_steps_of_rows_that_stay_are_the_very_same() -> None:
    model = nested(Linear(8), (Repeat(2), [Linear(8)]), (Branches(), [Linear(8), ReLU()], []), Linear(3))
    before = walk(model, (8,))
    stack = nesting.mapped(model.rows, lambda row: replace(row, name="other") if row.id == "e" else row)
    after = walk(Model(stack), (8,), before)
    assert [one is other for one, other in zip(before.steps, after.steps, strict=True)] == [True, True, False, True]
    inside = zip(before.steps[2].inner[0], after.steps[2].inner[0], strict=True)
    assert [one is other for one, other in inside] == [False, True]
