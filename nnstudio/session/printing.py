"""The open experiment as PyTorch code."""

from __future__ import annotations

from nnstudio.resources import modules_source
from nnstudio.session.document import State
from nnstudio.spec.code.network import network_code
from nnstudio.spec.code.text import Code


def code_of(state: State, like: Code | None = None) -> Code | None:
    """The network with the seed of its training; None while the shape of its input is not known.

    What did not change since ``like`` is taken over from it.
    """
    if state.walked is None:
        return None
    return network_code(state.walked, state.project.training.seed, modules_source(), like)
