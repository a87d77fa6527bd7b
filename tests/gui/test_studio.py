"""The verbs of the window over a scripted engine: what they ask for, and what becomes of the answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.session.live import Status
from nnstudio.session.preflight import Finding
from nnstudio.spec.data import TableSource
from nnstudio.spec.errors import DataError, EngineLost, out_of_memory
from nnstudio.spec.events import (
    DataDescribed,
    EpochDone,
    Failed,
    ModelOpened,
    Pause,
    Paused,
    Predicted,
    Resume,
    Resumed,
    RunFinished,
    Saved,
    SourceOpened,
    Stop,
)
from nnstudio.spec.files import load_project, project_to_json, save_project
from nnstudio.spec.layers import Linear, ReLU
from nnstudio.spec.losses import BCEWithLogits, CrossEntropy
from nnstudio.spec.model import Model, Weights
from nnstudio.spec.project import Project
from nnstudio.spec.requests import (
    DescribeData,
    OpenModel,
    OpenPath,
    OpenSource,
    PredictTable,
    SaveModel,
    TrainProject,
    WarmUp,
)
from nnstudio.spec.tasks import Task
from tests.gui.fakes import FakeLink, iris_facts, iris_source, open_iris, started

FINISHED = RunFinished(
    "run-1",
    "completed",
    2,
    2,
    train={"loss": 0.2},
    validation={"loss": 0.3},
    test={"loss": 0.4},
    seconds=1.0,
    samples_per_second=240.0,
    best_weights="/runs/best.pth",
    last_weights="/runs/last.pth",
    best_sha256="abc",
)


def train(studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    """Let a run be under way."""
    open_iris(studio)
    link.answer(DescribeData, DataDescribed(iris_facts()))
    studio.train()
    link.answer(TrainProject, started(), done=False)
    qtbot.waitUntil(lambda: studio.run.status is Status.TRAINING)


class TestOpening:
    def test_a_table_becomes_the_data_with_a_network_that_fits(
        self, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
    ) -> None:
        studio.open_path(tmp_path / "iris.csv")
        assert link.asked(OpenPath) == [OpenPath(str(tmp_path / "iris.csv"))]
        link.answer(OpenPath, SourceOpened(iris_source()))
        qtbot.waitUntil(lambda: bool(link.asked(DescribeData)))
        link.answer(DescribeData, DataDescribed(iris_facts()))
        qtbot.waitUntil(lambda: bool(studio.state.project.model.rows))
        assert studio.state.walked is not None
        assert studio.state.walked.output == (3,)
        assert studio.document.undo_name == "Open iris.csv"
        studio.document.undo()
        assert studio.state.project == Project(), "data and network came by one edit and go by one undo"

    def test_a_table_that_cannot_be_read_is_a_notice_and_changes_nothing(
        self, studio: Studio, link: FakeLink, qtbot: QtBot
    ) -> None:
        open_iris(studio)
        before = studio.state
        studio.open_source(TableSource("/data/empty.csv"))
        link.answer(OpenSource, Failed(DataError("“empty.csv” is empty.")))
        qtbot.waitUntil(lambda: bool(studio.notices.all))
        assert [notice.what for notice in studio.notices.all] == ["“empty.csv” is empty."]
        assert studio.state == before

    def test_a_project_is_opened_and_its_data_looked_at(self, studio: Studio, link: FakeLink, tmp_path: Path) -> None:
        open_iris(studio)
        path = tmp_path / "iris.nnstudio"
        assert studio.save(path)
        studio.new_project()
        assert studio.state.project == Project()
        studio.open_path(path)
        assert studio.state.project == load_project(path)
        assert (studio.state.name, studio.state.is_saved) == ("iris.nnstudio", True)
        assert len(link.asked(OpenSource)) == 1
        assert studio.preferences.recent == (str(path),)

    def test_a_damaged_project_leaves_what_was_open(self, studio: Studio, tmp_path: Path) -> None:
        open_iris(studio)
        before = studio.state
        path = tmp_path / "broken.nnstudio"
        path.write_text("{", encoding="utf-8")
        studio.open_path(path)
        assert studio.state == before
        assert "broken.nnstudio" in studio.notices.all[-1].what

    def test_a_model_brings_its_project_and_starts_from_its_weights(
        self, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
    ) -> None:
        path = tmp_path / "model.pth"
        open_iris(studio)
        carried = studio.state.project
        studio.new_project()
        studio.open_path(path)
        link.answer(OpenModel, ModelOpened(str(path), "abc", project_to_json(carried), {"0.weight": (32, 4)}))
        qtbot.waitUntil(lambda: studio.state.project.data is not None)
        assert studio.state.project == edits.start_from(carried, Weights(str(path), "abc"))
        assert studio.model_file == str(path)

    def test_bare_tensors_go_into_the_network_that_is_open(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        open_iris(studio)
        studio.open_model(Path("/w.pth"))
        link.answer(OpenModel, ModelOpened("/w.pth", "abc", "", {"0.weight": (32, 4), "9.weight": (1, 1)}))
        qtbot.waitUntil(lambda: bool(studio.notices.all))
        assert studio.state.project.model.start == Weights("/w.pth", "abc")
        assert "1 of 6 tensors match" in studio.notices.all[-1].why

    def test_bare_tensors_that_fit_nothing_are_refused(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        open_iris(studio)
        studio.open_model(Path("/w.pth"))
        link.answer(OpenModel, ModelOpened("/w.pth", "abc", "", {"fc.weight": (7, 7)}))
        qtbot.waitUntil(lambda: bool(studio.notices.all))
        assert studio.state.project.model.start is None
        assert "fc.weight" in studio.notices.all[-1].why


class TestFollowingTheData:
    def test_an_answer_that_was_overtaken_is_dropped(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        open_iris(studio)
        project = studio.state.project
        data = edits.data_of(project)
        late = edits.set_split(project, replace(data.split, seed=1))
        latest = edits.set_split(project, replace(data.split, seed=2))
        studio.apply("Seed 1", late)
        link.answer(DescribeData, DataDescribed(replace(iris_facts(), target="overtaken")))
        studio.apply("Seed 2", latest)
        link.answer(DescribeData, DataDescribed(replace(iris_facts(), target="newest")))
        qtbot.waitUntil(lambda: studio.state.facts is not None and studio.state.facts.target == "newest")
        assert studio.state.facts_are_current

    def test_the_output_follows_the_target(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        open_iris(studio)
        studio.apply("Predict sex", edits.set_task(studio.state.project, Task.BINARY))
        link.answer(DescribeData, DataDescribed(replace(iris_facts(), task=Task.BINARY, classes=("f", "m"))))
        qtbot.waitUntil(lambda: studio.state.facts is not None and studio.state.facts.task is Task.BINARY)
        last = studio.state.project.model.rows[-1].kind
        assert isinstance(last, Linear)
        assert last.out_features == studio.state.project.training.loss.outputs(2)
        studio.document.undo()
        assert studio.state.project.training.loss == CrossEntropy()

    def test_data_that_cannot_be_used_says_why(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        open_iris(studio)
        nothing = edits.set_used(studio.state.project, {column.name for column in iris_source().columns}, used=False)
        studio.apply("Use nothing", nothing)
        link.answer(DescribeData, Failed(DataError("No column is left to learn from.")))
        qtbot.waitUntil(lambda: studio.state.data_problem is not None)
        assert studio.state.facts is None

    def test_how_batches_are_made_asks_nothing(self, studio: Studio, link: FakeLink) -> None:
        open_iris(studio)
        asked = len(link.requests)
        batches = replace(edits.data_of(studio.state.project).batches, size=7)
        studio.apply("Batch size", edits.set_batches(studio.state.project, batches))
        assert len(link.requests) == asked


class TestTraining:
    def test_a_run_is_followed_to_its_end(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        train(studio, link, qtbot)
        assert link.asked(TrainProject)[0].project == studio.state.project
        epoch = EpochDone(1, {"loss": 1.0}, {"loss": 0.9}, 0.1, best=True)
        link.answer(TrainProject, epoch, FINISHED)
        qtbot.waitUntil(lambda: studio.run.status is Status.FINISHED)
        assert studio.run.history.train == {"loss": [1.0]}
        assert studio.model_file == "/runs/best.pth"
        assert "best weights are those of epoch 2" in studio.notices.all[-1].what

    def test_pause_resume_and_stop_wait_to_be_acknowledged(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        train(studio, link, qtbot)
        studio.pause()
        assert studio.run.status is Status.TRAINING
        link.answer(TrainProject, Paused(), done=False)
        qtbot.waitUntil(lambda: studio.run.status is Status.PAUSED)
        studio.resume()
        link.answer(TrainProject, Resumed(), done=False)
        qtbot.waitUntil(lambda: studio.run.status is Status.TRAINING)
        studio.stop()
        assert [command for _, command in link.commands] == [Pause(), Resume(), Stop()]
        link.answer(TrainProject, replace(FINISHED, outcome="stopped"))
        qtbot.waitUntil(lambda: studio.run.status is Status.FINISHED)

    def test_what_speaks_against_it_is_told_instead(self, studio: Studio, link: FakeLink) -> None:
        told: list[tuple[Finding, ...]] = []
        studio.blocked.listen(told.append)
        studio.train()
        open_iris(studio)
        studio.apply("No layers", edits.with_rows(studio.state.project, []))
        studio.train()
        assert [findings[0].problem.what for findings in told] == [
            "There is no data yet.",
            "The network has no layers yet.",
        ]
        assert link.asked(TrainProject) == []

    def test_one_run_at_a_time(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        train(studio, link, qtbot)
        studio.train()
        studio.new_project()
        assert len(link.asked(TrainProject)) == 1
        assert studio.state.project.data is not None, "the project of a run that is under way stays open"

    def test_an_engine_that_dies_is_replaced_and_nothing_is_lost(
        self, studio: Studio, link: FakeLink, qtbot: QtBot
    ) -> None:
        train(studio, link, qtbot)
        project = studio.state.project
        link.break_down(EngineLost("The engine stopped unexpectedly."))
        qtbot.waitUntil(lambda: studio.run.status is Status.FAILED)
        assert studio.notices.all[-1].what == "The engine stopped unexpectedly."
        assert studio.state.project == project
        studio.train()
        assert studio.run.status is Status.STARTING
        assert len(link.asked(TrainProject)) == 1, "the new run went to the new engine"

    def test_a_defect_in_the_worker_is_told_with_its_details_and_nothing_is_lost(
        self, studio: Studio, link: FakeLink, qtbot: QtBot
    ) -> None:
        train(studio, link, qtbot)
        project = studio.state.project
        link.break_down(ZeroDivisionError("one by nothing"))
        qtbot.waitUntil(lambda: studio.run.status is Status.FAILED)
        notice = studio.notices.all[-1]
        assert "inside nnstudio" in notice.what
        assert "Traceback" in notice.details
        assert studio.state.project == project

    def test_memory_that_ran_out_is_told_with_what_to_do(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        train(studio, link, qtbot)
        project = studio.state.project
        link.answer(TrainProject, Failed(out_of_memory()))
        qtbot.waitUntil(lambda: studio.run.status is Status.FAILED)
        assert "smaller batch size" in studio.notices.all[-1].remedy
        assert studio.state.project == project
        assert studio.can_train

    def test_what_waits_behind_a_broken_job_goes_to_the_new_engine(
        self, studio: Studio, link: FakeLink, qtbot: QtBot
    ) -> None:
        told: list[Predicted] = []
        studio.predicted.listen(told.append)
        studio.open_source(TableSource("/data/huge.csv"))
        studio.predict(TableSource("/data/new.csv"))
        link.break_down(EngineLost("The engine stopped unexpectedly."))
        qtbot.waitUntil(lambda: bool(studio.notices.all))
        successor = studio.engines._main.worker.link
        assert isinstance(successor, FakeLink)
        assert successor.asked(OpenSource) == [], "what broke one engine is not tried on the next"
        successor.answer(PredictTable, Predicted(1, (), ""))
        qtbot.waitUntil(lambda: bool(told))

    def test_light_work_meanwhile_goes_to_a_second_engine(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        train(studio, link, qtbot)
        studio.open_source(TableSource("/data/other.csv"))
        assert link.asked(OpenSource) == []

    def test_the_next_run_starts_from_the_trained_weights(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        train(studio, link, qtbot)
        link.answer(TrainProject, FINISHED)
        qtbot.waitUntil(lambda: studio.run.status is Status.FINISHED)
        studio.start_from_last_run()
        assert studio.state.project.model.start == Weights("/runs/best.pth", "abc")
        studio.start_fresh()
        assert studio.state.project.model.start is None


class TestUsing:
    def test_predictions_are_told(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        open_iris(studio)
        studio.apply("Start", edits.start_from(studio.state.project, Weights("/w.pth", "abc")))
        told: list[Predicted] = []
        studio.predicted.listen(told.append)
        studio.predict(TableSource("/data/new.csv"), "/out.csv")
        assert link.asked(PredictTable) == [PredictTable("/w.pth", TableSource("/data/new.csv"), "/out.csv")]
        result = Predicted(3, ("species",), "/cache/p.arrow", "/out.csv")
        link.answer(PredictTable, result)
        qtbot.waitUntil(lambda: bool(told))
        assert told == [result]

    @pytest.mark.parametrize("bare", [True, False])
    def test_the_model_is_saved_by_the_engine(
        self, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path, bare: bool
    ) -> None:
        open_iris(studio)
        studio.apply("Start", edits.start_from(studio.state.project, Weights("/w.pth", "abc")))
        studio.save_model(tmp_path / "mine.pth", state_dict_only=bare)
        assert link.asked(SaveModel) == [SaveModel("/w.pth", str(tmp_path / "mine.pth"), bare)]
        link.answer(SaveModel, Saved(str(tmp_path / "mine.pth")))
        qtbot.waitUntil(lambda: bool(studio.notices.all))
        assert "mine.pth" in studio.notices.all[-1].what

    def test_a_project_that_cannot_be_written_stays_unsaved(self, studio: Studio, tmp_path: Path) -> None:
        open_iris(studio)
        assert not studio.save(tmp_path / "nowhere" / "iris.nnstudio")
        assert not studio.state.is_saved
        assert studio.notices.all[-1].level == "error"

    def test_the_engine_says_when_it_is_ready(self, studio: Studio, link: FakeLink) -> None:
        studio.engines.warm_up()
        assert link.asked(WarmUp) == [WarmUp()]


def test_suggesting_a_network_is_an_edit(studio: Studio) -> None:
    open_iris(studio, network=False)
    studio.suggest_network()
    assert studio.document.undo_name == "Suggest a network"
    assert any(isinstance(row.kind, ReLU) for row in studio.state.project.model.rows)


def test_the_samples_open_as_projects(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "small.nnstudio"
    save_project(Project(model=Model(), training=replace(Project().training, loss=BCEWithLogits())), path)
    studio.open_path(path)
    assert studio.state.project.training.loss == BCEWithLogits()
