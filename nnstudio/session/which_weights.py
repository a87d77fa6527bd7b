"""Which weights are looked at: those that training starts with, or those that the last run found."""

from __future__ import annotations

from nnstudio.spec.events import RunFinished
from nnstudio.spec.params import Field, Param

START, BEST, LAST = "start", "best", "last"
LABELS = ("As training starts", "Best of the last run", "End of the last run")


def weights_choice(help_: str) -> Field:
    """The choice among them as a field that says so much of itself."""
    return Field("weights", str, START, Param("Weights", help_, labels=LABELS), (START, BEST, LAST))


def weights_file(which: str, finished: RunFinished | None) -> str:
    """The file that holds them; empty for those that training starts with."""
    if finished is None or which == START:
        return ""
    return finished.best_weights if which == BEST else finished.last_weights
