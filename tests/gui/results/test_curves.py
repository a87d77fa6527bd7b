"""The curves follow a run, are drawn a few times a second at most, and only while somebody looks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.plots.curve_plot import TRAINING, VALIDATION, CurvePlot
from nnstudio.gui.results.curves import CurvesView
from nnstudio.gui.results.details import DetailsDialog
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.spec.errors import NotFiniteError
from nnstudio.spec.events import BatchLosses, Failed, Progress, RatesChanged
from nnstudio.spec.facts import Rows
from tests.gui.data.penguins import open_penguins
from tests.gui.plots.wheel import turn_wheel
from tests.gui.results.runs import epoch, epochs, finished, predict_mass, start, start_on_penguins


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, studio: Studio) -> CurvesView:
    view = CurvesView(studio, theme)
    qtbot.addWidget(view)
    view.resize(700, 700)
    view.show()
    return view


def drawn(plot: CurvePlot, name: str) -> list[float]:
    """The figures of a curve as they are drawn."""
    figures = plot._curves[name].getData()[1]
    return [] if figures is None else [round(float(figure), 4) for figure in figures]


def span(plot: CurvePlot) -> tuple[float, float]:
    low, high = plot._item.getViewBox().viewRange()[0]
    return round(low, 6), round(high, 6)


def test_before_the_first_run_it_says_what_train_will_show(view: CurvesView) -> None:
    assert view.empty.isVisible()
    assert not view.cards.isVisible()


def test_epochs_are_drawn_as_they_come(view: CurvesView, studio: Studio, qtbot: QtBot) -> None:
    start_on_penguins(studio)
    studio.run.receive(epochs(4, best=3))
    qtbot.waitUntil(lambda: drawn(view.loss_plot, TRAINING) == [1.0, 0.5, 0.3333, 0.25])
    assert drawn(view.loss_plot, VALIDATION) == [1.1, 0.55, 0.3667, 0.275]
    qtbot.waitUntil(lambda: drawn(view.metric_plot, TRAINING) == [0.5, 0.75, 0.8333, 0.875])
    assert view.metric_plot.title.text() == "Accuracy"
    assert view.loss_plot._best.isVisible()
    assert view.loss_plot._best.value() == 3
    assert span(view.loss_plot) == (0, 5), "the axis follows what is there"
    assert [card.value.text() for card in view.cards.cards] == ["0.850", "0.845", "0.275"]


def test_many_bundles_are_one_redraw_of_each_plot_in_turn(view: CurvesView, studio: Studio, qtbot: QtBot) -> None:
    start_on_penguins(studio)
    with qtbot.waitSignal(view.redraw.timeout):
        for number in range(1, 51):
            studio.run.receive([epoch(number, best=True)])
        assert drawn(view.loss_plot, TRAINING) == [], "nothing is drawn for each bundle"
    counts = [len(drawn(plot, TRAINING)) for plot in (view.loss_plot, view.metric_plot)]
    assert sorted(counts) == [0, 50]
    with qtbot.waitSignal(view.redraw.timeout):
        assert view.redraw.isActive()
    assert [len(drawn(plot, TRAINING)) for plot in (view.loss_plot, view.metric_plot)] == [50, 50]
    assert not view.redraw.isActive(), "nothing turns while nothing happens"


def test_the_last_bundle_is_drawn_at_once(view: CurvesView, studio: Studio) -> None:
    start_on_penguins(studio)
    studio.run.receive([*epochs(10, best=8), finished()])
    assert len(drawn(view.loss_plot, TRAINING)) == 10
    assert not view.redraw.isActive()
    assert span(view.loss_plot) == (0, 10), "no room is kept for epochs that will not come"


def test_nothing_is_drawn_while_nobody_looks(view: CurvesView, studio: Studio, qtbot: QtBot) -> None:
    view.hide()
    start_on_penguins(studio)
    with qtbot.waitSignal(view.redraw.timeout):
        studio.run.receive(epochs(4, best=3))
    assert drawn(view.loss_plot, TRAINING) == []
    view.show()
    assert len(drawn(view.loss_plot, TRAINING)) == 4


def test_another_run_begins_with_empty_curves(view: CurvesView, studio: Studio, qtbot: QtBot) -> None:
    start_on_penguins(studio)
    studio.run.receive([*epochs(10, best=8), finished()])
    start(studio)
    studio.run.receive([epoch(1, best=True)])
    qtbot.waitUntil(lambda: drawn(view.loss_plot, TRAINING) == [1.0] and drawn(view.metric_plot, TRAINING) == [0.5])
    assert not view.outcome.isVisible()
    assert span(view.loss_plot) == (0, 1)


def test_axis_follows_the_epochs_until_the_user_looks_elsewhere(view: CurvesView, studio: Studio, qtbot: QtBot) -> None:
    start_on_penguins(studio)
    studio.run.receive(epochs(12, best=3))
    qtbot.waitUntil(lambda: span(view.loss_plot) == (0, 15))
    assert span(view.metric_plot) == (0, 15) or view.redraw.isActive()
    turn_wheel(view.loss_plot, 5, -20_000)
    low, high = span(view.loss_plot)
    assert (low, high) == (0, 100), "as far as is planned, and no further"
    studio.run.receive([epoch(number, best=False) for number in range(13, 18)])
    qtbot.waitUntil(lambda: span(view.metric_plot) == (0, 20) and not view.redraw.isActive())
    assert span(view.loss_plot) == (low, high), "what the user looks at stays"
    view.loss_plot.back.click()
    assert span(view.loss_plot) == (0, 20)


def test_what_was_looked_at_of_another_run_is_not_looked_at_any_more(view: CurvesView, studio: Studio) -> None:
    start_on_penguins(studio)
    studio.run.receive([*epochs(10, best=8), finished()])
    turn_wheel(view.loss_plot)
    assert view.loss_plot.back.isVisible()
    start(studio)
    assert not view.loss_plot.back.isVisible()


def test_axis_follows_the_batches_of_a_long_epoch(view: CurvesView, studio: Studio, qtbot: QtBot) -> None:
    start_on_penguins(studio)
    studio.run.receive([epoch(1, best=True)])
    assert studio.run.started
    batches = studio.run.started.batches
    losses = (0.5,) * (batches + 1)
    studio.run.receive([BatchLosses(1, 0, len(losses), losses, losses, losses)])
    qtbot.waitUntil(lambda: span(view.loss_plot) == (0, 2))


def test_without_validation_rows_there_is_one_curve(view: CurvesView, studio: Studio) -> None:
    start_on_penguins(studio, Rows(275, 0, 35))
    studio.run.receive([epoch(number, True, validated=False) for number in (1, 2)])
    studio.run.receive([finished(count=2)])
    assert drawn(view.loss_plot, TRAINING) == [1.0, 0.5]
    assert drawn(view.loss_plot, VALIDATION) == []
    assert not view.loss_plot.legend[VALIDATION].isVisible()
    assert view.cards.cards[0].title.text() == "Training accuracy"
    assert [card.isVisible() for card in view.cards.cards].count(True) == 3


def test_result_on_rows_that_chose_nothing_is_said(view: CurvesView, studio: Studio) -> None:
    start_on_penguins(studio)
    studio.run.receive([*epochs(10, best=8), finished(frozen=("0.weight", "0.bias"), unchanged=True)])
    assert view.outcome.isVisible()
    assert view.outcome.result.text() == (
        "Test accuracy 0.971, balanced accuracy 0.968 (always “Adelie”: 0.429, 0.333) on 35 rows it has never seen."
    )
    assert "verified unchanged" in view.outcome.how.text()
    assert not view.problem.isVisible()


def test_failure_is_said_and_its_details_are_behind_a_button(view: CurvesView, studio: Studio) -> None:
    start_on_penguins(studio)
    error = NotFiniteError("The loss became infinite.", "The learning rate is too large.", "Try 0.001.", "Traceback …")
    studio.run.receive([*epochs(3, best=3), Failed(error)])
    assert view.problem.isVisible()
    assert view.problem.title == "The loss became infinite."
    assert len(drawn(view.loss_plot, TRAINING)) == 3, "what was learned until then stays"
    (details,) = view.problem.buttons
    QTest.mouseClick(details, Qt.MouseButton.LeftButton)
    dialog = view.findChild(DetailsDialog)
    assert dialog is not None
    assert dialog.text.toPlainText() == "Traceback …"
    dialog.close()


def test_failure_without_details_has_no_button(view: CurvesView, studio: Studio) -> None:
    start_on_penguins(studio)
    studio.run.receive([Failed(NotFiniteError("The loss became infinite."))])
    assert view.problem.isVisible()
    assert view.problem.buttons == []


def test_baseline_is_that_of_the_data_of_the_run(view: CurvesView, studio: Studio, qtbot: QtBot) -> None:
    start_on_penguins(studio)
    predict_mass(studio)
    with qtbot.waitSignal(view.redraw.timeout):
        studio.run.receive(epochs(2, best=2))
    assert view.cards.cards[0].title.text() == "Validation accuracy"
    assert view.cards.cards[0].caption.text() == "always “Adelie”: 0.442"


def test_another_project_brings_the_invitation_back(view: CurvesView, studio: Studio) -> None:
    start_on_penguins(studio)
    studio.run.receive([*epochs(10, best=8), finished()])
    studio.new_project()
    assert view.empty.isVisible()


def test_view_that_is_opened_later_shows_the_run(qtbot: QtBot, theme: Theme, studio: Studio) -> None:
    start_on_penguins(studio)
    studio.run.receive(epochs(4, best=3))
    view = CurvesView(studio, theme)
    qtbot.addWidget(view)
    view.show()
    assert len(drawn(view.metric_plot, VALIDATION)) == 4
    assert view.cards.cards[0].caption.text() == "always “Adelie”: 0.442"


def test_progress_within_an_epoch_redraws_the_card(view: CurvesView, studio: Studio, qtbot: QtBot) -> None:
    open_penguins(studio)
    start(studio)
    with qtbot.waitSignal(view.redraw.timeout):
        studio.run.receive([Progress(1, 4, 0.8, 1e3, 4)])
    assert view.cards.cards[2].caption.text() == "training 0.800 · batch 4 of 9"


def test_both_plots_show_the_epoch_under_the_pointer(view: CurvesView, studio: Studio) -> None:
    start_on_penguins(studio)
    studio.run.receive([*epochs(10, best=8), finished()])
    view.loss_plot.pointed.emit(4)
    for plot, figure in ((view.loss_plot, "training 0.250"), (view.metric_plot, "training 0.875")):
        assert plot.epoch.text() == "epoch 4"
        assert plot.legend[TRAINING].text == figure
    view.loss_plot.pointed.emit(None)
    assert view.metric_plot.epoch.text() == ""
    assert view.metric_plot.legend[TRAINING].text == "training"


def test_other_rates_are_marked_where_they_begin(view: CurvesView, studio: Studio) -> None:
    start_on_penguins(studio)
    studio.run.receive([*epochs(6, best=6), RatesChanged(3, 3, 0.0005, 0.0), RatesChanged(5, 9, 0.0005, 0.1)])
    studio.run.receive([finished()])
    for marks in view.marks:
        assert [line.value() for line in marks.lines] == [pytest.approx(2 + 1 / 3), 5.0]
        assert [line.label.textItem.toPlainText() for line in marks.lines] == ["rate 0.0005", "decay 0.1"]
    start(studio)
    assert view.marks[0].lines, "drawn when it is its turn"
    studio.run.receive([*epochs(1, best=1), finished()])
    assert view.marks[0].lines == []
