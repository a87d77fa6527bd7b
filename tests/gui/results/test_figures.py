"""The figures on the cards are those of the right epoch, and say what to hold them against."""

from __future__ import annotations

from nnstudio.gui.panel import Figure
from nnstudio.gui.results.figures import NOTHING, figures
from nnstudio.gui.results.growing import GrowingArray
from nnstudio.gui.studio import Studio
from nnstudio.spec.baselines import Baseline
from nnstudio.spec.events import EpochDone, Progress
from nnstudio.spec.facts import Rows
from nnstudio.spec.tasks import Task
from tests.gui.data.penguins import data_of, open_penguins
from tests.gui.results.runs import epoch, epochs, finished, predict_mass, start, start_on_penguins


def by_title(shown: list[Figure]) -> dict[str, Figure]:
    return {figure.title: figure for figure in shown}


MASS = Baseline("4202", validation={"r2": -0.0071, "mae": 651.23})


def test_before_the_first_epoch_there_is_nothing_to_show(studio: Studio) -> None:
    start_on_penguins(studio)
    shown = figures(studio.run)
    assert [figure.title for figure in shown] == ["Validation accuracy", "Balanced accuracy", "Validation loss"]
    assert {figure.value for figure in shown} == {NOTHING}
    assert [figure.caption for figure in shown[:2]] == ["always “Adelie”: 0.442", "always “Adelie”: 0.333"]


def test_the_first_epoch_shows_how_far_it_is(studio: Studio) -> None:
    start_on_penguins(studio)
    studio.run.receive([Progress(1, 3, 1.0534, 1000.0, 4.0)])
    loss = by_title(figures(studio.run))["Validation loss"]
    assert (loss.value, loss.caption) == (NOTHING, "training 1.053 · batch 3 of 9")


def test_a_measure_names_what_gives_it_in_torchmetrics(studio: Studio) -> None:
    start_on_penguins(studio)
    accuracy, balanced = figures(studio.run)[:2]
    assert "As torchmetrics.classification.MulticlassAccuracy(average='micro') gives it." in accuracy.help
    assert "(average='macro')" in balanced.help


def test_figures_are_those_of_the_newest_epoch(studio: Studio) -> None:
    start_on_penguins(studio)
    studio.run.receive(epochs(10, best=8))
    shown = by_title(figures(studio.run))
    assert shown["Validation accuracy"].value == "0.940"
    assert shown["Validation loss"].value == "0.110"
    assert shown["Validation loss"].caption == "training 0.100"
    assert shown["Validation loss"].help.endswith("It was best at epoch 8.")


def test_after_the_run_they_are_those_of_the_weights_that_were_kept(studio: Studio) -> None:
    start_on_penguins(studio)
    studio.run.receive([*epochs(10, best=8), finished()])
    shown = by_title(figures(studio.run))
    assert shown["Validation accuracy"].value == "0.925"
    assert (shown["Validation loss"].value, shown["Validation loss"].caption) == ("0.138", "training 0.125")


def test_without_validation_rows_the_card_says_so(studio: Studio) -> None:
    start_on_penguins(studio, Rows(275, 0, 35))
    studio.run.receive([epoch(1, best=True, validated=False)])
    shown = figures(studio.run)
    assert [figure.title for figure in shown] == ["Training accuracy", "Balanced accuracy", "Training loss"]
    assert shown[0].value == "0.500"
    assert shown[0].caption == "always “Adelie”: 0.444"
    assert shown[0].help.endswith("There are no validation rows: it was taken while the network learned.")
    assert shown[2].caption == "best at epoch 1"


def test_regression_has_its_errors_in_the_unit_of_the_target(studio: Studio) -> None:
    open_penguins(studio)
    predict_mass(studio)
    start(studio, baseline=MASS)
    done = {"loss": 0.2, "r2": 0.81234, "mae": 312.44}
    studio.run.receive([EpochDone(1, done, done, 0.1, best=True)])
    shown = by_title(figures(studio.run))
    assert shown["Validation R²"].value == "0.812"
    assert shown["Validation R²"].caption == "always 4202: -0.0071"
    assert shown["Validation MAE"].value == "312.4"
    assert shown["Validation MAE"].caption == "always 4202: 651.2"
    assert shown["Validation MAE"].help.startswith("Mean absolute error of the validation rows.")


def test_figures_that_are_not_finite_are_called_so(studio: Studio) -> None:
    start_on_penguins(studio)
    lost = {"loss": float("nan"), "accuracy": 0.3}
    studio.run.receive([EpochDone(1, lost, lost, 0.1, best=False)])
    assert by_title(figures(studio.run))["Validation loss"].value == "not finite"


def test_series_follows_a_list_that_grows_without_reading_it_anew() -> None:
    series = GrowingArray()
    read: list[float] = [float(number) for number in range(3_000)]
    assert series.follow(read).tolist() == read
    read[0] = -1.0  # what has been read is not looked at again
    read.append(3_000.0)
    followed = series.follow(read)
    assert (followed[0], followed[-1], len(followed)) == (0.0, 3_000.0, 3_001)


def test_data_may_be_edited_while_a_run_goes_on(studio: Studio) -> None:
    start_on_penguins(studio)
    studio.run.receive(epochs(3, best=3))
    predict_mass(studio)
    assert data_of(studio).task is Task.REGRESSION
    assert next(figure.title for figure in figures(studio.run)) == "Validation accuracy"
