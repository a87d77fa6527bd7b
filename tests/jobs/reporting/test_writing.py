"""A report and a card of networks for every task: what they say is what the evaluation found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from nnstudio.engine.checkpoint import ModelFile
from nnstudio.jobs.evaluating import judge
from nnstudio.jobs.reporting import gathering
from nnstudio.jobs.reporting.writing import name_of
from nnstudio.jobs.runner import answer
from nnstudio.resources import resource
from nnstudio.runs.store import RunStore
from nnstudio.session import edits
from nnstudio.session.evaluation import figure
from nnstudio.spec.columns import Role
from nnstudio.spec.errors import DataError, ModelFileError
from nnstudio.spec.events import Evaluated, Evaluating, Exported, Exporting, Inbox, RunFinished, Stop
from nnstudio.spec.files import load_project
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.project import Project
from nnstudio.spec.requests import Evaluate, ExportModel, SaveModel, TrainProject
from nnstudio.spec.scores import Evaluation
from nnstudio.spec.sources import ImageFolderSource, TableSource
from nnstudio.spec.splits import RandomSplit, TimeSplit
from nnstudio.spec.tasks import Task
from nnstudio.spec.words import signed
from tests.jobs.test_predicting import spec, trained
from tests.jobs.test_training import PLAN, ask, finished, suggested
from tests.report.made import check_self_contained, tree

ROWS = 60
HOSTILE = "<script>alert(1)</script>"


@dataclass(frozen=True, slots=True)
class Written:
    """What was trained, and what was written about it."""

    name: str
    model: str
    page: str
    card: str
    told: tuple[Exporting | Exported, ...]


def table(folder: Path, name: str, **columns: object) -> TableSource:
    path = folder / name
    pd.DataFrame(columns).to_csv(path, index=False)
    return TableSource(str(path))


def numbers(folder: Path) -> TableSource:
    steps = np.arange(20)
    days = [f"2024-01-{row + 1:02}" for row in range(20)]
    return table(folder, "numbers.csv", day=days, n=steps, metres=steps * 10, grams=1000 - steps)


def run_of(project: Project) -> str:
    return finished(ask(TrainProject(project, PLAN))).best_weights


def many_classes(folder: Path) -> str:
    del folder
    return run_of(suggested(TableSource(str(resource("samples/iris.csv"))), epochs=3))


def yes_or_no(folder: Path) -> str:
    draw = np.random.default_rng(0)
    x = draw.normal(size=ROWS)
    answers = np.where(x > 0, HOSTILE, "no")
    return run_of(
        suggested(table(folder, "yes.csv", **{'x "quoted" 🐧': x, "שלום": draw.normal(size=ROWS), "y": answers}))
    )


def values(folder: Path) -> str:
    draw = np.random.default_rng(0)
    x = draw.normal(size=ROWS)
    return run_of(
        suggested(table(folder, "values.csv", x=x, z=draw.normal(size=ROWS), y=3 * x + draw.normal(size=ROWS)))
    )


def several_values(folder: Path) -> str:
    return trained(spec(numbers(folder), Task.REGRESSION, "metres", "grams"))


def windows(folder: Path) -> str:
    layout, split = WindowLayout(3, 1, "day"), TimeSplit(0.2, 0.2, "day")
    return trained(spec(numbers(folder), Task.REGRESSION, "metres", layout=layout, split=split))


def reconstruction(folder: Path) -> str:
    return trained(spec(numbers(folder), Task.RECONSTRUCTION))


def pictures(folder: Path) -> str:
    draw = np.random.default_rng(0)
    for place in range(40):
        path = folder / "pictures" / "ab"[place % 2] / f"{place}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(draw.integers(0, 256, (8, 8), np.uint8)).save(path)
    project = suggested(ImageFolderSource(str(folder / "pictures"), 8, 8, "grey"), epochs=1)
    return run_of(edits.set_split(project, RandomSplit(0.2, 0.4)))


def fine_tuned(folder: Path) -> str:
    del folder
    project = load_project(resource("samples/digits-fine-tuned.nnstudio"))
    return run_of(replace(project, training=replace(project.training, epochs=1)))


MADE: Mapping[str, Callable[[Path], str]] = {
    made.__name__: made
    for made in (many_classes, yes_or_no, values, several_values, windows, reconstruction, pictures, fine_tuned)
}


def write(model: str, folder: Path, name: str) -> Written:
    page, card = (folder / f"{name}{ending}" for ending in ("-report.html", "-card.md"))
    told = ask(ExportModel(model, {"report": str(page), "card": str(card)}))
    return Written(name, model, page.read_text("utf-8"), card.read_text("utf-8"), tuple(told))  # type: ignore[arg-type]  # events of exports


@pytest.fixture(scope="module", params=MADE)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DATA", "CACHE"):
            patch.setenv(f"NNSTUDIO_{name}", str(folder / name.lower()))
        return write(MADE[request.param](folder), folder, request.param)


def found(model: str, part: str) -> Evaluation:
    *_, last = ask(Evaluate(model, part))  # type: ignore[arg-type]  # one of the parts
    assert isinstance(last, Evaluated)
    return last.evaluation


def test_nothing_is_missing_and_nothing_comes_from_elsewhere(written: Written) -> None:
    done = [event for event in written.told if isinstance(event, Exported)]
    assert [event.kind for event in done] == ["report", "card"]
    assert done[0].sentence == "Any browser opens it, without the internet, too: it can be sent as it is."
    assert any("Judging the training rows" in event.doing for event in written.told if isinstance(event, Exporting))
    check_self_contained(written.page)
    sections = [one.attributes["id"] for one in tree(written.page).every("section")]
    assert sections == ["network", "data", "training", "evaluation", "limits", "settings", "provenance"]
    assert len(written.page) < 2**19


def test_the_figures_are_those_of_the_evaluation(written: Written) -> None:
    (scores,) = [one for one in tree(written.page).every("table") if one.attributes.get("class") == "scores"]
    rows = [[cell.text for cell in row.children] for row in scores.every("tr")][2:]
    evaluations = [found(written.model, part) for part in ("test", "validation", "train")]
    for place, score in enumerate(evaluations[0].scores):
        same = [evaluation.score(score.key, score.target) for evaluation in evaluations]
        assert rows[place][1::3] == [signed(figure(one, one.value)) for one in same if one]
        assert f"| {signed(figure(score, score.value))} |" in written.card


def test_names_are_words(written: Written) -> None:
    assert not tree(written.page).every("script")
    assert "<script" not in written.card
    if HOSTILE in tree(written.page).text:
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in written.page
        assert "שלום" in written.page
        assert 'x "quoted" 🐧' in tree(written.page).text


def test_each_tells_what_is_its_own(written: Written) -> None:
    page = tree(written.page)
    images = [one.attributes["src"] for one in page.every("img")]
    assert bool(images) is (written.name in {"pictures", "fine_tuned"}), "those that the network sees"
    assert all(source.startswith("data:image/png;base64,") for source in images)
    if written.name == "fine_tuned":
        assert "verified unchanged, bit for bit" in page.text
        assert "of digits-pretrained.pth" in page.text
        assert "locked" in [one.text for one in page.every("span")]
    if written.name == "several_values":
        assert "“metres”" in page.text
        assert "“grams”" in page.text


@pytest.fixture
def run(tmp_path: Path) -> RunFinished:
    """A run on a table that can be moved."""
    path = tmp_path / "data" / "iris.csv"
    path.parent.mkdir()
    path.write_bytes(resource("samples/iris.csv").read_bytes())
    return finished(ask(TrainProject(suggested(TableSource(str(path)), epochs=3), PLAN)))


def test_without_the_data_it_holds_what_the_run_wrote_down(run: RunFinished, tmp_path: Path) -> None:
    (tmp_path / "data" / "iris.csv").unlink()
    done = write(run.best_weights, tmp_path, "moved")
    page = tree(done.page).text
    assert "figures are those that the run wrote down" in page
    assert f"accuracy on the test rows was {run.test['accuracy']:.3f}" in page
    sections = [one.attributes["id"] for one in tree(done.page).every("section")]
    assert sections == ["network", "data", "training", "evaluation", "limits", "settings", "provenance"]
    assert "As the run measured it when it trained" in page
    always = run.baseline.test["accuracy"]
    (scores,) = [one for one in tree(done.page).every("table") if one.attributes.get("class") == "scores"]
    rows = [[cell.text for cell in row.children] for row in scores.every("tr")]
    accuracy = next(row for row in rows if row[0] == "Accuracy")
    assert accuracy[1:3] == [f"{run.test['accuracy']:.3f}", f"{always:.3f}"]
    assert f"| Accuracy | {accuracy[1]} | {accuracy[2]} |" in done.card
    (event,) = [event for event in done.told if isinstance(event, Exported) and event.kind == "report"]
    assert "iris.csv" in event.sentence


def test_data_that_changed_judge_nothing(run: RunFinished, tmp_path: Path) -> None:
    path = tmp_path / "data" / "iris.csv"
    path.write_text(path.read_text().replace("5.1", "5.2"))
    page = tree(write(run.best_weights, tmp_path, "changed").page).text
    assert "“iris.csv” has changed since the network was trained." in page
    assert "As the run measured it when it trained" in page


def test_a_copy_knows_its_run_and_a_forgotten_one_says_so(run: RunFinished, tmp_path: Path) -> None:
    copy = tmp_path / "copy.pth"
    ask(SaveModel(run.best_weights, str(copy)))
    assert run.run in write(str(copy), tmp_path, "copy").page
    with closing(RunStore()) as store:
        store.delete([run.run])
    page = tree(write(str(copy), tmp_path, "copy").page).text
    assert "there are no curves" in page
    assert run.run not in page


def test_a_database_that_cannot_be_read_costs_the_curves_only(run: RunFinished, tmp_path: Path) -> None:
    copy = tmp_path / "copy.pth"
    ask(SaveModel(run.best_weights, str(copy)))
    for file in (tmp_path / "data").glob("runs.sqlite*"):
        file.write_bytes(b"no database at all, but long enough to be read as one " * 100)
    page = tree(write(str(copy), tmp_path, "copy").page)
    assert "The run database could not be opened. So there are no curves." in page.text
    assert "evaluation" in [one.attributes["id"] for one in page.every("section")]


def test_a_part_that_cannot_be_judged_costs_that_part_only(
    run: RunFinished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def odd(file: ModelFile, request: Evaluate, inbox: Inbox) -> Iterator[Evaluating | Evaluated]:
        if request.part == "validation":
            raise DataError("The rows cannot be judged.", "They are odd.")
        yield from judge(file, request, inbox)

    monkeypatch.setattr(gathering, "judge", odd)
    page = tree(write(run.best_weights, tmp_path, "odd").page).text
    assert "The validation rows could not be judged: The rows cannot be judged. They are odd." in page
    assert "Training rows in detail" in page
    assert "Validation rows in detail" not in page


def test_without_test_rows_the_validation_rows_speak(tmp_path: Path) -> None:
    project = suggested(TableSource(str(resource("samples/iris.csv"))), epochs=1)
    page = tree(write(run_of(edits.set_split(project, RandomSplit(0.2, 0.0))), tmp_path, "no-test").page).text
    assert "No test rows were kept." in page
    assert re.search(r"It is right for \d+ of 30 validation rows", page)


def test_what_is_stopped_writes_nothing(run: RunFinished, tmp_path: Path) -> None:
    inbox: SimpleQueue[Stop] = SimpleQueue()
    inbox.put(Stop())
    out = tmp_path / "stopped.html"
    told = list(answer(ExportModel(run.best_weights, {"report": str(out)}), inbox))  # type: ignore[arg-type]  # of one kind
    assert all(isinstance(event, Exporting) for event in told)
    assert not out.exists()


def test_bare_weights_have_nothing_to_report(run: RunFinished, tmp_path: Path) -> None:
    bare = tmp_path / "bare.pth"
    ask(SaveModel(run.best_weights, str(bare), state_dict_only=True))
    with pytest.raises(ModelFileError, match="bare weights"):
        ask(ExportModel(str(bare), {"report": str(tmp_path / "bare.html")}))


def test_roles_are_told(tmp_path: Path) -> None:
    project = suggested(TableSource(str(resource("samples/iris.csv"))), epochs=1)
    project = edits.set_role(project, ("sepal_width",), Role.IGNORE)
    page = tree(write(run_of(replace(project)), tmp_path, "roles").page)
    (columns,) = [one for one in page.every("table") if one.attributes.get("class") == "data-columns"]
    assert [row.children[0].text for row in columns.every("tr")][1:3] == ["species", "sepal_length"]
    assert [row.children[1].text for row in columns.every("tr")][-1] == "ignore"


@pytest.mark.parametrize(
    ("out", "name"),
    [
        ("cars-report.html", "cars"), ("cars_model_card.md", "cars"), ("cars.html", "cars"),
        ("report card.html", "report"), ("report.html", "pen"), ("README.md", "pen"), ("model-card.md", "pen"),
    ],
)  # fmt: skip
def test_a_model_is_called_as_the_file_about_it_or_as_its_own(out: str, name: str) -> None:
    assert name_of(Path("folder", out), Path("elsewhere/pen.pth")) == name
