"""A network that was trained on penguins, its form, and the Predict tab over it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from pytestqt.qtbot import QtBot

from nnstudio.gui.predict.view import PredictView
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.spec.events import ModelAnswered, ModelDescribed
from nnstudio.spec.inputs import ChoiceInput, DateInput, ModelForm, NumberInput
from nnstudio.spec.requests import AskModel, DescribeModel
from nnstudio.spec.tasks import Task
from tests.gui.data.penguins import open_penguins
from tests.gui.fakes import FakeLink
from tests.gui.results.runs import epochs, finished, start

INPUTS = (
    ChoiceInput("island", ("Biscoe", "Dream"), (160, 120), "Biscoe", other=True, missing=True, fill="Biscoe"),
    NumberInput("bill_length_mm", 32.0, 60.0, 44.5, 43.9, (39.0, 44.5, 48.5), is_whole=False, fill=44.5),
    NumberInput("year", 2007.0, 2009.0, 2008.0, 2008.0, (2007.0, 2008.0, 2009.0), is_whole=True, fill=2008.0),
    DateInput("day", "2008-01-01", "2008-01-31", "2008-01-15"),
)
CLASSES = ("Adelie", "Chinstrap", "Gentoo")
FORM = ModelForm("/m/best.pth", Task.MULTICLASS, "species", INPUTS, 1, CLASSES, (0.44, 0.2, 0.36), (), (275, 34, 35))
TYPICAL = ("Biscoe", 44.5, 2008.0, "2008-01-15")
COLUMNS = ("island", "bill_length_mm", "predicted_species", "probability_Adelie")


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, studio: Studio) -> PredictView:
    view = PredictView(studio, theme)
    qtbot.addWidget(view)
    view.resize(620, 640)
    view.show()
    return view


@pytest.fixture
def trained(view: PredictView, studio: Studio) -> PredictView:
    """The view after a run."""
    open_penguins(studio)
    start(studio)
    studio.run.receive([*epochs(10, best=8), finished()])
    return view


@pytest.fixture
def described(trained: PredictView, studio: Studio, link: FakeLink, qtbot: QtBot) -> PredictView:
    """The view as soon as it is known what the network asks."""
    describe(studio, link, qtbot, FORM)
    qtbot.waitUntil(lambda: len(trained.example.form.fields) == len(INPUTS))
    return trained


def describe(studio: Studio, link: FakeLink, qtbot: QtBot, form: ModelForm) -> None:
    """Let the engine say what the network asks."""
    link.answer(DescribeModel, ModelDescribed(form))
    qtbot.waitUntil(lambda: studio.predictor.asker.form == form)


def answer(link: FakeLink, *answers: tuple[float, ...]) -> None:
    """Let the engine answer the newest rows."""
    link.answer(AskModel, ModelAnswered(answers))


@pytest.fixture
def preview(tmp_path: Path) -> Path:
    """What a prediction of two rows leaves to be looked at."""
    path = tmp_path / "preview.arrow"
    values = (["Dream", "Biscoe"], [39.1, None], ["Adelie", "Gentoo"], [0.99, 0.25])
    table = pa.table(dict(zip(COLUMNS, values, strict=True)))
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)
    return path
