"""``nnstudio search`` as its user types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nnstudio.__main__ import main
from nnstudio.cli.ranges import with_fields, written
from nnstudio.cli.search import _tell_result, _Told
from nnstudio.resources import resource
from nnstudio.spec.errors import SpecError
from nnstudio.spec.events import SearchFinished, SearchOutcome, SearchStarted, TrialDone
from nnstudio.spec.files import load_project, project_to_json
from nnstudio.spec.project import Project
from nnstudio.spec.search import Choices, Interval, Span

IRIS = Path(resource("samples/iris.nnstudio"))
PROJECT = load_project(IRIS)
FIRST = f"layer.{PROJECT.model.rows[0].id}"


@pytest.mark.parametrize(
    ("text", "path", "span"),
    [
        ("optimizer.lr", "optimizer.lr", Interval(1e-5, 0.1, log=True)),
        ("lr=1e-4..1e-1", "optimizer.lr", Interval(1e-4, 0.1, log=True)),
        ("lr=0.1..0.9:linear:9", "optimizer.lr", Interval(0.1, 0.9, points=9)),
        ("lr=.001..1.5:log", "optimizer.lr", Interval(0.001, 1.5, log=True)),
        ("weight_decay=0..0.1", "optimizer.weight_decay", Interval(0, 0.1)),
        ("lr=0.1,0.2", "optimizer.lr", Choices((0.1, 0.2))),
        ("optimizer=sgd,adam", "optimizer", Choices(("sgd", "adam"))),
        ("batches.size=8..64", "batches.size", Interval(8, 64, log=True, whole=True)),
        ("layer.0.out_features=4,8", f"{FIRST}.out_features", Choices((4, 8))),
        (f"{FIRST}.bias=yes,no", f"{FIRST}.bias", Choices((True, False))),
    ],
)
def test_a_field_is_written_with_its_range(text: str, path: str, span: Span) -> None:
    assert with_fields(PROJECT, [text]).search.span(path) == span


def test_a_path_is_said_as_it_can_be_typed() -> None:
    assert written(PROJECT, f"{FIRST}.out_features") == "layer.0.out_features"
    assert written(PROJECT, "optimizer.lr") == "optimizer.lr"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nonsense", "names nothing that can be searched"),
        ("lr=1..x", "“x” is no number"),
        ("lr=1..0.1", "from must be smaller than to"),
        ("lr=-1..0.1", "must be greater than 0, not -1"),
        ("lr=1e-3..0.1:cubic", "“cubic” is no way to range"),
        ("lr=a,b", "“a” is no number"),
        ("optimizer=magic", "must be one of sgd"),
        ("optimizer=", "must be one of sgd"),
        ("bias", "could be several fields"),
        ("momentum=0..0.9", "Adam has no field “momentum”"),
        ("layer.9.out_features", "is not there any more"),
        ("batches.size=0..8", "must be at least 1, not 0"),
        ("batches.size=1.5..8", "must be whole numbers"),
        ("lr=1e-3..nan", "must be a finite number"),
    ],
)
def test_a_field_that_is_none_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        with_fields(PROJECT, [text])


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["search", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def searched(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    code, out, err = run(capsys, *arguments, "--json")
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def test_a_search_prints_its_trials_and_writes_the_best_project(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    best = tmp_path / "best.nnstudio"
    fields = ("--field", "lr=1e-3..1e-1:log", "--field", "layer.0.out_features=4,8")
    code, out, err = run(capsys, IRIS, "--trials", 3, "--epochs", 2, "--method", "random", *fields, "--out", best)
    assert code == 0, err
    titles, *lines = out.splitlines()
    assert titles.split("  ")[0] == "trial"
    assert "Learning rate" in titles
    assert len(lines) == 3
    assert "Best is trial" in err
    assert "is in “" in err
    project = load_project(best)
    assert project.training.epochs == 2
    assert [field.path for field in project.search.fields] == ["optimizer.lr", f"{FIRST}.out_features"]


def test_an_ended_search_is_lengthened_and_says_everything_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    first = searched(capsys, IRIS, "--trials", 2, "--epochs", 1, "--method", "random")
    assert first["objective"] == "validation loss"
    assert "optimizer.lr" in first["fields"], "what mostly matters is searched where nothing is named"
    more = searched(capsys, IRIS, "--continue", first["search"], "--trials", 3)
    assert [trial["number"] for trial in more["trials"]] == [1, 2, 3]
    assert more["trials"][:2] == first["trials"]
    assert more["best"]["value"] == min(trial["value"] for trial in more["trials"])


def test_settings_of_the_search_are_taken(capsys: pytest.CaptureFixture[str]) -> None:
    found = searched(
        capsys, IRIS, "--trials", 2, "--epochs", 1, "--objective", "score", "--method", "grid",
        "--field", "lr=1e-3..1e-1:log:3", "--no-pruning", "--search-seed", 5,
    )  # fmt: skip
    assert (found["objective"], found["better"], len(found["trials"])) == ("validation accuracy", "higher", 2)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((IRIS, "--continue"), "No search of “iris” was interrupted. No search can go on."),
        ((IRIS, "--continue", "x"), "There is no search “x”."),
        ((IRIS, "--trials", -1), "trials must be at least 0, not -1"),
        ((IRIS, "--at-a-time", 0), "at a time must be at least 1, not 0"),
        ((IRIS, "--out", "best.pth"), "“best.pth” is no project file."),
        ((IRIS, "--field", "loss.label_smoothing", "--objective", "loss"), "cannot be judged by their loss"),
        (("gone.nnstudio",), "is not there"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    arguments: tuple[object, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (1, "")
    assert sentence in err


@pytest.mark.parametrize(("outcome", "why"), [("completed", "Time ran out"), ("stopped", "Stopped")])
def test_a_trial_that_the_end_cut_short_is_said_not_to_count(
    outcome: SearchOutcome, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _Told()
    titles, project = {"optimizer": "Optimiser", "gone": "Gone"}, project_to_json(Project())
    told.hear(SearchStarted("s1", "iris", titles, "validation loss", "lower", 0, 0.5, project))
    told.hear(TrialDone("s1", 1, "completed", {"optimizer": "sgd", "gone": 0.25}, 0.5, best=True))
    told.hear(TrialDone("s1", 2, "stopped", {}, None))
    told.hear(SearchFinished("s1", outcome, 1, told.trials[0], project, 30.0))
    _tell_result(told, None)
    said = capsys.readouterr().err.splitlines()
    assert "after 1 trial, in" in said[0]
    assert said[1] == f"{why} within trial 2, not counted: --continue tries it anew."
    assert said[2] == "Best is trial 1: Optimiser SGD with momentum, Gone 0.25."
    assert [trial.number for trial in told.ranked] == [1]
