"""Fields are taken into the search and left out again, as edits that can be undone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.session import edits, searching
from nnstudio.session.document import Document
from nnstudio.spec.errors import SpecError
from nnstudio.spec.layers import Linear, ReLU
from nnstudio.spec.optimizers import SGD
from nnstudio.spec.project import Project
from nnstudio.spec.search import Choices, Interval
from nnstudio.spec.tasks import Task
from tests.session.examples import project_of


@pytest.fixture
def project() -> Project:
    return project_of(Task.MULTICLASS, Linear(16), ReLU(), Linear(3))


def test_the_icon_beside_a_field_searches_it_and_leaves_it_again(project: Project) -> None:
    document = Document()
    document.open(project)
    document.apply("Search learning rate", searching.toggle_field(document.project, "optimizer.lr"))
    assert document.project.search.span("optimizer.lr") == Interval(1e-5, 0.1, log=True)
    document.undo()
    assert document.project == project
    document.redo()
    assert searching.toggle_field(document.project, "optimizer.lr") == project


def test_a_range_is_changed_and_refused_where_it_is_none(project: Project) -> None:
    some = searching.search_field(project, "optimizer.lr")
    assert searching.set_span(some, "optimizer.lr", Choices((0.1, 0.2))).search.span("optimizer.lr") == Choices(
        (0.1, 0.2)
    )
    with pytest.raises(SpecError, match="greater than 0"):
        searching.set_span(some, "optimizer.lr", Interval(-1, 1))
    with pytest.raises(SpecError, match="not searched"):
        searching.set_span(some, "batches.size", Choices((8,)))


def test_fields_that_change_the_loss_are_judged_by_the_score(project: Project) -> None:
    assert searching.search_field(project, "loss.label_smoothing").search.objective == "score"
    assert searching.search_field(project, "optimizer.lr").search.objective == "loss"


def test_settings_and_suggested_fields(project: Project) -> None:
    some = searching.suggest_fields(project)
    assert [field.path.rpartition(".")[2] for field in some.search.fields][:3] == ["lr", "weight_decay", "size"]
    changed = searching.set_search(some, replace(some.search, method="grid"))
    assert changed.search.fields == some.search.fields
    assert changed.search.method == "grid"


def test_what_is_gone_can_be_left_out(project: Project) -> None:
    first = project.model.rows[0].id
    some = searching.search_field(searching.search_field(project, f"layer.{first}.out_features"), "optimizer.lr")
    assert not searching.is_stale(some)
    left = edits.remove_layers(some, [first])
    assert searching.is_stale(left)
    assert [field.path for field in searching.clean(left).search.fields] == ["optimizer.lr"]
    momentum = searching.search_field(edits.set_optimizer(project, SGD()), "optimizer.momentum")
    assert searching.is_stale(edits.set_optimizer(momentum, project.training.optimizer))
