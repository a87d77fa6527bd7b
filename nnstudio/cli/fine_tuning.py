"""``nnstudio train --weights FILE --freeze PATTERN --head N``: training that starts from what another network knows."""

from __future__ import annotations

import argparse
from pathlib import Path

from nnstudio.cli.answers import the
from nnstudio.cli.output import tell
from nnstudio.session.foreign import build_network, can_build, offer_words
from nnstudio.session.starts import fits, take_network, use_weights
from nnstudio.session.transfer import fit_head, freeze_matching, replace_head
from nnstudio.spec.events import DataDescribed, ModelOpened, WeightsLoaded
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.files import SUFFIX, model_in
from nnstudio.spec.model import Weights
from nnstudio.spec.project import Project, data_to_train_on
from nnstudio.spec.requests import DescribeData, OpenModel
from nnstudio.spec.shapes import output_problem, walk

MOST_NAMES = 6
"""As many tensors are named in a sentence."""


def fine_tuned(project: Project, options: argparse.Namespace) -> Project:
    """``project`` with weights, head and locks as ``options`` say; raises `SpecError` where that cannot be.

    Plain data get the network of the file, with a head that fits them; a project keeps its own.
    """
    if options.weights is not None:
        project = _started(project, options)
    if options.head is not None:
        project = replace_head(project, options.head)
    if options.freeze:
        project = _frozen(project, options)
    return project


def _started(project: Project, options: argparse.Namespace) -> Project:
    facts = the(DataDescribed, DescribeData(project.data)).facts if project.data else None
    request = OpenModel(str(options.weights.absolute()), facts.input_shape if facts else None)
    opened = the(ModelOpened, request)
    started = use_weights(project, Weights(opened.path, opened.sha256))
    if facts is None or options.project.suffix.casefold() == SUFFIX:
        return started
    taken = _with_its_network(started, opened, facts)
    return taken if options.head is not None else _with_fitting_head(taken, facts)


def _with_its_network(started: Project, opened: ModelOpened, facts: DataFacts) -> Project:
    """With the network that the file carries, or seems to be of where nothing of it fits the suggested one."""
    if theirs := model_in(opened.project):
        return take_network(started, theirs, Weights(opened.path, opened.sha256))
    known = {opened.path: opened}
    if not can_build(opened) or fits(started, walk(started.model, facts.input_shape), known):
        return started
    tell(" ".join(offer_words(opened)).strip())
    return build_network(started, opened)


def _with_fitting_head(project: Project, facts: DataFacts) -> Project:
    fits_already = output_problem(walk(project.model, facts.input_shape), project.training.loss, facts) is None
    return project if fits_already else fit_head(project, facts)


def _frozen(project: Project, options: argparse.Namespace) -> Project:
    facts = the(DataDescribed, DescribeData(data_to_train_on(project))).facts
    return freeze_matching(project, walk(project.model, facts.input_shape), options.freeze)


def loaded_sentence(loaded: WeightsLoaded) -> str:
    """What of the weights found its place."""
    known = len(loaded.matched)
    words = [f"{known} of {known + len(loaded.fresh)} tensors start from “{Path(loaded.path).name}”."]
    for title, names in (("Fresh", loaded.fresh), ("Not used", loaded.unused)):
        if names:
            more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
            words.append(f"{title}: {', '.join(names[:MOST_NAMES])}{more}.")
    return " ".join(words)
