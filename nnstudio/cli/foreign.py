"""``nnstudio convert`` and ``nnstudio run``: somebody's weights as a network of ours, and what it gives."""

from __future__ import annotations

import argparse

from nnstudio.cli.answers import events_of, print_json, tell
from nnstudio.cli.inspect import guesses_of, rebuilt_sentences
from nnstudio.spec.events import ModelOpened, Saved
from nnstudio.spec.layers.base import size
from nnstudio.spec.rebuilt import Rebuilt
from nnstudio.spec.requests import ConvertWeights, RunModel


def convert(options: argparse.Namespace) -> None:
    """Rebuild the network of ``file`` and write it with its weights to ``--out``; guesses are named."""
    request = ConvertWeights(str(options.file.absolute()), str(options.out.absolute()), options.input)
    _answer(options, request, "The network and its weights are in")


def run(options: argparse.Namespace) -> None:
    """Pass the examples of ``inputs`` through ``model`` as they are and write what comes out to ``--out``."""
    request = RunModel(*(str(path.absolute()) for path in (options.model, options.inputs, options.out)))
    _answer(options, request, "What the network gives is in")


def _answer(options: argparse.Namespace, request: ConvertWeights | RunModel, done: str) -> None:
    rebuilt = Rebuilt("none")
    for event in events_of(request):
        if isinstance(event, ModelOpened) and event.rebuilt:
            rebuilt = event.rebuilt
            for sentence in rebuilt_sentences(rebuilt):
                tell(sentence)
        elif isinstance(event, Saved):
            tell(f"{done} “{options.out}”.")
    if options.json:
        print_json(
            {
                "out": request.out,
                "certainty": rebuilt.certainty,
                "network": rebuilt.what,
                "input": size(rebuilt.input_shape) if rebuilt.input_shape else "",
                "guesses": guesses_of(rebuilt),
                "notes": list(rebuilt.notes),
            }
        )
