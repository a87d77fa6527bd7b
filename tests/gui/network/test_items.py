"""What a row says: titles, shapes, figures, problems, and the same for screen readers and tooltips."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.gui.network.costs import tensors_of
from nnstudio.gui.network.items import Item, items_of, tooltip
from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.session.preflight import preflight
from nnstudio.spec.initialisations import Kaiming
from nnstudio.spec.layers import BatchNorm1d, Conv2d, Dropout, LayerKind, Linear, ReLU, Softmax
from nnstudio.spec.model import Model, new_row
from nnstudio.spec.nesting import has_tensors
from tests.gui.fakes import open_iris


def state_of(studio: Studio, *kinds: LayerKind) -> State:
    open_iris(studio, network=False)
    model = Model(tuple(new_row(kind) for kind in kinds))
    studio.apply("Build", replace(studio.state.project, model=model))
    return studio.state


def shown(state: State) -> list[Item]:
    return items_of(state, preflight(state))


def test_a_row_says_what_the_layer_does(studio: Studio) -> None:
    first, bend, last = shown(state_of(studio, Linear(16), ReLU(), Linear(3)))
    assert (first.title, first.summary, first.shapes, first.figures) == ("Linear", "16 units · bias", "4 → 16", "80")
    assert (bend.shapes, bend.figures) == ("16 → 16", "0")
    assert (last.title, last.summary) == ("Linear · output", "3 units, one a class")


def test_locks_are_said_in_figures(studio: Studio) -> None:
    state = state_of(studio, Linear(16), Linear(3))
    first, second = state.project.model.rows
    project = edits.lock_layer(state.project, first.id, True)
    studio.apply("Lock", edits.lock_parameter(project, second.id, "weight", True))
    whole, part = shown(studio.state)
    assert whole.figures == "80 · frozen"
    assert part.figures == "51 · 48 frozen"
    assert (part.is_partly_locked, whole.is_partly_locked) == (True, False)


def test_the_first_impossible_layer_says_why_and_those_behind_show_no_shapes(studio: Studio) -> None:
    good, bad, behind = shown(state_of(studio, Linear(16), Conv2d(), Linear(3)))
    assert good.severity == ""
    assert bad.severity == "bad"
    assert bad.sentence == "Convolution 2d needs pictures (channels × height × width), but gets 16."
    assert bad.advice.endswith("Use it before Flatten, on image data.")
    assert (bad.shapes, behind.shapes, behind.figures) == ("", "", "")


def test_what_only_slows_down_is_a_warning(studio: Studio) -> None:
    items = shown(state_of(studio, Linear(3), Softmax()))
    assert [item.severity for item in items] == ["", "warning"]


def test_without_data_rows_say_what_they_know(studio: Studio) -> None:
    studio.document.open(replace(studio.state.project, model=Model((new_row(Linear(16)),))))
    (item,) = shown(studio.state)
    assert (item.title, item.summary, item.shapes, item.figures) == ("Linear · output", "16 units · bias", "", "")


@pytest.mark.parametrize(("kind", "expected"), [(Linear, True), (BatchNorm1d, True), (ReLU, False), (Dropout, False)])
def test_only_layers_with_tensors_have_a_lock(kind: type[LayerKind], expected: bool) -> None:
    assert has_tensors(kind.key) is expected


def test_screen_readers_hear_the_whole_row(studio: Studio) -> None:
    state = state_of(studio, Linear(16), Linear(3))
    studio.apply("Lock", edits.lock_layer(state.project, state.project.model.rows[0].id, True))
    assert shown(studio.state)[0].accessible_text == "Linear, 4 to 16, 80 parameters, locked"


def test_the_tooltip_has_the_name_in_full_and_pytorch_s_names(studio: Studio) -> None:
    state = state_of(studio, Linear(16), Linear(3))
    studio.apply("Name", edits.rename_layer(state.project, state.project.model.rows[0].id, "<i>first</i> & foremost"))
    text = tooltip(shown(studio.state)[0])
    assert "&lt;i&gt;first&lt;/i&gt; &amp; foremost" in text
    assert "<code>0: nn.Linear(4, 16)</code>" in text
    assert "<code>0.weight</code>&nbsp; 16 × 4 = 64" in text
    assert "Fresh weights" not in text
    studio.apply("Start", edits.initialise_layer(studio.state.project, state.project.model.rows[0].id, Kaiming()))
    assert "Fresh weights: Kaiming (He)" in tooltip(shown(studio.state)[0])


def test_running_statistics_follow_the_lock_of_the_layer(studio: Studio) -> None:
    state = state_of(studio, Linear(8), BatchNorm1d(), Linear(3))
    row = state.project.model.rows[1]
    studio.apply("Lock", edits.lock_parameter(state.project, row.id, "weight", True))
    some = {tensor.name: tensor.locked for tensor in tensors_of(shown(studio.state)[1].step)}
    assert [name for name, locked in some.items() if locked] == ["weight"]
    studio.apply("Lock", edits.lock_layer(studio.state.project, row.id, True))
    tensors = tensors_of(shown(studio.state)[1].step)
    assert all(tensor.locked for tensor in tensors)
    assert [tensor.name for tensor in tensors if tensor.is_buffer] == [
        "running_mean",
        "running_var",
        "num_batches_tracked",
    ]
