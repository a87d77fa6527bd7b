"""The steps follow what is really there, each button does its step, and every step can be undone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.gui.dialogs import files
from nnstudio.gui.dialogs.files import FileDialogs
from nnstudio.gui.drop import DropHint
from nnstudio.gui.studio import Studio
from nnstudio.gui.transfer.view import TransferView
from nnstudio.session import edits
from nnstudio.session.fine_tuning import Key, Stage
from nnstudio.session.live import Status
from nnstudio.session.transfer import from_scratch
from nnstudio.spec.events import ModelOpened, RunFinished, Stop
from nnstudio.spec.files import project_to_json
from nnstudio.spec.layers import Linear, ReLU
from nnstudio.spec.model import Model, Weights, new_row
from nnstudio.spec.project import Project
from nnstudio.spec.requests import OpenModel, TrainProject
from tests.gui.fakes import FakeLink, open_iris, started
from tests.gui.results.runs import epochs
from tests.gui.transfer.conftest import start


def stages(studio: Studio) -> dict[Key, Stage]:
    return {step.key: step.stage for step in studio.transfer.steps}


def sentence(studio: Studio, key: Key) -> str:
    return next(step.sentence for step in studio.transfer.steps if step.key == key)


def press(view: TransferView, key: Key) -> None:
    view.steps.rows[key].button.click()


def finished(accuracy: float, seconds: float = 1.0) -> RunFinished:
    measures = {"loss": 1 - accuracy, "accuracy": accuracy}
    return RunFinished("r", "completed", 10, 8, {}, measures, measures, seconds, 1e3, "/m/best.pth", "/m/last.pth")


def tune(studio: Studio) -> None:
    """Let the fine-tuned run have ended."""
    studio.run.start(studio.state.project)
    studio.run.receive([started(10), *epochs(10, 8), finished(0.9)])


def test_the_empty_tab_teaches_and_leads_on(view: TransferView, studio: Studio) -> None:
    assert view.empty.isVisible()
    view.guide.click()
    assert not view.empty.isVisible()
    assert stages(studio)["data"] is Stage.NOW
    assert view.steps.rows["data"].button.property("role") == "primary"
    assert not view.steps.rows["compare"].button.isEnabled()


def test_steps_are_done_as_the_document_has_them(view: TransferView, studio: Studio) -> None:
    open_iris(studio)
    assert stages(studio)["weights"] is Stage.NOW
    start(studio)
    assert list(stages(studio).values())[:4] == [Stage.DONE] * 4
    assert stages(studio)["freeze"] is Stage.NOW
    assert sentence(studio, "match") == "4 of 6 tensors of the network start from the file; 2 start fresh."
    assert sentence(studio, "head") == "The head gives 3, as your data need. It starts fresh."
    assert view.file.text() == "w.pth"


def test_each_button_is_an_edit_that_can_be_undone(view: TransferView, studio: Studio, qtbot: QtBot) -> None:
    start(studio)
    qtbot.waitUntil(lambda: "freeze" in view.steps.rows)
    press(view, "freeze")
    assert studio.document.undo_name == "Freeze all but the head"
    assert stages(studio)["rate"] is Stage.DONE, "only the fresh head trains"
    assert "may stay as it is" in sentence(studio, "rate")
    press(view, "rate")
    assert studio.state.project.training.optimizer.lr == pytest.approx(0.0001)
    press(view, "head")
    assert studio.document.undo_name == "Fit the head"
    assert stages(studio)["train"] is Stage.NOW
    for _ in range(3):
        studio.document.undo()
    assert stages(studio)["freeze"] is Stage.NOW


def test_a_head_that_does_not_fit_is_the_next_thing_to_do(view: TransferView, studio: Studio, qtbot: QtBot) -> None:
    start(studio)
    wrong = edits.change_layer(studio.state.project, studio.state.project.model.rows[4].id, Linear(10))
    studio.apply("Wrong", wrong)
    assert stages(studio)["head"] is Stage.NOW
    assert "gives 10 numbers for each row, but cross-entropy needs 3" in sentence(studio, "head")
    qtbot.waitUntil(lambda: view.steps.rows["head"].button.text() == "Fit the head")
    press(view, "head")
    assert studio.state.project.model.rows[4].kind == Linear(3)


def test_a_head_with_weights_of_the_file_asks_whether_the_classes_are_the_same(studio: Studio) -> None:
    start(studio, {"0.weight": (32, 4), "4.weight": (3, 16), "4.bias": (3,)})
    assert "replace it if your classes are others" in sentence(studio, "head")
    studio.transfer.fit_head()
    assert "It starts fresh." in sentence(studio, "head")


def test_showing_the_tensors_is_a_step(view: TransferView, studio: Studio, qtbot: QtBot) -> None:
    start(studio)
    qtbot.waitUntil(lambda: "match" in view.steps.rows)
    press(view, "match")
    assert view.tensors.isVisible()
    studio.transfer.shown.tell("steps")
    assert view.steps.isVisible()


def test_weights_are_chosen_for_the_data_that_are_open(
    view: TransferView, studio: Studio, link: FakeLink, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_iris(studio)
    data = studio.state.project.data
    theirs = Project(model=Model((new_row(Linear(7), "body"), new_row(ReLU()), new_row(Linear(9), "head"))))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/m/theirs.pth", ""))
    view.choose.click()
    link.answer(OpenModel, ModelOpened("/m/theirs.pth", "cd", project_to_json(theirs), {"0.weight": (7, 4)}))
    qtbot.waitUntil(lambda: studio.state.project.model.start is not None)
    assert studio.state.project.data == data
    assert studio.state.project.model == Model(theirs.model.rows, Weights("/m/theirs.pth", "cd"))
    assert studio.document.undo_name == "Start from theirs.pth"
    assert stages(studio)["head"] is Stage.NOW


def test_weights_can_be_dropped_on_the_tab(view: TransferView, link: FakeLink, studio: Studio, qtbot: QtBot) -> None:
    open_iris(studio)

    def drop(path: str) -> bool:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(path)])
        copy, left, no_keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(QPoint(50, 50), copy, mime, left, no_keys)
        enter.ignore()
        QCoreApplication.sendEvent(view, enter)
        if enter.isAccepted():
            assert hint.isVisible()
            assert hint.words.text() == f"Drop to start from “{Path(path).name}”"
            QCoreApplication.sendEvent(view, QDropEvent(QPointF(50, 50), copy, mime, left, no_keys))
        return enter.isAccepted()

    hint = view.findChildren(DropHint)[0]
    assert drop("/m/w.pth")
    assert not hint.isVisible()
    qtbot.waitUntil(lambda: [Path(request.path).name for request in link.asked(OpenModel)] == ["w.pth"])
    assert not drop("/m/table.csv"), "data are for the window"


def test_names_that_fit_nothing_go_by_order_and_it_is_said(studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    open_iris(studio)
    studio.transfer.choose_weights(Path("/m/odd.pth"))
    link.answer(OpenModel, ModelOpened("/m/odd.pth", "cd", "", {"a.kernel": (32, 4), "a.weight": (16, 32)}))
    qtbot.waitUntil(lambda: bool(studio.notices.all))
    assert studio.state.project.model.start == Weights("/m/odd.pth", "cd", "order")
    assert "go by their order" in studio.notices.all[-1].what


def test_the_network_of_foreign_weights_is_built_as_a_step(
    view: TransferView, studio: Studio, link: FakeLink, qtbot: QtBot
) -> None:
    open_iris(studio)
    view.guide.click()
    studio.document.offer(ModelOpened("/m/theirs.pth", "cd", "", {"fc.weight": (9, 9)}))
    qtbot.waitUntil(lambda: view.steps.rows["weights"].button.text() == "Build its network")
    assert stages(studio)["weights"] is Stage.NOW
    assert "is of another network" in sentence(studio, "weights")
    press(view, "weights")
    assert [Path(request.path).name for request in link.asked(OpenModel)] == ["theirs.pth"]


def test_training_is_a_step_that_tells_how_it_goes(view: TransferView, studio: Studio) -> None:
    start(studio)
    studio.transfer.freeze_all_but_head()
    studio.run.start(studio.state.project)
    studio.run.receive([started(10), *epochs(3, 3)])
    assert sentence(studio, "train") == "Epoch 4 of 10."
    assert view.steps.rows["train"].button.text() == "Stop and keep"
    assert not view.steps.rows["freeze"].button.isEnabled()
    studio.run.receive([finished(0.9)])
    assert sentence(studio, "train") == "Test accuracy 0.900 after 10 epochs."
    assert stages(studio)["compare"] is Stage.NOW
    studio.transfer.unfreeze_all()
    assert stages(studio)["train"] is not Stage.DONE, "what was trained is another network"


def test_the_same_experiment_is_trained_from_scratch_and_shown_beside(
    view: TransferView, studio: Studio, link: FakeLink, qtbot: QtBot
) -> None:
    start(studio)
    studio.transfer.freeze_all_but_head()
    tune(studio)
    qtbot.waitUntil(view.steps.rows["compare"].button.isEnabled)
    press(view, "compare")
    rival = studio.transfer.rival.run
    (request,) = link.asked(TrainProject)
    assert request.project == from_scratch(studio.state.project)
    assert request.project.model.start is None
    assert request.project.training.seed == studio.state.project.training.seed
    assert request.name.endswith("from scratch")
    assert not studio.can_train
    link.answer(TrainProject, started(10), *epochs(4, 4), done=False)
    qtbot.waitUntil(lambda: len(rival.history.epochs) == 4)
    assert sentence(studio, "compare") == "Epoch 5 of 10, from fresh weights."
    link.answer(TrainProject, *epochs(10, 8)[4:], finished(0.7, 2.0))
    qtbot.waitUntil(lambda: rival.status is Status.FINISHED)
    assert sentence(studio, "compare") == "Test accuracy 0.900 fine-tuned, test accuracy 0.700 from scratch."
    assert stages(studio)["compare"] is Stage.DONE
    assert view.comparison.isVisible()
    cells = [tuple(cell.text() for cell in cells) for cells in view.comparison._cells]
    assert ("Validation accuracy", "0.900", "0.700") in cells
    assert ("Test accuracy", "0.900", "0.700") in cells
    assert ("Time", "1.0 s", "2.0 s") in cells
    better = next(cells for cells in view.comparison._cells if cells[0].text() == "Test accuracy")
    assert [cell.property("role") for cell in better] == ["muted", "strong", ""]
    assert studio.run.finished == finished(0.9), "the run that it is held against stays"
    assert studio.can_train


def test_what_was_left_out_is_not_asked_for_behind_training(studio: Studio) -> None:
    start(studio)
    assert stages(studio)["freeze"] is Stage.NOW
    tune(studio)
    assert (stages(studio)["freeze"], stages(studio)["compare"]) == (Stage.LATER, Stage.NOW)


def test_a_comparison_can_be_stopped(view: TransferView, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    start(studio)
    tune(studio)
    qtbot.waitUntil(view.steps.rows["compare"].button.isEnabled)
    press(view, "compare")
    qtbot.waitUntil(lambda: view.steps.rows["compare"].button.text() == "Stop")
    press(view, "compare")
    assert [command for _, command in link.commands] == [Stop()]


def test_another_project_ends_the_comparison(view: TransferView, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    start(studio)
    tune(studio)
    qtbot.waitUntil(view.steps.rows["compare"].button.isEnabled)
    press(view, "compare")
    studio.new_project()
    (job,) = (number for number, request in link.requests.items() if isinstance(request, TrainProject))
    assert link.commands.count((job, Stop())) == 1
    assert studio.transfer.rival.run.status is Status.STOPPING


def test_a_comparison_under_way_asks_before_the_window_closes(
    studio: Studio, plain_window: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(studio)
    tune(studio)
    studio.transfer.compare()
    asked: list[QWidget] = []
    monkeypatch.setattr(files, "ask_end_run", lambda parent, _waiting: asked.append(parent))
    assert not FileDialogs(studio, plain_window).may_close()
    assert asked == [plain_window]


def test_a_comparison_is_of_the_run_that_it_was_made_for(view: TransferView, studio: Studio, qtbot: QtBot) -> None:
    start(studio)
    tune(studio)
    rival = studio.transfer.rival.run
    rival.start(from_scratch(studio.state.project))
    rival.receive([started(10), *epochs(10, 8), finished(0.7)])
    assert stages(studio)["compare"] is Stage.DONE
    other = replace(studio.state.project, training=replace(studio.state.project.training, seed=7))
    studio.apply("Seed", other)
    tune(studio)
    assert stages(studio)["compare"] is not Stage.DONE
    qtbot.waitUntil(lambda: not view.comparison.isVisible())


def test_a_run_without_weights_has_nothing_to_compare(studio: Studio) -> None:
    open_iris(studio)
    tune(studio)
    assert not studio.transfer.rival.can_start
