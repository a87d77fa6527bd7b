"""What the panel of the network says: of its input, of what is missing, of its size, of what speaks against it."""

from __future__ import annotations

from nnstudio.gui.panel import Level
from nnstudio.session.document import State
from nnstudio.session.preflight import Finding
from nnstudio.spec.layers import Shape
from nnstudio.spec.layers.base import size
from nnstudio.spec.shapes import Walk
from nnstudio.spec.words import in_bytes

BAD_DATA = "The data cannot be used as it is; the data panel says why."
READING = "The data is being read; the network’s input follows from it."
NO_DATA = "Open data first: the network’s input follows from it."
NO_LAYERS = "No layers yet. Press Suggest for a network that fits the data, choose a template, or add a layer."
LEVELS: dict[str, Level] = {"blocks": "bad", "warns": "warning", "informs": "info"}


def said(finding: Finding) -> tuple[str, str, str, Level]:
    """A finding as the banner says it: what, why and what to do, the titles of its fixes, how bad it is."""
    problem = finding.problem
    why = f"{problem.why} {'' if finding.fix else problem.remedy}".strip()
    fixes = "\n".join(fix.title for fix in (finding.fix, finding.other_fix) if fix)
    return problem.what, why, fixes, LEVELS[finding.level]


def input_sentence(shape: Shape) -> str:
    return f"Input {size(shape)} numbers" if len(shape) == 1 else f"Input {size(shape)}"


def empty_sentence(state: State) -> str:
    """What is missing before the stack says anything; empty when nothing is."""
    if state.walked:
        return "" if state.project.model.rows else NO_LAYERS
    if state.project.data is None:
        return NO_DATA
    return BAD_DATA if state.data_problem else READING


def size_note(walked: Walk) -> tuple[str, str]:
    """How large the network is, for the header and in full for its tooltip."""
    if walked.problem:
        return "one layer cannot work", "The parameters are counted as soon as every layer fits the one before it."
    whole = f"{walked.count:,} parameters · {walked.trainable:,} trainable"
    kept, weights = in_bytes(4 * walked.activations), in_bytes(4 * walked.count)
    story = f"{whole}\n{walked.multiply_adds:,} multiply-adds an example\n{weights} of parameters"
    story += f"\n{kept} an example kept for the way back"
    if walked.count < 10_000_000:
        return whole, story
    return f"{walked.count / 1e6:,.1f} M parameters · {walked.trainable / 1e6:,.1f} M trainable", story
