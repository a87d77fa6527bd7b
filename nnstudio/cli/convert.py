"""``nnstudio convert``: somebody's weights as a network of ours."""

from __future__ import annotations

import argparse

from nnstudio.cli.answers import events_of
from nnstudio.cli.inspect import guesses_of, rebuilt_sentences
from nnstudio.cli.output import print_json, tell
from nnstudio.spec.events import ModelOpened, Saved
from nnstudio.spec.files import Needed, need_place
from nnstudio.spec.layers.base import size
from nnstudio.spec.rebuilt import Rebuilt
from nnstudio.spec.requests import ConvertWeights, RunModel


def convert(options: argparse.Namespace) -> None:
    """Rebuild the network of ``file`` and write it with its weights to ``--out``; guesses are named."""
    need_place(options.out.absolute(), Needed(options.file))
    request = ConvertWeights(str(options.file.absolute()), str(options.out.absolute()), options.input)
    answer_with_network(options, request, "The network and its weights are in")


def answer_with_network(options: argparse.Namespace, request: ConvertWeights | RunModel, done: str) -> None:
    """Carry out what needs a network that may have to be rebuilt first, and say how sure it is."""
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
