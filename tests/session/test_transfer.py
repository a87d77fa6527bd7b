"""A trained network gets another head, is cut, frozen and slowed; each verb leaves everything else as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.session import edits
from nnstudio.session.patterns import named_by
from nnstudio.session.starts import forget_pairs, insert_layers, match_by, pair, table, take_network, use_weights
from nnstudio.session.transfer import (
    cut_after,
    fit_head,
    freeze_all_but_head,
    freeze_matching,
    freeze_up_to,
    from_scratch,
    head_of,
    is_slowed,
    lower_rates,
    replace_head,
    same_rates,
    set_pace,
    smaller_rate,
    unfreeze_all,
)
from nnstudio.spec.errors import SpecError
from nnstudio.spec.events import ModelOpened
from nnstudio.spec.files import project_to_json
from nnstudio.spec.layers import BatchNorm1d, Branches, Conv2d, Flatten, LayerKind, Linear, ReLU, Repeat
from nnstudio.spec.losses import MSE, NLL, BCEWithLogits, CrossEntropy
from nnstudio.spec.mapping import Match
from nnstudio.spec.model import Model, Pair, Row, Weights, block, paths
from nnstudio.spec.optimizers import SGD, Adam
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Walk, walk
from nnstudio.spec.tasks import Task
from tests.session.examples import facts_of, project_of

START = Weights("w.pth", "ab")
BODY = Row("a", Linear(8), "features.0"), Row("b", BatchNorm1d(), "features.1"), Row("c", ReLU()), Row("d", Linear(3))


def project(*rows: Row, start: Weights | None = None) -> Project:
    return replace(project_of(Task.MULTICLASS), model=Model(rows or BODY, start))


def nested() -> Project:
    inside = block(Branches(), [Row("x", Linear(4)), Row("y", ReLU()), Row("z", Linear(4))], [])
    return project(Row("a", Linear(4)), replace(inside, id="block"), Row("end", Linear(3)))


def walked(it: Project) -> Walk:
    return walk(it.model, (4,))


def locked(it: Project) -> set[str]:
    return {row.id for _, row in paths(it.model.rows) if row.locked}


# the head


def test_a_new_head_gives_so_many_outputs_and_starts_fresh() -> None:
    before = project(start=START)
    after = replace_head(before, 7)
    assert after.model.rows[:3] == before.model.rows[:3]
    head = after.model.rows[3]
    assert (head.kind, head.id != "d") == (Linear(7), True)
    assert after.model.start == replace(START, pairs=(Pair(head.id, "", ""),))


def test_a_new_head_of_the_same_size_is_fresh_too() -> None:
    after = replace_head(project(start=START), 3)
    shapes = {"3.weight": (3, 8), "3.bias": (3,), "0.weight": (8, 4)}
    lines = table(after.model, walked(after), {"w.pth": ModelOpened("w.pth", "ab", "", shapes)})
    assert lines
    assert [line.place.name for line in lines if line.match is Match.MATCHED and line.place] == ["0.weight"]


def test_the_head_is_the_last_layer_with_weights_also_in_a_block() -> None:
    deep = project(Row("a", Linear(4)), block(Repeat(2), [Row("x", Linear(4)), Row("y", ReLU())]))
    assert head_of(deep.model) == Row("x", Linear(4))
    assert head_of(Model()) is None


def test_a_convolution_can_be_the_head() -> None:
    squeeze = project(Row("a", Conv2d(8)), Row("b", Conv2d(1000, 1), "classifier.1"), Row("c", Flatten()))
    head = replace_head(squeeze, 5).model.rows[1]
    assert (head.kind, head.name) == (Conv2d(5, 1), "classifier.1")


@pytest.mark.parametrize("kinds", [(), (ReLU(),), (Linear(3), BatchNorm1d())])
def test_without_a_head_there_is_a_sentence(kinds: tuple[LayerKind, ...]) -> None:
    with pytest.raises(SpecError, match=r"There is no head to replace\. .* Add a linear layer at the end\."):
        replace_head(project_of(Task.MULTICLASS, *kinds), 3)


def test_a_head_of_no_outputs_is_refused() -> None:
    with pytest.raises(SpecError, match="must be at least 1"):
        replace_head(project(), 0)


def test_the_head_fits_the_data_and_the_loss_the_task() -> None:
    fitted = fit_head(project(), facts_of(Task.MULTICLASS, classes=5))
    assert fitted.model.rows[3].kind == Linear(5)
    assert isinstance(fitted.training.loss, CrossEntropy)
    binary = edits.set_loss(replace(project_of(Task.BINARY), model=Model(BODY)), BCEWithLogits())
    assert fit_head(binary, facts_of(Task.BINARY)).model.rows[3].kind == Linear(1)
    numbers = edits.set_loss(replace(project_of(Task.REGRESSION), model=Model(BODY)), NLL())
    assert fit_head(numbers, facts_of(Task.REGRESSION)).training.loss == MSE()


@pytest.mark.parametrize(("row", "left"), [("a", ["a"]), ("d", ["a", "b", "c", "d"]), ("b", ["a", "b"])])
def test_everything_behind_a_layer_is_cut(row: str, left: list[str]) -> None:
    assert [one.id for one in cut_after(project(), row).model.rows] == left


def test_a_cut_in_a_block_keeps_the_other_branches() -> None:
    after = cut_after(nested(), "x")
    assert [row.id for _, row in paths(after.model.rows)] == ["a", "block", "x"]
    assert len(after.model.row("block").branches) == 2


# freezing


def test_freezing_up_to_a_layer_lets_the_rest_train() -> None:
    before = edits.lock_layer(project(), "d", True)
    after = freeze_up_to(before, "b")
    assert locked(after) == {"a", "b"}
    assert locked(freeze_up_to(after, "a")) == {"a"}


def test_freezing_up_to_a_layer_in_a_block() -> None:
    assert locked(freeze_up_to(nested(), "x")) == {"a", "x"}
    assert locked(freeze_up_to(nested(), "z")) == {"a", "x", "z"}
    assert locked(freeze_up_to(nested(), "block")) == {"a", "block"}
    assert locked(freeze_up_to(nested(), "end")) == {"a", "block", "x", "z", "end"}


def test_freezing_all_but_the_head() -> None:
    after = freeze_all_but_head(project())
    assert locked(after) == {"a", "b"}, "an activation has nothing to lock"
    assert walked(after).trainable == 27
    assert locked(freeze_all_but_head(nested())) == {"a", "x", "z"}


def test_unfreezing_lets_everything_go() -> None:
    one = edits.lock_parameter(freeze_all_but_head(project()), "d", "bias", True)
    assert unfreeze_all(set_pace(one, "a", thaw=5)) == project()


@pytest.mark.parametrize(
    ("pattern", "whole", "single"),
    [
        ("0.weight", set(), {"a": ("weight",)}),
        ("0.*", {"a"}, {}),
        ("0", {"a"}, {}),
        ("features.*", {"a", "b"}, {}),
        ("features.0", {"a"}, {}),
        ("features.1.bias", set(), {"b": ("bias",)}),
        ("*.bias", set(), {"a": ("bias",), "b": ("bias",), "d": ("bias",)}),
        ("1.running_*", set(), None),
        ("1.[wb]*", set(), {"b": ("weight", "bias")}),
        ("*", {"a", "b", "d"}, {}),
        ("Features.*", set(), None),
        ("fc", set(), None),
    ],
)
def test_patterns_name_layers_and_tensors(
    pattern: str, whole: set[str], single: dict[str, tuple[str, ...]] | None
) -> None:
    if single is None:
        with pytest.raises(SpecError, match="Nothing in the network is called"):
            named_by(project().model, walked(project()), pattern)
        return
    named = named_by(project().model, walked(project()), pattern)
    assert (set(named.layers), named.parameters) == (whole, single)


def test_a_pattern_that_names_nothing_says_what_there_is() -> None:
    with pytest.raises(SpecError) as raised:
        freeze_matching(project(), walked(project()), ["fc.*"])
    assert str(raised.value) == (
        "Nothing in the network is called “fc.*”. Its tensors are features.0.weight, features.0.bias, "
        "features.1.weight, features.1.bias …. Patterns are such as 0.weight, 0.*, features.* or *.bias."
    )


def test_patterns_add_to_what_is_locked() -> None:
    once = freeze_matching(project(), walked(project()), ["features.0", "3.bias"])
    assert (locked(once), once.model.rows[3].locked_parameters) == ({"a"}, ("bias",))
    twice = freeze_matching(once, walked(once), ["3.weight", "0.weight"])
    assert twice.model.rows[3].locked_parameters == ("bias", "weight")
    assert twice.model.rows[0] == once.model.rows[0], "a layer that is locked whole has no locks of its own"


def test_a_pattern_names_layers_in_blocks() -> None:
    after = freeze_matching(nested(), walked(nested()), ["1.0.*"])
    assert locked(after) == {"x", "z"}
    assert locked(freeze_matching(nested(), walked(nested()), ["1"])) == {"block"}


# how fast


def test_rates_fall_by_equal_ratios_towards_the_input() -> None:
    rows = [Row(name, Linear(4)) for name in "abcd"]
    slowed = lower_rates(project(*rows), 0.001)
    assert [row.rate for row in slowed.model.rows] == [0.001, 0.01, 0.1, 1.0]
    assert is_slowed(slowed)
    assert same_rates(slowed) == project(*rows)


def test_layers_that_never_train_are_no_rung() -> None:
    rows = (
        Row("a", Linear(4), locked=True),
        Row("b", Linear(4), locked=True, thaw=3),
        Row("c", ReLU()),
        Row("d", Linear(3)),
    )
    assert [row.rate for row in lower_rates(project(*rows)).model.rows] == [1.0, 0.1, 1.0, 1.0]


def test_one_layer_has_nothing_to_be_slower_than() -> None:
    with pytest.raises(SpecError, match="only be lowered where two layers train"):
        lower_rates(freeze_all_but_head(project()))


def test_a_smaller_learning_rate_is_a_tenth_of_the_usual_one() -> None:
    fast = edits.set_optimizer(project(), SGD(lr=0.5, momentum=0.3))
    assert smaller_rate(fast).training.optimizer == SGD(lr=0.001, momentum=0.3)
    assert not is_slowed(fast)
    assert is_slowed(smaller_rate(fast))


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(SpecError, match="greater than 0"):
        set_pace(project(), "a", rate=0.0)


def test_from_scratch_nothing_that_was_brought_along_is_left() -> None:
    tuned = smaller_rate(lower_rates(set_pace(freeze_up_to(project(start=START), "a"), "a", thaw=4)))
    scratch = from_scratch(tuned)
    assert scratch == replace(project(), training=replace(project().training, optimizer=Adam()))
    grafted, _ = insert_layers(tuned, Model((Row("p", Linear(8)),)), Weights("part.pth", "cd"))
    assert (from_scratch(grafted).model.start, from_scratch(grafted).model.grafts) == (None, ())
    faster = edits.set_optimizer(project(), Adam(lr=0.01))
    assert from_scratch(faster) == faster, "a rate above the usual one was chosen for the data"


# where training starts


def opened(model: Model | None = None, **shapes: tuple[int, ...]) -> ModelOpened:
    text = project_to_json(Project(model=model)) if model else ""
    return ModelOpened("w.pth", "ab", text, {name.replace("_", "."): shape for name, shape in shapes.items()})


def test_the_network_of_a_file_is_taken_for_the_data_that_are_open() -> None:
    theirs = Model((Row("t", Linear(16)), Row("u", Linear(10))))
    taken = take_network(project(), theirs, START)
    assert (taken.model, taken.data) == (Model(theirs.rows, START), project().data)


def test_a_network_that_stems_from_the_file_keeps_its_layers() -> None:
    changed = replace_head(project(), 9)
    assert take_network(changed, Model(BODY), START).model == replace(changed.model, start=START)


def test_pairs_by_hand_give_and_take() -> None:
    before = project(start=START)
    files = {"w.pth": opened(x_weight=(8, 4), y_weight=(8, 4))}
    lines = table(before.model, walked(before), files)
    assert lines
    place = lines[0].place
    assert place
    paired = pair(before, 0, place, "x.weight")
    lines = table(paired.model, walked(paired), files)
    assert lines
    assert (lines[0].match, lines[0].source, lines[0].by_hand) == (Match.MATCHED, "x.weight", True)
    again = pair(paired, 0, place, "y.weight")
    assert again.model.start == replace(START, pairs=(Pair("a", "weight", "y.weight"),))
    assert pair(again, 0, place, "").model.start == replace(START, pairs=(Pair("a", "weight", ""),))
    assert forget_pairs(again) == before


def test_a_tensor_that_is_given_elsewhere_leaves_its_place() -> None:
    rows = Row("a", Linear(4)), Row("b", Linear(4))
    before = project(*rows, start=START)
    lines = table(before.model, walked(before), {"w.pth": opened(x_weight=(4, 4))})
    assert lines
    first, second = (line.place for line in lines if line.place and line.place.tensor == "weight")
    moved = pair(pair(before, 0, first, "x.weight"), 0, second, "x.weight")
    assert moved.model.start == replace(START, pairs=(Pair("b", "weight", "x.weight"),))


def test_the_rule_can_be_another() -> None:
    assert match_by(project(start=START), "order").model.start == replace(START, by="order")
    assert match_by(project(), "order") == project()


@pytest.mark.parametrize(
    "found", [{}, {"w.pth": SpecError("It is gone.")}, {"w.pth": ModelOpened("w.pth", "cd", "", {})}]
)
def test_there_is_no_table_while_a_file_is_not_known(found: dict[str, ModelOpened | SpecError]) -> None:
    it = project(start=START)
    assert table(it.model, walked(it), found) is None


# layers with their weights


def test_layers_are_put_in_with_the_weights_of_their_file() -> None:
    layers = Model((Row("p", Linear(8)), Row("q", ReLU())))
    part = Weights("part.pth", "cd")
    once, rows = insert_layers(project(start=START), layers, part, 1)
    assert [row.kind for row in once.model.rows[1:3]] == [Linear(8), ReLU()]
    assert once.model.grafts == (
        replace(part, by="hand", pairs=(Pair(rows[0].id, "", "0"), Pair(rows[1].id, "", "1"))),
    )
    twice, more = insert_layers(once, layers, part)
    assert len(twice.model.grafts) == 2
    assert {row.id for row in rows}.isdisjoint(row.id for row in more)
    assert twice.model.start == START


def test_a_file_whose_layers_are_gone_is_not_needed() -> None:
    once, rows = insert_layers(project(), Model((Row("p", Linear(8)),)), START)
    assert edits.remove_layers(once, {rows[0].id}).model.grafts == ()
    assert edits.remove_layers(once, {"a"}).model.grafts == once.model.grafts


def test_repeated_layers_have_pairs_for_each_repetition() -> None:
    once, rows = insert_layers(project(), Model((block(Repeat(2), [Row("p", Linear(8))]),)), START)
    inner = rows[0].branches[0][0].id
    assert once.model.grafts[0].pairs == (Pair(inner, "", "0.0.0", 0), Pair(inner, "", "0.1.0", 1))


def test_what_starts_from_one_file_starts_from_it_alone() -> None:
    once, _ = insert_layers(project(), Model((Row("p", Linear(8)),)), START)
    assert edits.start_from(once, START).model.grafts == ()
    assert use_weights(once, START).model.grafts == once.model.grafts
    assert edits.start_from(once, None).model.starts == ()
