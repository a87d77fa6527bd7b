"""A network and settings that fit the data: what a practitioner would try first."""

from __future__ import annotations

from dataclasses import replace

from nnstudio.session.edits import data_of, set_training, use_network
from nnstudio.spec.columns import CategoryEncoding
from nnstudio.spec.data import DataSpec
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.model import Model
from nnstudio.spec.networks.template import USUAL_RATE, NetworkTemplate
from nnstudio.spec.networks.templates import AUTOENCODER, MLP, SMALL_CNN, TABULAR
from nnstudio.spec.optimizers import Adam
from nnstudio.spec.project import Project
from nnstudio.spec.tasks import Task


def suggest_network(project: Project, facts: DataFacts) -> Project:
    """Replace the stack by one that fits the data, with the loss that belongs to it and fresh weights."""
    return use_template(project, facts, suggested_template(data_of(project), facts))


def suggested_template(data: DataSpec, facts: DataFacts) -> NetworkTemplate:
    """The template to try first: it takes the data as they are read now."""
    if facts.task is Task.RECONSTRUCTION:
        return AUTOENCODER
    if len(facts.input_shape) == 3 and not SMALL_CNN.problem(data, facts):
        return SMALL_CNN
    return TABULAR if _has_indices(data) and not TABULAR.problem(data, facts) else MLP


def use_template(project: Project, facts: DataFacts, template: NetworkTemplate) -> Project:
    """Replace the stack by a whole network, read the data as it needs them, and take the loss that belongs to both.

    Where Adam would learn too fast for it, the learning rate is lowered. Raises `SpecError` where it does not fit.
    """
    fitted = template.fitted(data_of(project), facts)
    used = use_network(replace(project, data=fitted.reading.data), Model(fitted.rows), fitted.loss)
    optimizer = used.training.optimizer
    if not isinstance(optimizer, Adam) or optimizer.lr <= template.fastest:
        return used
    return set_training(used, replace(used.training, optimizer=replace(optimizer, lr=template.fastest)))


def _has_indices(data: DataSpec) -> bool:
    codes = (column.encoded for column in data.features)
    return any(isinstance(how, CategoryEncoding) and how.code == "index" for how in codes)


def suggest(project: Project, facts: DataFacts) -> Project:
    """Settings and a network that fit the data; what the network cannot learn with is set as it needs it."""
    return suggest_network(suggest_settings(project, facts), facts)


def suggest_settings(project: Project, facts: DataFacts) -> Project:
    """Batch size and learning rate for the number of rows: small tables need more steps an epoch and larger ones."""
    small = facts.rows.train < 2_000
    size = 16 if small else 64 if facts.rows.train < 50_000 else 256
    data = data_of(project)
    training = replace(project.training, optimizer=Adam(lr=USUAL_RATE if small else 0.001))
    return replace(project, data=replace(data, batches=replace(data.batches, size=size)), training=training)
