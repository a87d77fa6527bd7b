"""``nnstudio run``: what a network gives for an array, as it is."""

from __future__ import annotations

import argparse

from nnstudio.cli.convert import answer_with_network
from nnstudio.spec.files import Needed, need_place
from nnstudio.spec.requests import RunModel


def run(options: argparse.Namespace) -> None:
    """Pass the examples of ``inputs`` through ``model`` as they are and write what comes out to ``--out``."""
    need_place(options.out.absolute(), Needed(options.model), Needed(options.inputs))
    request = RunModel(*(str(path.absolute()) for path in (options.model, options.inputs, options.out)))
    answer_with_network(options, request, "What the network gives is in")
