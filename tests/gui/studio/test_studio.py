"""The verbs of the window over a scripted engine: what they ask for, and what becomes of the answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.opener import which_part
from nnstudio.gui.studio.reader import ReadingNow
from nnstudio.session import edits
from nnstudio.session.live import Status
from nnstudio.session.preflight import Finding
from nnstudio.spec.columns import Role
from nnstudio.spec.errors import DataError, EngineLost, ModelFileError, StudioError, out_of_memory
from nnstudio.spec.events import (
    DataDescribed,
    EngineReady,
    EpochDone,
    Event,
    ExamplesShown,
    Failed,
    ModelOpened,
    PartsListed,
    Pause,
    Paused,
    Previewed,
    Reading,
    Resume,
    Resumed,
    RunsInterrupted,
    Saved,
    SourceOpened,
    Stop,
)
from nnstudio.spec.facts import Preview, ShownExamples
from nnstudio.spec.files import load_project, project_to_json, save_project
from nnstudio.spec.layers import Linear, ReLU
from nnstudio.spec.losses import BCEWithLogits, CrossEntropy
from nnstudio.spec.model import Model, Weights
from nnstudio.spec.project import Project
from nnstudio.spec.requests import (
    DescribeData,
    ExportRows,
    ListInterrupted,
    ListParts,
    OpenModel,
    OpenPath,
    OpenSource,
    PreviewSource,
    SaveModel,
    ShowExamples,
    TrainProject,
    WarmUp,
)
from nnstudio.spec.sources import ArraySource, ExcelSource, Source, SqliteSource, TableSource
from nnstudio.spec.splits import FileSplit, RandomSplit
from nnstudio.spec.tasks import Task
from tests.gui.fakes import FINISHED, FakeLink, hear_all, iris_facts, iris_source, open_iris, started


def iris_preview() -> Preview:
    """The head of the iris table."""
    source = iris_source()
    return Preview(source.source, source.suggested, (("5.1", "3.5", "1.4", "0.2", "setosa"),))


def open_saved_iris(studio: Studio, folder: Path) -> None:
    """Open a project about iris whose rows have not been read yet."""
    open_iris(studio)
    assert studio.save(folder / "iris.nnstudio")
    studio.open_path(folder / "iris.nnstudio")


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

    def test_bare_tensors_wait_for_data_that_is_on_its_way(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        open_iris(studio)
        project, facts = studio.state.project, studio.state.facts
        assert project.data is not None
        assert facts is not None
        studio.new_project()
        studio.apply("Open", project)
        studio.open_model(Path("/w.pth"))
        link.answer(OpenModel, ModelOpened("/w.pth", "abc", "", {"0.weight": (32, 4)}, kind="a state_dict"))
        hear_all(studio, link, qtbot)
        assert (studio.state.project.model.start, studio.notices.all) == (None, [])
        studio.document.found_facts(project.data, facts)
        qtbot.waitUntil(lambda: studio.state.project.model.start == Weights("/w.pth", "abc"))
        assert "It is a state_dict." in studio.notices.all[-1].why

    def test_bare_tensors_that_fit_nothing_are_refused(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        open_iris(studio)
        studio.open_model(Path("/w.pth"))
        link.answer(OpenModel, ModelOpened("/w.pth", "abc", "", {"fc.weight": (7, 7)}))
        qtbot.waitUntil(lambda: bool(studio.notices.all))
        assert studio.state.project.model.start is None
        assert "fc.weight" in studio.notices.all[-1].why


class TestReading:
    """A file on its way: how far it is, giving it up, and what stays meanwhile."""

    def test_the_first_rows_and_how_far_it_is_are_told(
        self, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
    ) -> None:
        told: list[ReadingNow | None] = []
        studio.reading.listen(told.append)
        studio.open_path(tmp_path / "iris.csv")
        assert told == [ReadingNow(str(tmp_path / "iris.csv"))]
        link.answer(OpenPath, Previewed(iris_preview()), Reading(3, 9, "bytes", 2.0), done=False)
        qtbot.waitUntil(lambda: len(told) == 3)
        assert studio.reading_now is told[-1]
        assert told[-1] is not None
        assert (told[-1].preview, told[-1].progress) == (iris_preview(), Reading(3, 9, "bytes", 2.0))
        link.answer(OpenPath, SourceOpened(iris_source()))
        qtbot.waitUntil(lambda: told[-1] is None)
        assert studio.state.source_is_current

    def test_what_is_open_stays_when_reading_is_cancelled(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        open_iris(studio)
        link.answer(DescribeData, DataDescribed(iris_facts()))
        before = studio.state
        studio.open_source(TableSource("/data/huge.csv"))
        studio.cancel_reading()
        assert studio.reading_now is None
        assert [command for _, command in link.commands] == [Stop()]
        link.answer(OpenSource, SourceOpened(replace(iris_source(), source=TableSource("/data/huge.csv"))))
        studio.looking.list_parts(lambda _: studio.notices.info("answered"))
        link.answer(ListParts, PartsListed(""))
        qtbot.waitUntil(lambda: studio.notices.all[-1].what == "answered")
        assert studio.state == before, "what arrives too late is dropped"
        assert "cancelled" in studio.notices.all[0].why

    def test_a_second_file_takes_the_place_of_the_first(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        studio.open_source(TableSource("/data/a.csv"))
        studio.open_source(TableSource("/data/b.csv"))
        assert [command for _, command in link.commands] == [Stop()]
        assert studio.notices.all == [], "the user knows"
        link.answer(OpenSource, SourceOpened(replace(iris_source(), source=TableSource("/data/b.csv"))))
        qtbot.waitUntil(lambda: studio.state.project.data is not None)
        assert studio.state.name == "b"

    def test_the_project_is_read_after_all_when_another_file_cannot_be(
        self, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
    ) -> None:
        open_iris(studio)
        assert studio.save(tmp_path / "iris.nnstudio")
        studio.open_path(tmp_path / "iris.nnstudio")
        studio.open_source(TableSource("/data/broken.csv"))
        link.answer(OpenSource, Failed(DataError("“broken.csv” is empty.")))
        qtbot.waitUntil(lambda: len(link.asked(OpenSource)) == 3)
        assert link.asked(OpenSource)[-1].source == iris_source().source

    def test_options_are_looked_at_while_another_file_is_read(self, studio: Studio, link: FakeLink) -> None:
        studio.open_source(TableSource("/data/huge.csv"))
        studio.looking.preview(TableSource("/data/b.csv"), False, lambda _: None)
        assert link.asked(PreviewSource) == [], "it went to the second engine"

    def test_sentences_about_the_file_become_notices(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        studio.open_source(TableSource("/data/iris.csv"))
        left_out = tuple(f"“{number}.png” is damaged." for number in range(9))
        found = replace(iris_source(), notes=("A column had no name.", "It has one now."), left_out=left_out)
        link.answer(OpenSource, SourceOpened(found))
        qtbot.waitUntil(lambda: studio.state.project.data is not None)
        said = [notice.what for notice in studio.notices.all]
        assert said == ["A column had no name.", *left_out[:5], "4 more could not be used, either."]
        assert studio.notices.all[0].why == "It has one now."

    @pytest.mark.parametrize(
        ("source", "choices", "sentence"),
        [
            (ExcelSource("/d/a.xlsx", "Q1"), ("Q1", "Q2", "Q3"), "“Q1” is open, 1 of 3 sheets."),
            (SqliteSource("/d/a.db", "pets"), ("people", "pets"), "“pets” is open, 2 of 2 tables."),
            (ExcelSource("/d/a.xlsx", "Q1"), ("Q1",), ""),
            (TableSource("/d/a.zip", member="x/b.csv"), ("a.csv", "x/b.csv"), "“x/b.csv” is open, 2 of 2 files."),
            (TableSource("/d/a.csv"), (), ""),
            (ArraySource("/d/a.npz", "x", "y"), ("x", "y"), ""),
        ],
    )
    def test_which_part_of_a_file_is_open_is_said(
        self, source: Source, choices: tuple[str, ...], sentence: str
    ) -> None:
        assert which_part(replace(iris_source(), source=source, choices=choices)) == sentence

    def test_files_for_training_and_test_are_opened_as_one(
        self, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
    ) -> None:
        split = FileSplit("", str(tmp_path / "test.csv"))
        studio.open_path(tmp_path / "train.csv", split)
        link.answer(OpenPath, SourceOpened(iris_source()))
        qtbot.waitUntil(lambda: studio.state.project.data is not None)
        assert edits.data_of(studio.state.project).split == split
        studio.document.undo()
        assert studio.state.project.data is None, "it was one edit"

    def test_a_table_that_is_undone_before_it_is_described_brings_no_network(
        self, studio: Studio, link: FakeLink, qtbot: QtBot
    ) -> None:
        studio.open_path(Path("/data/iris.csv"))
        link.answer(OpenPath, SourceOpened(iris_source()))
        qtbot.waitUntil(lambda: studio.state.project.data is not None)
        assert link.asked(DescribeData)
        studio.document.undo()
        link.answer(DescribeData, DataDescribed(iris_facts()))
        studio.engines.warm_up()
        with qtbot.waitSignal(studio.engines.ready):
            link.answer(WarmUp, EngineReady("2.13", "cpu", 1.0))  # whatever was said before it has been heard
        assert studio.state.project == Project()
        studio.document.redo()
        link.answer(DescribeData, DataDescribed(iris_facts()))
        qtbot.waitUntil(lambda: bool(studio.state.project.model.rows))


class TestMovedAndChangedFiles:
    def test_a_file_that_is_gone_leaves_the_project_usable(
        self, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
    ) -> None:
        open_saved_iris(studio, tmp_path)
        link.answer(OpenSource, Failed(DataError("“iris.csv” is not there.")))
        qtbot.waitUntil(lambda: studio.state.data_problem is not None)
        assert link.asked(DescribeData)[1:] == [], "what is not there is not described"
        studio.apply("Add", edits.add_layer(studio.state.project, ReLU())[0])
        assert studio.save(tmp_path / "iris.nnstudio")
        assert load_project(tmp_path / "iris.nnstudio").data == studio.state.project.data

    def test_a_file_that_goes_while_it_is_open_is_told_of_once(
        self, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
    ) -> None:
        open_saved_iris(studio, tmp_path)
        link.answer(OpenSource, SourceOpened(iris_source()))
        qtbot.waitUntil(lambda: studio.state.source_is_current)
        described = len(link.asked(DescribeData))
        studio.read_again()
        link.answer(OpenSource, Failed(DataError("“iris.csv” is not there.")))
        qtbot.waitUntil(lambda: studio.state.data_problem is not None)
        assert studio.state.file_missing, "so that the data panel offers to locate it"
        assert len(link.asked(DescribeData)) == described
        assert [notice.what for notice in studio.notices.all] == ["“iris.csv” is not there."]

    def test_it_is_found_elsewhere(self, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path) -> None:
        open_saved_iris(studio, tmp_path)
        link.answer(OpenSource, Failed(DataError("“iris.csv” is not there.")))
        qtbot.waitUntil(lambda: studio.state.data_problem is not None)
        columns = edits.data_of(studio.state.project).columns
        studio.locate(tmp_path / "moved.csv")
        assert studio.document.undo_name == "Locate moved.csv"
        assert link.asked(OpenSource)[-1].source == TableSource(str(tmp_path / "moved.csv"))
        found = replace(iris_source(), source=TableSource(str(tmp_path / "moved.csv")))
        link.answer(OpenSource, SourceOpened(found))
        qtbot.waitUntil(lambda: studio.state.source_is_current)
        assert edits.data_of(studio.state.project).columns == columns
        assert link.asked(DescribeData)[-1].data.source == found.source

    def test_a_changed_file_is_accepted_as_an_edit(
        self, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
    ) -> None:
        open_saved_iris(studio, tmp_path)
        link.answer(OpenSource, SourceOpened(replace(iris_source(), fingerprint="f2")))
        qtbot.waitUntil(lambda: studio.state.source_is_current)
        studio.accept_file()
        assert edits.data_of(studio.state.project).fingerprint == "f2"
        assert studio.document.undo_name == "Accept iris.csv as it is now"
        assert link.asked(DescribeData)[-1].data.fingerprint == "f2"

    def test_reading_is_tried_once_more_when_asked(
        self, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
    ) -> None:
        open_saved_iris(studio, tmp_path)
        link.answer(OpenSource, Failed(DataError("“iris.csv” is not there.")))
        qtbot.waitUntil(lambda: studio.state.data_problem is not None)
        studio.read_again()
        link.answer(OpenSource, SourceOpened(iris_source()))
        qtbot.waitUntil(lambda: studio.state.data_problem is None)
        link.answer(DescribeData, DataDescribed(iris_facts()))
        qtbot.waitUntil(lambda: studio.state.facts is not None)


class TestReadingOtherwise:
    def test_another_way_to_read_is_an_edit_that_keeps_what_columns_are_for(
        self, studio: Studio, link: FakeLink, qtbot: QtBot
    ) -> None:
        open_iris(studio)
        studio.apply("Ignore", edits.set_used(studio.state.project, {"petal_width"}, used=False))
        before = studio.state.project
        source = TableSource("/data/iris.csv", decimal=",", delimiter=";")
        studio.read_otherwise(source)
        assert studio.state.project == before, "nothing changes before the file is read"
        link.answer(OpenSource, SourceOpened(replace(iris_source(), source=source)))
        qtbot.waitUntil(lambda: studio.state.project != before)
        data = edits.data_of(studio.state.project)
        assert data.source == source
        assert [column.name for column in data.columns if column.role is Role.IGNORE] == ["petal_width"]
        assert data.target is not None
        assert data.target.name == "species"
        studio.document.undo()
        assert studio.state.project == before

    def test_a_way_that_cannot_be_read_changes_nothing(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        open_iris(studio)
        before = studio.state
        studio.read_otherwise(TableSource("/data/iris.csv", encoding="utf-16"))
        link.answer(OpenSource, Failed(DataError("“iris.csv” is not UTF-16.")))
        qtbot.waitUntil(lambda: bool(studio.notices.all))
        assert studio.state == before


class TestPasting:
    @pytest.fixture(autouse=True)
    def own_data(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NNSTUDIO_DATA", str(tmp_path / "data"))

    def test_text_becomes_a_file_that_is_opened(self, studio: Studio, link: FakeLink, tmp_path: Path) -> None:
        text = "name\tsize\nnaïve\t1,5\n"
        studio.paste_data(text)
        studio.paste_data(text)
        first, second = (Path(request.path) for request in link.asked(OpenPath))
        assert first != second
        assert first.parent == tmp_path / "data" / "pasted"
        assert first.read_bytes() == text.encode()

    @pytest.mark.parametrize("text", ["", " \n "])
    def test_nothing_on_the_clipboard_is_said(self, studio: Studio, link: FakeLink, text: str) -> None:
        studio.paste_data(text)
        assert studio.notices.all[-1].what == "There is no table on the clipboard."
        assert link.requests == {}

    def test_a_folder_that_cannot_be_written_is_said(self, studio: Studio, link: FakeLink, tmp_path: Path) -> None:
        (tmp_path / "data").write_text("in the way")
        studio.paste_data("a\tb\n1\t2\n")
        assert studio.notices.all[-1].level == "error"
        assert link.requests == {}


class TestTensorsInAFile:
    """A .pt may hold weights or data; nobody can tell by its name."""

    def test_examples_are_opened_as_data(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        studio.open_path(Path("/d/data.pt"))
        tensors = {"x": (150, 4), "y": (150,)}
        link.answer(OpenModel, ModelOpened("/d/data.pt", "abc", "", tensors))
        qtbot.waitUntil(lambda: link.asked(OpenPath) == [OpenPath("/d/data.pt")])
        assert studio.notices.all == []

    def test_what_is_no_model_is_tried_as_data_and_refused_as_a_model(
        self, studio: Studio, link: FakeLink, qtbot: QtBot
    ) -> None:
        studio.open_path(Path("/d/data.pt"))
        link.answer(OpenModel, Failed(ModelFileError("“data.pt” could not be opened.")))
        qtbot.waitUntil(lambda: bool(link.asked(OpenPath)))
        link.answer(OpenPath, Failed(DataError("“data.pt” holds no arrays.")))
        qtbot.waitUntil(lambda: bool(studio.notices.all))
        assert [notice.what for notice in studio.notices.all] == ["“data.pt” could not be opened."]

    def test_weights_stay_weights(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        studio.open_path(Path("/d/w.pt"))
        link.answer(OpenModel, ModelOpened("/d/w.pt", "abc", "", {"0.weight": (3, 4), "0.bias": (3,)}))
        qtbot.waitUntil(lambda: bool(studio.notices.all))
        assert link.asked(OpenPath) == []


class TestLooking:
    def test_a_preview_is_told_or_why_there_is_none(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        told: list[Preview | StudioError] = []
        source = TableSource("/data/iris.csv")
        studio.looking.preview(source, True, told.append)
        assert link.asked(PreviewSource) == [PreviewSource(source, detect=True)]
        link.answer(PreviewSource, Previewed(iris_preview()))
        qtbot.waitUntil(lambda: told == [iris_preview()])
        problem = DataError("“iris.csv” is not there.")
        studio.looking.preview(source, False, told.append)
        link.answer(PreviewSource, Failed(problem))
        qtbot.waitUntil(lambda: told[1:] == [problem])
        assert studio.notices.all == [], "whoever asked says it in place"

    def test_examples_are_those_of_the_project_and_its_seed(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        open_iris(studio)
        training = replace(studio.state.project.training, seed=7)
        studio.apply("Seed", edits.set_training(studio.state.project, training))
        told: list[ShownExamples | StudioError] = []
        studio.looking.show_examples(told.append, "train", 16, 8, epoch=2)
        data = edits.data_of(studio.state.project)
        assert link.asked(ShowExamples) == [ShowExamples(data, "train", 16, 8, 2, 7)]
        shown = ShownExamples("/cache/e.arrow", "train", 2, 16, 120, (4,), (), "int64")
        link.answer(ShowExamples, ExamplesShown(shown))
        qtbot.waitUntil(lambda: told == [shown])

    def test_parts_are_listed_and_exported(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        open_iris(studio)
        told: list[str | StudioError] = []
        studio.looking.list_parts(told.append)
        assert link.asked(ListParts) == [ListParts(edits.data_of(studio.state.project))]
        link.answer(ListParts, PartsListed("/cache/p.arrow"))
        qtbot.waitUntil(lambda: told == ["/cache/p.arrow"])
        studio.export_rows(Path("/out/test.csv"), "test")
        assert link.asked(ExportRows) == [ExportRows(edits.data_of(studio.state.project), "/out/test.csv", "test")]
        link.answer(ExportRows, Saved("/out/test.csv"))
        qtbot.waitUntil(lambda: bool(studio.notices.all))
        assert studio.notices.all[-1].what == "The rows were saved as “test.csv”."


class TestFollowingTheData:
    def test_typing_asks_once(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        open_iris(studio)
        asked = len(link.asked(DescribeData))
        for seed in (1, 12, 128):
            split = RandomSplit(seed=seed)
            studio.apply("Seed", edits.set_split(studio.state.project, split), merge="seed")
        qtbot.waitUntil(lambda: len(link.asked(DescribeData)) > asked)
        assert [request.data.split for request in link.asked(DescribeData)[asked:]] == [RandomSplit(seed=128)]

    def test_an_answer_that_was_overtaken_is_dropped(self, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
        open_iris(studio)
        project = studio.state.project
        late = edits.set_split(project, RandomSplit(seed=1))
        latest = edits.set_split(project, RandomSplit(seed=2))
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
        assert [*studio.run.history.train["loss"]] == [1.0]
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
        told: list[list[Event]] = []
        studio.open_source(TableSource("/data/huge.csv"))
        studio.engines.submit(ListInterrupted(), told.append)
        link.break_down(EngineLost("The engine stopped unexpectedly."))
        qtbot.waitUntil(lambda: bool(studio.notices.all))
        successor = studio.engines._main.worker.link
        assert isinstance(successor, FakeLink)
        assert successor.asked(OpenSource) == [], "what broke one engine is not tried on the next"
        successor.answer(ListInterrupted, RunsInterrupted(()))
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

    def test_what_the_project_lives_on_is_not_written_over(
        self, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
    ) -> None:
        weights = tmp_path / "w.pth"
        weights.write_text("weights")
        studio.apply("Start", edits.start_from(studio.state.project, Weights(str(weights), "abc")))
        assert not studio.save(weights)
        studio.save_file("The code was", weights, lambda partial: partial.write_text("code"))
        studio.save_model(weights)
        heard: list[Event] = []
        studio.export("m.pth", {"python": str(weights)}, heard.extend).command(Stop())
        qtbot.waitUntil(lambda: len(studio.notices.all) == 3 and bool(heard))
        sentence = "“w.pth” is the weights file that training starts from."
        assert [notice.what for notice in studio.notices.all] == [sentence] * 3
        assert isinstance(heard[0], Failed)
        assert heard[0].error.what == sentence
        assert weights.read_text() == "weights"
        assert not link.asked(SaveModel)


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
