"""What strangers write into cells does no harm where it comes out again; one rare row upsets no split."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from nnstudio.session import edits
from nnstudio.session.suggest import suggest_network
from nnstudio.spec.columns import Kind, Role
from nnstudio.spec.errors import DataError, TrainingError
from nnstudio.spec.events import DataDescribed, PartsListed, Predicted, RunFinished, Saved, SourceOpened
from nnstudio.spec.facts import SourceFacts
from nnstudio.spec.project import Project
from nnstudio.spec.requests import DescribeData, ExportRows, ListParts, OpenPath, PredictTable, TrainProject
from nnstudio.spec.splits import ColumnSplit, GroupSplit, RandomSplit, Split, TimeSplit
from tests.adversarial.inputs import few
from tests.adversarial.outcome import PLAN, ask
from tests.spec.attempt import attempt

FORMULAS = ("=cmd|' /C calc'!A0", "+1+cmd", "-2+3", "@SUM(1)", "\t=1", '"=HYPERLINK(""http://evil"")"', "plain")


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "CACHE"):
        monkeypatch.setenv(f"NNSTUDIO_{name}", str(tmp_path / name.lower()))


def cells(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [cell for row in csv.reader(stream) for cell in row]


def is_harmless(cell: str) -> bool:
    """Whether a spreadsheet takes a cell for a number or for words."""
    try:
        float(cell)
    except ValueError:
        return not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    return True


def trained(project: Project) -> RunFinished:
    facts = ask(DescribeData(edits.data_of(project)), DataDescribed).facts
    project = suggest_network(project, facts)
    return ask(TrainProject(replace(project, training=replace(project.training, epochs=1)), PLAN), RunFinished)


def test_what_is_exported_is_safe_to_open_in_a_spreadsheet(tmp_path: Path) -> None:
    path = few(lambda at: FORMULAS[at % len(FORMULAS)], "=1+1,@size,-species")(tmp_path)
    found = ask(OpenPath(str(path)), SourceOpened).facts
    project = edits.open_source(Project(), found)
    ask(ExportRows(edits.data_of(project), str(tmp_path / "rows.csv")), Saved)
    finished = trained(edits.set_target(project, found, "-species"))
    ask(PredictTable(finished.best_weights, found.source, str(tmp_path / "predicted.csv")), Predicted)
    for name in ("rows.csv", "predicted.csv"):
        written = cells(tmp_path / name)
        assert len(written) > 100
        assert [cell for cell in written if not is_harmless(cell)] == []
        assert any("cmd|" in cell for cell in written)


RARE = "rare"


def with_a_rare_class(folder: Path, at: int) -> tuple[SourceFacts, Project]:
    path = few(lambda row: f"{RARE if row == at else 'xy'[row % 2]}", "kind,size,part")(folder)
    found = ask(OpenPath(str(path)), SourceOpened).facts
    project = edits.set_target(edits.open_source(Project(), found), found, "kind")
    return found, edits.set_kind(project, ["kind"], Kind.CATEGORY)


SPLITS: list[Split] = [
    *(
        RandomSplit(validation=0.2, test=0.2, seed=seed, stratify=stratify)
        for seed in range(3)
        for stratify in (True, False)
    ),
    RandomSplit(validation=0, test=0.3),
    RandomSplit(validation=0.2, test=0.2, folds=3),
    TimeSplit(validation=0.2, test=0.2),
    GroupSplit(validation=0.3, test=0),
    ColumnSplit(column="part", validation="a", test="nobody"),
]


@pytest.mark.parametrize("split", SPLITS, ids=str)
@pytest.mark.parametrize("at", [0, 33, 39])
def test_a_class_with_one_member_trains_or_says_why_not(split: Split, at: int, tmp_path: Path) -> None:
    """The one row may be dealt to any part: training ends well, or says a sentence that is no defect of ours."""
    _, project = with_a_rare_class(tmp_path, at)
    role = Role.GROUP if isinstance(split, GroupSplit) else Role.IGNORE
    project = edits.set_split(edits.set_role(project, ["part"], role), split)
    ask(ListParts(edits.data_of(project)), PartsListed)
    ended = attempt(lambda: trained(project))
    if isinstance(ended, RunFinished):
        assert ended.outcome == "completed"
    else:
        assert type(ended) in {DataError, TrainingError}
        assert ended.remedy
