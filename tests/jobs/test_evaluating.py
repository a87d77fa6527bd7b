"""A model is judged on the rows of its split or of another file; what it said is kept, so that asking again is free."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import pandas as pd
import pytest
import torch

from nnstudio.data.encoding.encode import encode
from nnstudio.data.judging.files import Answers, read_figures, rows_of
from nnstudio.data.table import MappedTable
from nnstudio.engine.predict import predict
from nnstudio.jobs import evaluating
from nnstudio.jobs.evaluating import evaluate
from nnstudio.resources import resource
from nnstudio.session import edits
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError, ModelFileError
from nnstudio.spec.events import Evaluated, ExamplesShown, RunFinished, Stop
from nnstudio.spec.files import project_from_json, project_to_json
from nnstudio.spec.layers import Linear
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.losses import PoissonNLL
from nnstudio.spec.model import Model, Row
from nnstudio.spec.optimizers import Adam
from nnstudio.spec.project import Project
from nnstudio.spec.requests import Evaluate, SaveModel, ShowExamples, TakeExample, TrainProject
from nnstudio.spec.scores import Evaluation
from nnstudio.spec.sources import ImageFolderSource, TableSource
from nnstudio.spec.splits import FileSplit, RandomSplit, TimeSplit
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training
from tests.jobs.test_predicting import numbers, predicted, spec, trained  # noqa: F401  # a fixture, and how networks are made
from tests.jobs.test_training import PLAN, ask, finished, suggested

IRIS = TableSource(str(resource("samples/iris.csv")))


def judged(request: Evaluate) -> Evaluation:
    *_, last = ask(request)
    assert isinstance(last, Evaluated)
    return last.evaluation


def value(found: Evaluation, key: str, target: str = "") -> float:
    score = found.score(key, target)
    assert score is not None
    return score.value


@pytest.fixture
def run() -> RunFinished:
    """A run on iris."""
    return finished(ask(TrainProject(suggested(IRIS, epochs=30), PLAN)))


def test_a_model_that_does_not_say_what_it_was_trained_on_asks_for_a_file(run: RunFinished, tmp_path: Path) -> None:
    path = str(tmp_path / "stranger.pth")
    content = torch.load(run.best_weights, weights_only=True)
    bare = replace(project_from_json(content["project"]), data=None)
    torch.save(content | {"project": project_to_json(bare)}, path)
    with pytest.raises(DataError, match="does not say what it was trained on"):
        judged(Evaluate(path, "test"))
    with pytest.raises(DataError, match="does not say what it was trained on"):
        ask(TakeExample(path, "test", 1))
    assert judged(Evaluate(path, "file", IRIS)).rows == 150


@pytest.mark.parametrize("part", ["validation", "test"])
def test_it_finds_what_the_run_found(run: RunFinished, part: str) -> None:
    found = judged(Evaluate(run.best_weights, part))  # type: ignore[arg-type]  # one of the parts
    assert value(found, "accuracy") == pytest.approx(getattr(run, part)["accuracy"])
    assert found.rows == 15
    assert found.where == f"the 15 {part} rows of iris.csv"
    assert found.classes == ("setosa", "versicolor", "virginica")
    assert sum(score.support for score in found.class_scores) == 15
    accuracy = found.score("accuracy")
    assert accuracy is not None
    assert accuracy.low is not None
    assert accuracy.high is not None
    assert accuracy.low <= accuracy.value <= accuracy.high
    assert accuracy.baseline == pytest.approx(1 / 3)


def test_all_rows_are_the_three_parts_together(run: RunFinished) -> None:
    found = judged(Evaluate(run.best_weights, "all"))
    assert (found.rows, judged(Evaluate(run.best_weights, "train")).rows) == (150, 120)
    assert "learned" in found.caution
    with Answers(found.answers) as answers:
        assert sorted(answers.row.tolist()) == list(range(150))
        assert (np.diff(answers.badness) <= 0).all(), "worst first"
        chances, named = answers.chances.copy(), answers.predicted.copy()
    assert chances.sum(1) == pytest.approx(np.ones(150), abs=1e-5)
    assert named.tolist() == chances.argmax(1).tolist()


def test_the_rows_can_be_shown_in_their_order(run: RunFinished) -> None:
    found = judged(Evaluate(run.best_weights, "all"))
    with Answers(found.answers) as answers:
        chosen, truth = answers.row[:20].copy(), answers.truth[:20].copy()
    shown = rows_of(found.sources, chosen)
    assert shown.column("species").to_pylist() == [found.classes[number] for number in truth]


def test_asking_again_is_free(run: RunFinished, monkeypatch: pytest.MonkeyPatch) -> None:
    first = judged(Evaluate(run.best_weights, "test"))

    def fail(*_: object) -> None:
        raise AssertionError("the network was asked again")

    monkeypatch.setattr(evaluating, "restore", fail)
    assert judged(Evaluate(run.best_weights, "test")) == first
    with pytest.raises(Exception, match="asked again"):
        ask(Evaluate(run.best_weights, "validation"))
    Path(first.answers).write_bytes(b"damaged")
    with pytest.raises(Exception, match="asked again"):
        ask(Evaluate(run.best_weights, "test"))


def test_other_bounds_are_not_those_that_were_kept(run: RunFinished) -> None:
    one = judged(Evaluate(run.best_weights, "all", resamples=50))
    other = judged(Evaluate(run.best_weights, "all", resamples=50, seed=1))
    assert [score.value for score in one.scores] == [score.value for score in other.scores]
    assert [score.low for score in one.scores] != [score.low for score in other.scores]
    assert (other.resamples, other.seed) == (50, 1)


def test_a_copy_of_the_model_is_the_same_model(run: RunFinished, tmp_path: Path) -> None:
    first = judged(Evaluate(run.best_weights))
    out = tmp_path / "copy.pth"
    ask(SaveModel(run.best_weights, str(out)))
    again = judged(Evaluate(str(out)))
    assert (again.answers, again.model) == (first.answers, str(out))


def test_another_file_is_judged_as_a_whole(run: RunFinished, tmp_path: Path) -> None:
    frame = pd.read_csv(IRIS.path).sample(40, random_state=0)
    other = tmp_path / "other.csv"
    frame.to_csv(other, sep=";", index=False)
    found = judged(Evaluate(run.best_weights, "file", TableSource(str(other)), detect=True))
    whole = judged(Evaluate(run.best_weights, "all"))
    assert (found.rows, found.source, found.warnings) == (40, "other.csv", ())
    with Answers(found.answers) as answers, Answers(whole.answers) as all_answers:
        named = dict(zip(all_answers.row.tolist(), all_answers.predicted.tolist(), strict=True))
        expected = [named[frame.index[row]] for row in answers.row.tolist()]
        assert answers.predicted.tolist() == expected


def test_rows_without_a_known_answer_are_left_out_and_said(run: RunFinished, tmp_path: Path) -> None:
    frame = pd.read_csv(IRIS.path)
    frame.loc[:4, "species"] = "unknown"
    frame.loc[5, "species"] = None
    frame.to_csv(tmp_path / "odd.csv", index=False)
    found = judged(Evaluate(run.best_weights, "file", TableSource(str(tmp_path / "odd.csv"))))
    assert found.rows == 144
    assert found.warnings == ("5 rows of classes that the model does not know (“unknown”) are left out.",)


def test_a_file_of_one_class_can_be_judged(run: RunFinished, tmp_path: Path) -> None:
    frame = pd.read_csv(IRIS.path)
    frame[frame["species"] == "virginica"].to_csv(tmp_path / "one.csv", index=False)
    found = judged(Evaluate(run.best_weights, "file", TableSource(str(tmp_path / "one.csv"))))
    assert found.rows == 50
    assert found.score("auroc") is None, "there is nothing to tell apart"
    assert value(found, "balanced_accuracy") == pytest.approx(value(found, "accuracy"))


def test_a_file_without_answers_is_refused(run: RunFinished, tmp_path: Path) -> None:
    pd.read_csv(IRIS.path).drop(columns="species").to_csv(tmp_path / "new.csv", index=False)
    with pytest.raises(DataError, match="lacks the column “species”"):
        ask(Evaluate(run.best_weights, "file", TableSource(str(tmp_path / "new.csv"))))


def test_bare_weights_cannot_be_judged(run: RunFinished, tmp_path: Path) -> None:
    out = tmp_path / "bare.pth"
    ask(SaveModel(run.best_weights, str(out), state_dict_only=True))
    with pytest.raises(ModelFileError, match="bare weights"):
        ask(Evaluate(str(out)))


def test_a_part_without_rows_is_refused() -> None:
    project = suggested(IRIS, epochs=1)
    project = edits.set_split(project, RandomSplit(0.2, 0.0))
    model = finished(ask(TrainProject(project, PLAN))).best_weights
    with pytest.raises(DataError, match="no test rows"):
        ask(Evaluate(model))


def test_data_that_were_moved_are_judged_where_they_lie_now(tmp_path: Path) -> None:
    path = tmp_path / "a" / "iris.csv"
    path.parent.mkdir()
    path.write_bytes(Path(IRIS.path).read_bytes())
    run = finished(ask(TrainProject(suggested(TableSource(str(path)), epochs=1), PLAN)))
    moved = path.rename(tmp_path / "iris.csv")
    with pytest.raises(DataError, match="not there"):
        ask(Evaluate(run.best_weights))
    found = judged(Evaluate(run.best_weights, source=TableSource(str(moved))))
    assert value(found, "accuracy") == pytest.approx(run.test["accuracy"])


def test_values_are_judged_in_their_own_units(numbers: TableSource) -> None:  # noqa: F811
    model = trained(spec(numbers, Task.REGRESSION, "metres", "grams"), epochs=100)
    found = judged(Evaluate(model, "all"))
    assert (found.targets, found.classes) == (("metres", "grams"), ())
    with Answers(found.answers) as answers:
        error = np.abs(answers.truth - answers.predicted).mean(0).tolist()
    assert [value(found, "mae", name) for name in found.targets] == pytest.approx(error)
    figures = read_figures(found.figures)
    assert sum(figures["residual", 0].z) == 20
    assert len(figures["predicted", 1].x) == 20


def test_a_reconstruction_is_judged_by_what_it_gives_back(numbers: TableSource) -> None:  # noqa: F811
    found = judged(Evaluate(trained(spec(numbers, Task.RECONSTRUCTION), epochs=200), "all"))
    assert value(found, "r2") > 0.9
    assert read_figures(found.figures)["residual", 0].z.sum() == 20


def test_windows_are_judged_by_the_row_that_they_predict(numbers: TableSource) -> None:  # noqa: F811
    layout = WindowLayout(3, 2, "day")
    model = trained(spec(numbers, Task.REGRESSION, "metres", layout=layout, split=TimeSplit(0.4, 0, "day")), 100)
    own = judged(Evaluate(model, "validation"))
    whole = judged(Evaluate(model, "file", numbers))
    assert (own.rows, whole.rows) == (4, 16)
    with Answers(own.answers) as answers, Answers(whole.answers) as all_answers:
        said = dict(zip(all_answers.row.tolist(), all_answers.predicted[:, 0].tolist(), strict=True))
        expected = [said[row] for row in answers.row.tolist()]
        assert answers.predicted[:, 0].tolist() == pytest.approx(expected)


def test_separate_files_are_shown_one_behind_the_other(tmp_path: Path) -> None:
    frame = pd.read_csv(IRIS.path).sample(150, random_state=0)
    frame[:120].to_csv(tmp_path / "main.csv", index=False)
    frame[120:].to_csv(tmp_path / "test.csv", index=False)
    project = suggested(TableSource(str(tmp_path / "main.csv")), epochs=1)
    project = edits.set_split(project, FileSplit(test=str(tmp_path / "test.csv"), share=0.1))
    found = judged(Evaluate(finished(ask(TrainProject(project, PLAN))).best_weights))
    assert (found.rows, len(found.sources)) == (30, 2)
    with Answers(found.answers) as answers:
        rows, truth = answers.row.copy(), answers.truth.copy()
    assert rows.min() == 120
    assert rows_of(found.sources, rows).column("species").to_pylist() == [found.classes[number] for number in truth]


def test_pictures_are_judged_and_shown() -> None:
    project = suggested(ImageFolderSource(str(resource("samples/digits"))), epochs=1)
    run = finished(ask(TrainProject(project, PLAN)))
    found = judged(Evaluate(run.best_weights))
    assert value(found, "accuracy") == pytest.approx(run.test["accuracy"])
    with Answers(found.answers) as answers:
        rows = answers.row[:5].copy()
    assert rows_of(found.sources, rows).num_rows == 5


def test_nobody_who_stops_it_gets_an_answer(run: RunFinished) -> None:
    inbox: SimpleQueue[Stop] = SimpleQueue()
    inbox.put(Stop())
    assert list(evaluate(Evaluate(run.best_weights), inbox)) == []  # type: ignore[arg-type]  # commands of one kind


def test_the_model_is_judged_as_it_was_trained_also_after_the_file_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "iris.csv"
    frame = pd.read_csv(IRIS.path)
    frame.to_csv(path, index=False)
    project = suggested(TableSource(str(path)), epochs=1)
    run = finished(ask(TrainProject(project, PLAN)))
    before = judged(Evaluate(run.best_weights, "all"))
    frame["sepal_length"] += 100
    frame.to_csv(path, index=False)
    after = judged(Evaluate(run.best_weights, "all"))
    assert after.answers != before.answers
    assert value(after, "average_precision") != value(before, "average_precision"), "the old encoding, not a new one"


def test_the_answers_are_those_of_the_network(run: RunFinished) -> None:
    project = suggested(IRIS, epochs=30)
    assert project.data is not None
    encoded = encode(project.data)
    from nnstudio.engine.checkpoint import load_model  # noqa: PLC0415  # beside what else is needed of the engine
    from nnstudio.engine.load import restore  # noqa: PLC0415

    module = restore(project.model, (4,), load_model(Path(run.best_weights)))
    expected = predict(module, project.training.loss, encoded.x[encoded.rows.test])
    with Answers(judged(Evaluate(run.best_weights)).answers) as answers:
        order = np.argsort(answers.row)
        assert (answers.chances[order] == expected).all()


def test_roles_that_are_ignored_are_not_needed(run: RunFinished, tmp_path: Path) -> None:
    project = suggested(IRIS, epochs=1)
    project = edits.set_role(project, ("sepal_width",), Role.IGNORE)
    model = finished(ask(TrainProject(replace(project, model=project.model), PLAN))).best_weights
    pd.read_csv(IRIS.path).drop(columns="sepal_width").to_csv(tmp_path / "few.csv", index=False)
    assert judged(Evaluate(model, "file", TableSource(str(tmp_path / "few.csv")))).rows == 150
    with pytest.raises(DataError, match="sepal_width"):
        ask(Evaluate(run.best_weights, "file", TableSource(str(tmp_path / "few.csv"))))


def test_counts_are_learned_judged_and_predicted_in_their_own_unit(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    x = draw.uniform(-1, 1, 200)
    pd.DataFrame({"x": x, "calls": draw.poisson(np.exp(1 + x))}).to_csv(tmp_path / "calls.csv", index=False)
    source = TableSource(str(tmp_path / "calls.csv"))
    columns = (Column("x", Kind.NUMBER), Column("calls", Kind.NUMBER, Role.TARGET))
    data = DataSpec(source, columns, Task.REGRESSION, RandomSplit(stratify=False))
    training = Training(loss=PoissonNLL(), optimizer=Adam(lr=0.05), epochs=40)
    run = finished(ask(TrainProject(Project(data, Model((Row("a", Linear(1)),)), training), PLAN)))
    found = judged(Evaluate(run.best_weights, "test"))
    assert value(found, "mae", "calls") == pytest.approx(run.test["mae"], rel=1e-4)
    assert value(found, "r2", "calls") == pytest.approx(run.test["r2"], rel=1e-3)
    mae = judged(Evaluate(run.best_weights, "validation")).score("mae", "calls")
    assert mae is not None
    assert mae.baseline == pytest.approx(encode(data).facts.baseline.validation["mae"]), (
        "always the mean of the training rows"
    )
    _, table = predicted(run.best_weights, source)
    assert np.corrcoef(table["predicted_calls"], np.exp(1 + x))[0, 1] > 0.98
    assert min(table["predicted_calls"]) > 0
    shown = next(iter(ask(ShowExamples(data, count=200, standardised=False))))
    assert isinstance(shown, ExamplesShown)
    with MappedTable(shown.examples.preview) as seen:
        assert seen.column("y").to_pylist() == list(map(float, seen.column("target").to_pylist()))
