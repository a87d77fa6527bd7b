"""Where training starts: what the menu offers, what the panel says."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from nnstudio.gui.network.panel import NetworkPanel
from nnstudio.gui.network.weights import start_sentence
from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.session.live import LiveRun
from nnstudio.spec.events import RunFinished, WeightsLoaded
from nnstudio.spec.model import Model, Weights
from nnstudio.spec.requests import OpenModel
from tests.gui.fakes import FakeLink, started

BEST = Weights("/runs/1/best.pth", "a" * 64)
FILE = Weights("/models/head.pth", "b" * 64)
LOADED = WeightsLoaded(FILE.path, ("0.weight", "0.bias"), ("2.weight", "2.bias"), ("9.weight",))


def finish(studio: Studio) -> None:
    finished = RunFinished(
        "run-1", "completed", 3, 2, {}, {}, {}, 1.0, 100.0, BEST.path, "/runs/1/last.pth", best_sha256=BEST.sha256
    )
    studio.run.start(studio.state.project)
    studio.run.receive([started(), finished])


def test_a_project_starts_fresh(panel: NetworkPanel) -> None:
    panel.weights.refresh()
    assert panel.start.text() == "starts fresh"
    assert panel.weights.fresh.text() == "Start fresh (seed 0)"
    assert panel.weights.fresh.isChecked()
    assert not panel.weights.trained.isEnabled()
    assert not panel.weights.file.isVisible()


def test_trained_weights_are_offered_after_a_run(panel: NetworkPanel, studio: Studio) -> None:
    finish(studio)
    assert panel.weights.trained.isEnabled()
    panel.weights.trained.trigger()
    assert studio.state.project.model.start == BEST
    assert panel.start.text() == "from the trained weights"
    assert panel.weights.trained.isChecked()
    panel.weights.fresh.trigger()
    assert studio.state.project.model.start is None


def test_a_file_is_named_and_ticked(panel: NetworkPanel, studio: Studio) -> None:
    studio.apply("Start", edits.start_from(studio.state.project, FILE))
    assert panel.start.text() == "from head.pth"
    assert FILE.path in panel.start.toolTip()
    assert panel.weights.file.isVisible()
    assert panel.weights.file.isChecked()
    assert panel.weights.file.text() == "Start from head.pth"


def test_what_matched_in_the_last_run_is_said(panel: NetworkPanel, studio: Studio) -> None:
    studio.apply("Start", edits.start_from(studio.state.project, FILE))
    studio.run.start(studio.state.project)
    studio.run.receive([LOADED])
    assert panel.start.text() == "from head.pth · 2 of 4 matched"
    story = panel.start.toolTip()
    assert "Fresh: 2.weight, 2.bias." in story
    assert "Not used: 9.weight." in story


def test_a_match_of_another_file_is_not_said() -> None:
    run = LiveRun()
    run.receive([LOADED])
    assert start_sentence(Model(start=Weights("/other.pth", "c")), run)[0] == "from other.pth"


def test_layers_with_weights_of_their_own_are_named() -> None:
    parts = Weights("/m/part.pth", "c"), Weights("/m/part.pth", "c")
    assert start_sentence(Model(grafts=parts), LiveRun())[0] == "fresh but for part.pth"
    assert start_sentence(Model(start=FILE, grafts=parts), LiveRun())[0] == "from head.pth and part.pth"


def test_many_names_are_cut_short() -> None:
    run = LiveRun()
    run.receive([WeightsLoaded(FILE.path, (), tuple(f"{index}.weight" for index in range(40)))])
    assert "11.weight and 28 more." in start_sentence(Model(start=FILE), run)[1]


@pytest.mark.parametrize("path", ["/models/head.pth", ""])
def test_a_file_is_asked_for_and_opened(
    panel: NetworkPanel, link: FakeLink, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (path, ""))
    panel.weights.load.trigger()
    assert link.asked(OpenModel) == ([OpenModel(str(Path(path)), (4,))] if path else [])
