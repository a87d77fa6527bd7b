"""Runs are listed, also those of others; chosen ones are compared, opened, gone on from, and deleted."""

from __future__ import annotations

import csv
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from nnstudio.gui.dialogs.export import ExportDialog
from nnstudio.gui.dialogs.longer import LongerDialog
from nnstudio.gui.runs.model import KEYS, PAGE
from nnstudio.gui.runs.view import RunsView
from nnstudio.gui.studio import Studio
from nnstudio.runs.alive import alive
from nnstudio.runs.course import ENDING, Course, Origin
from nnstudio.runs.listing import Order, RunLine, RunList
from nnstudio.runs.store import BEST, RunStore
from nnstudio.spec.baselines import Baseline
from nnstudio.spec.events import RatesChanged
from nnstudio.spec.model import Weights
from nnstudio.spec.project import Project
from nnstudio.spec.training import Training
from tests.gui.runs.conftest import Add


def column(view: RunsView, key: str) -> list[str]:
    place = KEYS.index(key)
    return [str(view.model.index(row, place).data()) for row in range(view.model.rowCount())]


def test_without_runs_it_says_what_will_be_here(view: RunsView) -> None:
    view.show()
    assert view.empty.isVisible()


def test_runs_are_listed_newest_first(view: RunsView, add: Add) -> None:
    for name, score in (("first", 0.8), ("second", 0.95)):
        add(name, score)
    view.show()
    assert column(view, "name") == ["second", "first"]
    assert column(view, "score") == ["accuracy 0.950", "accuracy 0.800"]
    assert column(view, "seconds") == ["1.5 s", "1.5 s"]
    assert view.note.text() == "2 runs"
    assert not view.below.isVisible(), "nothing is chosen yet"


def test_a_title_sorts_and_a_filter_leaves_what_fits(view: RunsView, add: Add) -> None:
    for name, score in (("a good one", 0.9), ("the best", 0.99), ("poor", 0.1)):
        add(name, score)
    view.show()
    view.table.sortByColumn(KEYS.index("score"), Qt.SortOrder.AscendingOrder)
    assert column(view, "name") == ["poor", "a good one", "the best"]
    view.filter.setText("GOOD")
    assert column(view, "name") == ["a good one"]
    assert view.note.text() == "1 run that fit"
    view.filter.setText("nothing")
    assert column(view, "name") == []
    assert view.filter.isVisible(), "the filter can be taken back"


def test_runs_of_others_appear_by_themselves(view: RunsView, add: Add, qtbot: QtBot) -> None:
    add("mine")
    view.look.setInterval(1)
    view.show()
    add("theirs")
    qtbot.waitUntil(lambda: column(view, "name") == ["theirs", "mine"])
    view.hide()
    assert not view.look.isActive(), "nobody looks"


def test_what_is_chosen_stays_while_others_appear(view: RunsView, add: Add) -> None:
    add("mine")
    view.show()
    view.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    view.select([0])
    add("theirs")
    view.refresh()
    assert [line.name for line in view.chosen()] == ["mine"]


def test_curves_of_several_runs_lie_over_each_other(view: RunsView, add: Add) -> None:
    add("short", epochs=3)
    add("long", epochs=9)
    view.show()
    view.select([0, 1])
    series = view.below.curves.chart._series
    assert [(each.name, len(each.x)) for each in series] == [("long", 9), ("short", 3)]
    assert series[0].y.tolist() == [2 / number for number in range(1, 10)]
    assert len({each.role for each in series}) == 2


def test_runs_of_one_name_are_told_apart_by_their_time(view: RunsView, add: Add) -> None:
    for _ in range(2):
        add("same")
    view.show()
    view.select([0, 1])
    assert all(re.fullmatch(r"same \d\d:\d\d:\d\d", each.name) for each in view.below.curves.chart._series)


def test_two_projects_are_compared_field_by_field(view: RunsView, add: Add) -> None:
    add("first", training=Training(epochs=3))
    add("second", training=Training(epochs=7))
    view.show()
    view.select([0])
    view.below.show_section("differences")
    view.select([0, 1])
    cells = [[cell.text for cell in row] for row in view.below.differences.table.content.cells]
    assert cells == [["Training · Epochs", "3", "7"]], "the older one stands left"
    view.select([0])
    assert view.below.differences.table.content.cells == ()
    assert "Choose two runs" in view.below.differences.note.text()


