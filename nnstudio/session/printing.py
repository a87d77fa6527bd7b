"""The open experiment as PyTorch code."""

from __future__ import annotations

from nnstudio.resources import source
from nnstudio.session.document import State
from nnstudio.spec.code.network import network_code
from nnstudio.spec.code.text import Code


def code_of(state: State) -> Code | None:
    """The network with the seed of its training; None while the shape of its input is not known."""
    if state.walked is None:
        return None
    return network_code(state.walked, state.project.training.seed, source("engine/modules.py"))
