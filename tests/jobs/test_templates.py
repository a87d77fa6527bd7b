"""Whole networks learn from the samples that they say they fit."""

from __future__ import annotations

from dataclasses import replace
from queue import SimpleQueue

import pytest

from nnstudio.data.encoding.encode import describe, encode
from nnstudio.data.source import open_source
from nnstudio.engine.train import train
from nnstudio.jobs.given import examples_of
from nnstudio.resources import resource
from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.session.preflight import preflight
from nnstudio.session.suggest import suggest_settings, use_template
from nnstudio.spec.events import EpochDone, NumericPlan
from nnstudio.spec.files import load_project
from nnstudio.spec.layouts import RowLayout, SequenceLayout
from nnstudio.spec.networks.template import NetworkTemplate
from nnstudio.spec.networks.templates import NETWORK_TEMPLATES
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import output_problem, walk
from nnstudio.spec.splits import RandomSplit
from nnstudio.spec.tasks import Task

SAMPLES = ("iris", "penguins", "diabetes", "digits", "digits-images")
FIT = {
    "iris": {"logistic_regression", "mlp"},
    "penguins": {"logistic_regression", "mlp", "tabular"},
    "diabetes": {"linear_regression", "mlp"},
}
PICTURES = {
    *{"logistic_regression", "mlp", "small_cnn", "lenet", "vgg_like", "squeezenet", "mobilenet_v2"},
    *{"mobilenet_v3_small", "resnet18", "resnet34", "resnet50", "lstm", "gru", "transformer"},
}
"""What the digits fit, as pictures and as rows of pixels."""

each = pytest.mark.parametrize("template", NETWORK_TEMPLATES, ids=lambda template: template.key)


def sample(name: str, of_train: float = 0.1) -> Project:
    """A sample of which few rows are learned from."""
    project = load_project(resource(f"samples/{name}.nnstudio"))
    share = (1 - of_train) / 2
    return edits.set_split(project, RandomSplit(share, share))


def sample_for(template: NetworkTemplate) -> Project:
    """The smallest that it fits; pictures for what looks at them, and for what reads them line by line."""
    if template.tasks == {Task.RECONSTRUCTION}:
        project = sample("iris", 0.8)
        found = open_source(edits.data_of(project).source)
        return edits.set_task(edits.set_targets(project, found, ()), Task.RECONSTRUCTION)
    if template.tasks == {Task.REGRESSION}:
        return sample("diabetes", 0.8)
    if template.key == "tabular":
        return sample("penguins", 0.4)
    return sample("iris", 0.4) if template.family == "linear" else sample("digits-images")


@pytest.mark.parametrize("name", SAMPLES)
def test_each_sample_has_its_templates(name: str) -> None:
    project = sample(name)
    data = edits.data_of(project)
    facts = describe(data)
    fitting = [template for template in NETWORK_TEMPLATES if not template.problem(data, facts)]
    assert {template.key for template in fitting} == FIT.get(name, PICTURES)
    for template in fitting:
        used = use_template(project, facts, template)
        found = describe(edits.data_of(used))
        walked = walk(used.model, found.input_shape)
        assert walked.problem is None
        assert output_problem(walked, used.training.loss, found) is None


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_is_said_against_a_template(name: str) -> None:
    """But that the rows of a sample are few for a network from a paper."""
    project = sample(name)
    facts = describe(edits.data_of(project))
    for template in NETWORK_TEMPLATES:
        if not template.problem(edits.data_of(project), facts):
            used = use_template(project, facts, template)
            data = edits.data_of(used)
            said = preflight(State(used, facts=describe(data), described=data))
            assert [finding.problem.what for finding in said if finding.check != "capacity"] == []


@each
def test_each_learns_from_a_sample(template: NetworkTemplate) -> None:
    project = sample_for(template)
    facts = describe(edits.data_of(project))
    project = use_template(suggest_settings(project, facts), facts, template)
    project = replace(project, training=replace(project.training, epochs=2))
    plan = NumericPlan(threads=1, step="eager")  # to record a deep network takes longer than to train it here
    events = train(project, examples_of(encode(edits.data_of(project))), inbox=SimpleQueue(), run="", plan=plan)
    losses = [event.train["loss"] for event in events if isinstance(event, EpochDone)]
    assert losses[-1] < losses[0]


def test_digits_are_read_line_by_line_for_a_sequence_and_as_a_whole_again() -> None:
    (gru,) = (template for template in NETWORK_TEMPLATES if template.key == "gru")
    (cnn,) = (template for template in NETWORK_TEMPLATES if template.key == "small_cnn")
    for name, lines in (("digits", SequenceLayout(8)), ("digits-images", SequenceLayout())):
        project = sample(name)
        read = use_template(project, describe(edits.data_of(project)), gru)
        assert edits.data_of(read).layout == lines
        facts = describe(edits.data_of(read))
        assert facts.input_shape == (8, 8)
        again = use_template(read, facts, cnn)
        assert edits.data_of(again).layout == RowLayout()
        assert walk(again.model, describe(edits.data_of(again)).input_shape).problem is None
