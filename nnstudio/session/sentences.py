"""What the window and the terminal say about results, in words."""

from __future__ import annotations

from collections.abc import Sequence

from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.events import InterruptedRun, ModelOpened, NumericPlan, RunFinished, SearchOutcome
from nnstudio.spec.model import Model
from nnstudio.spec.naming import by_names, named_tensors
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Walk
from nnstudio.spec.words import counted

MOST_NAMES = 4
"""As many tensors are named in a sentence."""


def number(value: float) -> str:
    """A figure with three decimals; a small one with three significant digits, a large one without decimals."""
    if 0 < abs(value) < 0.01:
        return f"{value:.3g}"
    return f"{value:.3f}" if abs(value) < 1_000 else f"{value:,.0f}"


def duration(seconds: float) -> str:
    """``0:04``, ``12:30`` or ``3:05:00``."""
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def took(seconds: float) -> str:
    """How long something took, to be read in a sentence: ``0.4 s``, ``12.3 s`` or ``3:05 min``."""
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    return f"{duration(seconds)} {'h' if round(seconds) >= 3_600 else 'min'}"


def finished_sentence(finished: RunFinished, project: Project | None) -> str:
    """How a run of ``project`` ended, which weights are kept, and whether the locked tensors stayed what they were."""
    verb = "Training was stopped" if finished.outcome == "stopped" else "Training is done"
    early = " The validation loss had stopped falling." if finished.outcome == "early" else ""
    which = "the average (EMA)" if project and project.training.ema else "those"
    best = f" The best weights are {which} of epoch {finished.best_epoch}." if finished.best_epoch else ""
    epochs = counted(finished.epochs, "epoch")
    return f"{verb} after {epochs} in {took(finished.seconds)}.{early}{best}{frozen_sentence(finished)}"


def queued_sentence(waiting: int) -> str:
    """That a run waits, behind how many others."""
    others = f" behind {counted(waiting - 1, 'other')}" if waiting > 1 else ""
    return f"This project, as it is now, waits{others} to be trained when the run is over."


def parts_notice(plan: NumericPlan, size: int) -> tuple[str, str, str]:
    """That memory ran out, and what is done about it: what, why and a remedy; ``size`` is that of a batch."""
    rows = -(-size // plan.parts)
    return (
        f"Memory ran out: each batch of {size:,} goes through in {plan.parts} parts of {rows:,} now.",
        "Their gradients are added up, so that the steps stay the same; a batch norm compares the rows of a part only.",
        f"Training goes on. {parts_remedy(plan, size)}",
    )


def parts_remedy(plan: NumericPlan, size: int) -> str:
    """What the project could say instead of running out of memory; ``size`` is that of a batch."""
    rows = -(-size // plan.parts)
    return f"A batch size of {rows:,} that is accumulated {plan.parts} times needs as little memory."


def interrupted_sentence(found: InterruptedRun) -> str:
    """That a run could go on, and how far it was."""
    name = f"The run “{found.name}”" if found.name else "A run"
    epochs = f"{found.done:,} of {counted(found.epochs, 'epoch')}"
    return f"{name} was interrupted: its process ended after {epochs}."


def frozen_sentence(finished: RunFinished) -> str:
    """What became of the locked tensors; empty when nothing was locked."""
    if finished.frozen_unchanged is None:
        return ""
    told = []
    if finished.frozen or not finished.thawed:
        told.append(counted(len(finished.frozen), "locked tensor"))
    if finished.thawed:
        told.append(f"{counted(len(finished.thawed), 'tensor')} locked until a later epoch")
    verdict = "verified unchanged, bit for bit" if finished.frozen_unchanged else "CHANGED, which is a defect"
    return f" {' and '.join(told)}: {verdict}."


def unusable(opened: ModelOpened, walked: Walk | None) -> ModelFileError | None:
    """Why a file of bare tensors cannot be used for the network that is open, or None."""
    if walked is None or not walked.steps:
        return ModelFileError(
            "This file holds weights without a network.",
            "",
            "Open the data and build the network first, then open it again.",
        )
    if not _matching(opened, walked):
        more = " …" if len(opened.tensors) > MOST_NAMES else ""
        return ModelFileError(
            "None of the tensors in this file fits the network.",
            f"It holds {', '.join(list(opened.tensors)[:MOST_NAMES])}{more}.",
            "Build the network that the weights were trained with.",
        )
    return None


def matching_sentence(opened: ModelOpened, walked: Walk | None) -> str:
    """What a file of bare tensors is, and how many tensors of the network it fits."""
    wanted = named_tensors(walked) if walked else {}
    fitting = _matching(opened, walked) if walked else []
    fresh = "; the others start fresh" if len(fitting) < len(wanted) else ""
    match = f"{len(fitting)} of {len(wanted)} tensors match by name and shape{fresh}."
    return " ".join([*([f"It is {opened.kind}."] if opened.kind else []), match, *opened.notes])


def _matching(opened: ModelOpened, walked: Walk) -> list[str]:
    """The tensors of the network that have one of their name and shape in the file."""
    sources = by_names(Model(tuple(step.row for step in walked.steps)), opened.tensors)
    wanted = named_tensors(walked).items()
    return [name for name, shape in wanted if name in sources and opened.tensors[sources[name]] == shape]


def cut_short(outcome: SearchOutcome, trials: Sequence[int]) -> str:
    """Which trials of a search were under way when it ended, so that they do not count; empty where none was.

    A search whose time ran out is ``completed``.
    """
    if not trials:
        return ""
    ended = "time ran out" if outcome == "completed" else "stopped"
    numbers = ", ".join(f"{number:,}" for number in trials)
    return f"{ended} within {'trial' if len(trials) == 1 else 'trials'} {numbers}, not counted"
