"""The weights that come with nnstudio are what their README says, and worth starting from."""

import shutil
from dataclasses import replace
from pathlib import Path, PurePosixPath
from queue import SimpleQueue
from statistics import mean

import pytest

from make_pretrained import learned, main
from nnstudio.data.encoding.encode import encode
from nnstudio.data.source import open_source
from nnstudio.engine.checkpoint import load_model, load_start, sha256_of
from nnstudio.engine.load import restore
from nnstudio.engine.predict import predict
from nnstudio.jobs.runner import answer
from nnstudio.session import edits
from nnstudio.spec.events import RunFinished, WeightsLoaded
from nnstudio.spec.files import load_project, project_from_json, project_to_json
from nnstudio.spec.nesting import mapped
from nnstudio.spec.project import Project
from nnstudio.spec.requests import TrainProject
from nnstudio.spec.splits import RandomSplit

SAMPLES = Path(__file__).resolve().parent.parent.parent / "resources" / "samples"
NAMES = ("digits-pretrained", "digits-fine-tuned")
WEIGHTS = "digits-pretrained.pth"


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "CACHE"):
        monkeypatch.setenv(f"NNSTUDIO_{name}", str(tmp_path / name.lower()))


def rightly_read(project: Project, weights: Path) -> float:
    """The share of the validation rows of ``project`` that ``weights`` get right."""
    assert project.data is not None
    encoded = encode(project.data)
    network = restore(project.model, encoded.facts.input_shape, load_model(weights))
    rows = encoded.rows.validation
    return float((predict(network, project.training.loss, encoded.x[rows]).argmax(1) == encoded.y[rows]).mean())


def test_the_weights_read_the_digits_that_they_were_trained_on() -> None:
    assert rightly_read(load_project(SAMPLES / "digits-pretrained.nnstudio"), SAMPLES / WEIGHTS) > 0.95


@pytest.mark.parametrize("name", NAMES)
def test_a_project_lies_beside_its_files_wherever_that_is(name: str) -> None:
    project = project_from_json((SAMPLES / f"{name}.nnstudio").read_text(encoding="utf-8"))
    assert project.data is not None
    written = [project.data.source.path, *([project.model.start.path] if project.model.start else [])]
    assert all(PurePosixPath(path).name == path for path in written)


@pytest.mark.parametrize("name", NAMES)
def test_the_files_are_those_that_the_project_was_made_for(name: str) -> None:
    project = load_project(SAMPLES / f"{name}.nnstudio")
    assert project.data is not None
    assert open_source(project.data.source).fingerprint == project.data.fingerprint
    if project.model.start:
        assert load_start(project.model.start).path == str(SAMPLES / WEIGHTS)


def test_only_the_last_layer_starts_afresh_and_the_frozen_ones_stay() -> None:
    project = load_project(SAMPLES / "digits-fine-tuned.nnstudio")
    events = list(answer(TrainProject(project), SimpleQueue()))
    loaded = next(event for event in events if isinstance(event, WeightsLoaded))
    assert (loaded.fresh, loaded.unused) == (("13.weight", "13.bias"), ("12.weight", "12.bias"))
    *_, finished = events
    assert isinstance(finished, RunFinished)
    assert {name.partition(".")[0] for name in finished.frozen} == {"0", "1", "3", "4"}
    assert finished.frozen_unchanged
    assert finished.test["accuracy"] > 0.8


def test_they_are_worth_more_than_a_start_from_scratch() -> None:
    tuned = replace_epochs(load_project(SAMPLES / "digits-fine-tuned.nnstudio"), 5)
    free = mapped(tuned.model.rows, lambda row: replace(row, locked=False))
    from_scratch = edits.start_from(edits.with_rows(tuned, free), None)
    assert mean_accuracy(tuned) > mean_accuracy(from_scratch) + 0.03


def replace_epochs(project: Project, epochs: int) -> Project:
    return replace(project, training=replace(project.training, epochs=epochs))


def mean_accuracy(project: Project, seeds: int = 4) -> float:
    """That on the test rows, over several seeds, each of which deals the pictures out otherwise."""
    split = RandomSplit(0.45, 0.45)
    dealt = (edits.set_split(project, replace(split, seed=seed)) for seed in range(seeds))
    seeded = (replace(one, training=replace(one.training, seed=seed)) for seed, one in enumerate(dealt))
    return mean(learned(one)[1].test["accuracy"] for one in seeded)


def test_the_script_makes_them_again(tmp_path: Path) -> None:
    folder = tmp_path / "samples"
    shutil.copytree(SAMPLES, folder, ignore=shutil.ignore_patterns("*.pth", "*.nnstudio"))
    main(folder)
    assert rightly_read(load_project(folder / "digits-pretrained.nnstudio"), folder / WEIGHTS) > 0.9
    for name in NAMES:
        before, after = (project_to_json(load_project(at / f"{name}.nnstudio"), at) for at in (SAMPLES, folder))
        assert after.replace(sha256_of(folder / WEIGHTS), sha256_of(SAMPLES / WEIGHTS)) == before
