"""The open experiment as PyTorch code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from textwrap import wrap

from nnstudio.resources import modules_source
from nnstudio.session.document import State
from nnstudio.spec.code.network import NETWORK, network_code, network_like
from nnstudio.spec.code.script import script
from nnstudio.spec.code.text import WIDEST, Code, comment, part
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import CodePrinted
from nnstudio.spec.printed import Part


def code_of(state: State, like: Code | None = None) -> Code | None:
    """The network with the seed of its training; None while the shape of its input is not known.

    What did not change since ``like`` is taken over from it.
    """
    if state.walked is None:
        return None
    return network_code(state.walked, state.project.training.seed, modules_source(), like)


def script_of(state: State, printed: CodePrinted, like: Code | None = None) -> Code | None:
    """The training script as the engine ``printed`` it last, with the network as it is now."""
    if state.walked is None:
        return None
    network, kept = network_like(state.walked, state.project.training.seed, modules_source(), like)
    return replace(script(printed.about, tuple(_with_network(printed, network))), kept=kept)


def unprinted(problem: StudioError) -> CodePrinted:
    """What stands in the place of a script of which only the network is known."""
    return CodePrinted(("Train a network.",), (), str(problem))


def changed_lines(old: Code, new: Code) -> tuple[int, ...]:
    """The numbers (from 0) of lines of ``new`` that stand in the place of others of ``old``, or are new."""
    before, after = ([line.text for line in code.lines] for code in (old, new))
    found = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return tuple(number for tag, _, _, first, behind in found if tag != "equal" for number in range(first, behind))


def _with_network(printed: CodePrinted, network: Part) -> Iterator[Part]:
    for each in printed.parts:
        yield network if each.title == NETWORK else each
    if printed.problem:
        yield network
        yield part("What is not printed", [comment(line) for line in wrap(printed.problem, WIDEST - 2)])
