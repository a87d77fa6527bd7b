"""The weights of the chosen layer: asked of the engine while they are looked at, and drawn, with their origin."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from nnstudio.gui.forms.editors import ChoiceEdit
from nnstudio.gui.network.panel import NetworkPanel
from nnstudio.gui.network.seen_weights import READING, TOO_MANY, WAIT, SeenWeights
from nnstudio.gui.plots.tensor_plot import TensorPlot, in_full, in_short
from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.session.which_weights import BEST, LAST, START
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.events import Failed, RunFinished, WeightsShown
from nnstudio.spec.facts import SeenTensor
from nnstudio.spec.initialisations import Initialisation, Kaiming, Normal, Xavier
from nnstudio.spec.layers import BatchNorm1d, Conv2d, Linear, ReLU
from nnstudio.spec.model import Weights
from nnstudio.spec.requests import ShowWeights
from tests.gui.fakes import FakeLink, started
from tests.gui.network.conftest import Build

WEIGHT = SeenTensor("weight", (16, 4), -0.5, 0.4987, 0.0123, 0.2887, (3, 30, 31))
BIAS = SeenTensor("bias", (16,), 0.0, 0.0, 0.0, 0.0, (0, 16, 0))


def seen(panel: NetworkPanel) -> SeenWeights:
    return panel.properties.weights


def plots(panel: NetworkPanel) -> dict[str, TensorPlot]:
    return {line.tensor.name: line.plot for line in panel.properties.tensors._shown}


def choose(panel: NetworkPanel, row: int) -> None:
    panel.view.choose([panel.model.items[row].row.id])


@pytest.fixture
def looked_at(panel: NetworkPanel, link: FakeLink, qtbot: QtBot) -> NetworkPanel:
    """The panel with the weights of its first layer, as the engine has told them."""
    choose(panel, 0)
    link.answer(ShowWeights, WeightsShown((WEIGHT, BIAS)))
    qtbot.waitUntil(lambda: not plots(panel)["weight"].isHidden())
    return panel


def finish(studio: Studio, **more: object) -> None:
    """Let a run be over."""
    studio.run.start(studio.state.project)
    ended = RunFinished("r", "completed", 9, 7, {}, {}, {}, 1.0, 1.0, "/runs/best.pth", "/runs/last.pth")
    studio.run.receive([started(), replace(ended, **more)])  # type: ignore[arg-type]  # names fields


def test_the_chosen_layer_is_asked_about(panel: NetworkPanel, link: FakeLink, studio: Studio) -> None:
    choose(panel, 2)
    request = link.asked(ShowWeights)[-1]
    rows = studio.state.project.model.rows
    assert (request.row_id, request.input_shape, request.seed, request.file) == (rows[2].id, (4,), 0, "")
    assert request.model == studio.state.project.model


def test_what_the_engine_says_is_drawn(looked_at: NetworkPanel) -> None:
    shown = plots(looked_at)
    assert shown["weight"].figures.text() == "−0.5 to 0.499 · mean 0.0123 · spread 0.289"
    assert shown["bias"].figures.text() == "0 to 0 · mean 0 · spread 0"
    assert seen(looked_at).sentence.text() == "As training starts: fresh, drawn for seed 0."
    assert seen(looked_at).form.isHidden()


def test_another_layer_begins_without_figures(looked_at: NetworkPanel, link: FakeLink) -> None:
    choose(looked_at, 2)
    assert all(plot.isHidden() for plot in plots(looked_at).values())
    assert seen(looked_at).sentence.text() == READING
    assert len(link.asked(ShowWeights)) == 2
    choose(looked_at, 1)
    assert seen(looked_at).isHidden()
    assert len(link.asked(ShowWeights)) == 2


def test_figures_of_another_shape_are_not_shown(looked_at: NetworkPanel, link: FakeLink) -> None:
    row_id = looked_at.model.items[0].row.id
    looked_at.verbs.change_field(row_id, "out_features", 17)
    assert all(plot.isHidden() for plot in plots(looked_at).values())
    assert len(link.asked(ShowWeights)) == 2


def test_what_does_not_change_the_weights_is_not_asked_again(looked_at: NetworkPanel, link: FakeLink) -> None:
    looked_at._render(looked_at._studio.state, looked_at._studio.state)
    looked_at._studio.run.changed.tell()
    assert len(link.asked(ShowWeights)) == 1


@pytest.mark.usefixtures("looked_at")
def test_another_seed_is_asked_about(link: FakeLink, studio: Studio) -> None:
    project = studio.state.project
    studio.apply("Change seed", edits.set_training(project, replace(project.training, seed=5)))
    assert link.asked(ShowWeights)[-1].seed == 5


def test_typing_asks_once(looked_at: NetworkPanel, link: FakeLink) -> None:
    row_id = looked_at.model.items[0].row.id
    for width in (1, 12, 128):
        looked_at.verbs.change_field(row_id, "out_features", width)
    assert len(link.asked(ShowWeights)) == 2


def test_a_network_that_cannot_work_has_no_weights_yet(looked_at: NetworkPanel, link: FakeLink) -> None:
    looked_at.verbs.add(Conv2d(), looked_at.model.items[0].row.id)
    choose(looked_at, 0)
    assert seen(looked_at).sentence.text() == WAIT
    assert all(plot.isHidden() for plot in plots(looked_at).values())
    assert len(link.asked(ShowWeights)) == 1


def test_a_network_that_is_too_large_is_not_made_to_be_looked_at(looked_at: NetworkPanel, link: FakeLink) -> None:
    """Somebody who types a width must not fill the memory."""
    for row in (0, 2):
        looked_at.verbs.change_field(looked_at.model.items[row].row.id, "out_features", 65_536)
    asked = len(link.asked(ShowWeights))
    assert seen(looked_at).sentence.text() == TOO_MANY
    looked_at.verbs.change_field(looked_at.model.items[0].row.id, "out_features", 60_000)
    assert len(link.asked(ShowWeights)) == asked


def test_weights_that_cannot_be_read_say_why(panel: NetworkPanel, link: FakeLink, qtbot: QtBot) -> None:
    choose(panel, 0)
    link.answer(ShowWeights, Failed(ModelFileError("“w.pth” is not there.", "It was moved.")))
    qtbot.waitUntil(lambda: seen(panel).sentence.text() == "“w.pth” is not there. It was moved.")


def test_weights_of_a_file_are_said_to_be(panel: NetworkPanel, link: FakeLink, studio: Studio, qtbot: QtBot) -> None:
    start = Weights("/models/penguins.pth", "ab")
    studio.apply("Start", edits.start_from(studio.state.project, start))
    choose(panel, 0)
    link.answer(ShowWeights, WeightsShown((replace(WEIGHT, is_fresh=False), BIAS)))
    words = "From penguins.pth; the other 1 fresh, drawn for seed 0."
    qtbot.waitUntil(lambda: seen(panel).sentence.text() == words)
    assert plots(panel)["weight"].accessibleName().startswith("weight, from a file. Minimum −0.5,")


def test_after_a_run_its_best_weights_are_shown(
    looked_at: NetworkPanel, link: FakeLink, studio: Studio, qtbot: QtBot
) -> None:
    finish(studio)
    weights = seen(looked_at)
    assert not weights.form.isHidden()
    assert weights.form.editor("weights").property("currentText") == "Best of the last run"
    assert link.asked(ShowWeights)[-1].file == "/runs/best.pth"
    link.answer(ShowWeights, WeightsShown((replace(WEIGHT, is_fresh=False),)))
    qtbot.waitUntil(lambda: weights.sentence.text() == "From the last run, epoch 7.")
    for which, file in ((LAST, "/runs/last.pth"), (START, ""), (BEST, "/runs/best.pth")):
        weights._choose(which)
        assert link.asked(ShowWeights)[-1].file == file
    studio.run.clear()
    assert weights.form.isHidden()
    assert link.asked(ShowWeights)[-1].file == ""


def test_nothing_is_asked_for_what_nobody_sees(panel: NetworkPanel, link: FakeLink) -> None:
    before = len(link.asked(ShowWeights))
    panel.hide()
    choose(panel, 2)
    assert len(link.asked(ShowWeights)) == before
    panel.show()
    assert len(link.asked(ShowWeights)) == before + 1


def test_numbers_that_are_not_finite_are_counted() -> None:
    broken = SeenTensor("weight", (2, 2), 0.0, 0.0, 0.0, 0.0, (), 4)
    assert in_short(broken) == in_full(broken) == "4 numbers, none of them finite"
    partly = replace(WEIGHT, other=3)
    assert in_short(partly).endswith("· 3 not finite")
    assert in_full(partly).endswith("3 numbers are not finite.")


# how they start


def started_with(studio: Studio) -> Initialisation | None:
    """The initialisation of the first row."""
    return studio.state.project.model.rows[0].initialisation


def test_a_layer_can_be_initialised_otherwise(panel: NetworkPanel, studio: Studio, link: FakeLink) -> None:
    choose(panel, 0)
    form = panel.properties.initialisation
    assert form.choice.editor("kind").property("currentText") == "PyTorch’s default"
    form.choice.editor("kind").edited.emit("kaiming")
    assert started_with(studio) == Kaiming()
    assert studio.document.undo_name == "Initialise Linear"
    assert form.choice.editor("kind").property("currentText") == "Kaiming (He)"
    hint = form.choice.editor("kind")
    assert isinstance(hint, ChoiceEdit)
    assert hint.hint.label.text() == "gain 1.41"  # for the ReLU behind it
    panel.verbs.change_kind(studio.state.project.model.rows[1].id, "tanh")
    assert hint.hint.label.text() == "gain 1.67"
    form.settings.editor("fan").edited.emit("out")
    assert started_with(studio) == Kaiming(fan="out")
    assert link.asked(ShowWeights)[-1].model.rows[0].initialisation == Kaiming(fan="out")
    form.choice.editor("kind").edited.emit("default")
    assert started_with(studio) is None
    studio.document.undo()
    assert started_with(studio) == Kaiming(fan="out")


def test_each_layer_is_offered_what_it_can_use(panel: NetworkPanel, build: Build) -> None:
    build(Linear(8), BatchNorm1d(), ReLU(), Linear(3))
    form = panel.properties.initialisation
    choice = form.choice.editor("kind")
    assert isinstance(choice, ChoiceEdit)
    choose(panel, 0)
    assert choice.findText("Xavier (Glorot)") > 0
    choose(panel, 1)
    offered = [choice.itemText(place) for place in range(choice.count())]
    assert offered == ["PyTorch’s default", "Uniform", "Normal", "Zeros", "Constant"]
    choose(panel, 2)
    assert form.isHidden()


def test_what_is_typed_for_one_row_is_not_shown_for_another(panel: NetworkPanel, studio: Studio) -> None:
    for row in studio.state.project.model.rows[::2]:
        panel.verbs.initialise(row.id, Normal())
    choose(panel, 0)
    panel.properties.initialisation.settings.editor("std").edited.emit(-1.0)
    assert panel.properties.initialisation.settings.problem("std")
    choose(panel, 2)
    assert panel.properties.initialisation.settings.problem("std") == ""
    assert Xavier() not in [row.initialisation for row in studio.state.project.model.rows]
