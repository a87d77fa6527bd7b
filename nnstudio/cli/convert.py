"""``nnstudio convert``: somebody's weights as a network of ours."""

from __future__ import annotations

import argparse
from pathlib import Path

from nnstudio.cli.answers import events_of, print_json, tell
from nnstudio.cli.inspect import WEIGHTS, guesses_of, rebuilt_sentences
from nnstudio.cli.shapes import add_input_option
from nnstudio.spec.events import ModelOpened, Saved
from nnstudio.spec.files import need_place
from nnstudio.spec.layers.base import size
from nnstudio.spec.rebuilt import Rebuilt
from nnstudio.spec.requests import ConvertWeights, RunModel


def add_convert_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("file", type=Path, metavar="FILE", help=WEIGHTS)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="model file to write (.pth)")
    add_input_option(parser)
    parser.set_defaults(run=convert)


def convert(options: argparse.Namespace) -> None:
    """Rebuild the network of ``file`` and write it with its weights to ``--out``; guesses are named."""
    need_place(options.out.absolute(), options.file)
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