def test_everything_that_is_remembered_is_told(view: RunsView, add: Add) -> None:
    run = add("first")
    view.show()
    view.below.show_section("details")
    view.select([0])
    facts = {row[0].text: row[1].text for row in view.below.details.table.content.cells}
    assert facts["Identity"] == run
    assert facts["nnstudio"] == "0.1.0"
    assert facts["Device"] == "cpu"
    assert "python" in facts
    assert "Balanced" not in facts, "runs of older versions do not know it"


def test_a_score_stands_beside_its_baseline(view: RunsView, store: RunStore, add: Add) -> None:
    always = {"accuracy": 0.442, "balanced_accuracy": 1 / 3}
    told = {"loss": 0.2, "accuracy": 0.971, "balanced_accuracy": 0.968}
    result = store.run(add("penguins")).result
    assert result is not None
    store.finish(replace(result, validation=told, baseline=Baseline("“Adelie”", validation=always)))
    view.show()
    view.below.show_section("details")
    view.select([0])
    facts = {row[0].text: row[1].text for row in view.below.details.table.content.cells}
    assert facts["Baseline"] == "always “Adelie”: 0.442"
    assert facts["Balanced"] == "0.968 · always “Adelie”: 0.333"
    shown = [view.model.index(0, KEYS.index(key)).data() for key in ("score", "baseline", "balanced")]
    assert shown == ["accuracy 0.971", "0.442", "0.968"]


def test_tags_and_notes_are_edited_in_their_place(view: RunsView, add: Add, store: RunStore) -> None:
    add("first")
    view.show()
    index = view.model.index(0, KEYS.index("notes"))
    view.table.edit(index)
    editor = view.table.findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    editor.setText("worth another look")
    view.table.commitData(editor)
    assert column(view, "notes") == ["worth another look"]
    assert not view.model.flags(view.model.index(0, 0)) & Qt.ItemFlag.ItemIsEditable
    rows = store.connection.execute("SELECT notes FROM runs").fetchall()
    assert rows == [("worth another look",)]


def test_a_project_is_opened_as_it_was_and_unsaved(view: RunsView, add: Add, studio: Studio) -> None:
    add("first", training=Training(epochs=77))
    view.show()
    view.select([0])
    view.open.click()
    assert studio.state.project.training.epochs == 77
    assert studio.state.path is None


def test_the_next_run_goes_on_from_its_weights(view: RunsView, add: Add, studio: Studio, store: RunStore) -> None:
    run = add("first")
    view.show()
    view.select([0])
    assert not view.weights.isEnabled(), "there are none"
    best = store.run_folder(run) / "best.pth"
    best.write_bytes(b"weights")
    view.select([0])
    view.weights.click()
    assert studio.state.project.model.start == Weights(str(best), "abc")
    assert studio.document.undo_name == "Start from the weights of first"


def test_runs_are_deleted_only_after_asking(view: RunsView, add: Add, store: RunStore, qtbot: QtBot) -> None:
    runs = [add(name) for name in ("first", "second", "third")]
    view.show()
    view.select([0, 1])
    with qtbot.waitActive(view):
        view.activateWindow()
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_Delete)
    box = view.window().findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    assert box.text() == "Delete 2 runs with their weights?"
    box.reject()
    assert column(view, "name") == ["third", "second", "first"]
    view.delete.trigger()
    box = next(found for found in view.window().findChildren(QMessageBox) if found.isVisible())
    next(button for button in box.buttons() if button.text() == "Delete").click()
    qtbot.waitUntil(lambda: column(view, "name") == ["first"])
    assert [store.run_folder(run).exists() for run in runs] == [True, False, False]


def test_a_run_that_is_under_way_is_not_deleted(view: RunsView, add: Add, store: RunStore, studio: Studio) -> None:
    kept = add("going on")
    add("over")
    view.show()
    with alive(store.run_folder(kept)):
        view.delete_runs([line for row in (0, 1) if (line := view.model.line(row))])
    assert column(view, "name") == ["going on"]
    assert [notice.what for notice in studio.notices.all] == ["1 run is under way, and not deleted."]


def test_the_list_becomes_a_file(view: RunsView, add: Add, tmp_path: Path) -> None:
    add("first", 0.25)
    add("second, with a comma")
    view.show()
    view.filter.setText("comma")
    view.export_to(str(tmp_path / "runs.csv"))
    with (tmp_path / "runs.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["name"], row["score"], row["measure"]) == ("second, with a comma", "0.9", "validation accuracy")
    assert row["started"].endswith("Z")


def test_a_store_that_cannot_be_opened_is_said(view: RunsView, store: RunStore) -> None:
    with closing(sqlite3.connect(store.folder / "runs.sqlite")) as other:
        other.execute("PRAGMA user_version = 99")
    view.show()
    assert view.problem.isVisible()
    assert "newer nnstudio" in view.problem.title


@pytest.mark.parametrize("last", [9_999, 5_000])
def test_of_ten_thousand_runs_only_a_page_is_read(
    view: RunsView, add: Add, store: RunStore, last: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    add("pattern")
    store.connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)"
        " INSERT INTO runs (id, name, started, status, project, fingerprint, version)"
        " SELECT 'r' || i, 'run ' || i, i, 'completed', project, '', '0' FROM runs, n"
    )
    read: list[int] = []
    page = RunList.page

    def counted(self: RunList, order: Order, start: int, count: int) -> list[RunLine]:
        read.append(count)
        return page(self, order, start, count)

    monkeypatch.setattr(RunList, "page", counted)
    view.show()
    assert view.model.rowCount() == 10_000
    assert view.model.index(last, 1).data() == f"run {10_000 - last}"
    assert sum(read) <= 3 * PAGE


def test_the_losses_of_the_batches_are_drawn_too(view: RunsView, add: Add) -> None:
    add("iris", epochs=2)
    view.show()
    view.select([0])
    page = view.below.curves
    page.measure.setCurrentIndex(page.measure.findText("Loss of the batches"))
    page.measure.activated.emit(page.measure.currentIndex())
    (series,) = page.chart._series
    assert series.x.tolist() == [0.25, 0.75, 1.25, 1.75]
    assert series.y.tolist() == [1.0, 1 / 2, 1 / 3, 1 / 4]
    assert page.note.text() == "Training rows."


def test_details_say_what_was_changed_and_what_it_goes_on_from(view: RunsView, store: RunStore, add: Add) -> None:
    run = add("digits · longer")
    course = Course(store)
    course.set_changes(run, [RatesChanged(2, 3, 0.01, 0.0)])
    course.set_origin(run, Origin("20261127-0001", 2, "best"))
    view.show()
    view.select([0])
    view.below.show_section("details")
    table = view.below.details.table.model()
    facts = {table.index(row, 0).data(): table.index(row, 1).data() for row in range(table.rowCount())}
    assert facts["Goes on from epoch 2 of"] == "20261127-0001, best weights"
    assert facts["From epoch 2, batch 4"] == "learning rate 0.01, weight decay 0"


def test_a_run_whose_end_was_kept_can_be_trained_longer(
    view: RunsView, studio: Studio, store: RunStore, add: Add
) -> None:
    add("first")
    (store.run_folder(add("second")) / ENDING).touch()
    view.show()
    view.select([1])
    assert not view.longer.isEnabled()
    view.select([0])
    assert view.longer.isEnabled()
    view.longer.trigger()
    (dialog,) = view.window().findChildren(LongerDialog)
    assert "to epoch 100" in dialog.said.text()
    studio.run.start(Project())
    assert not view.longer.isEnabled(), "one run at a time"
    studio.run.clear()
    assert view.longer.isEnabled()


def test_the_model_of_a_run_is_exported(view: RunsView, store: RunStore, add: Add) -> None:
    (store.run_folder(add("first")) / BEST).touch()
    add("second")
    view.show()
    view.select([0])
    assert not view.model_out.isEnabled(), "its weights are gone"
    view.select([1])
    view.model_out.trigger()
    (dialog,) = view.window().findChildren(ExportDialog)
    assert dialog.windowTitle() == "Export first"
    assert Path(dialog._model).name == BEST


def test_a_run_that_another_view_points_at_is_chosen(view: RunsView, studio: Studio, add: Add) -> None:
    first, second = add("first"), add("second")
    studio.pointed.point(first)
    view.show()
    assert [line.id for line in view.chosen()] == [first]
    view.filter.setText("first")
    studio.pointed.point(second)
    assert [line.id for line in view.chosen()] == [second], "the filter does not keep it away"
    studio.pointed.point("no such run")
    assert [line.id for line in view.chosen()] == [second]
