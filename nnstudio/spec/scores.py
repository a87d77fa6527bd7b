"""How good a network is on stated rows: plain numbers that cross a pipe; long arrays lie in files that they name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nnstudio.spec.parts import PART_WORDS, JudgedPart
from nnstudio.spec.tasks import Task
from nnstudio.spec.words import counted

CAUTIONS: dict[JudgedPart, str] = {
    "train": "The network has learned these rows: others will fare worse.",
    "validation": "These rows chose the best epoch, so they flatter the network a little.",
    "all": "Most of these rows were learned: others will fare worse.",
}
UNCALIBRATED = "Its loss taught no probabilities: those shown rank the answers, and are not how often they are right."


@dataclass(frozen=True, slots=True)
class Score:
    """One measure of a network on the judged rows.

    ``low`` and ``high`` bound the 95 % bootstrap interval, ``baseline`` is what answering without looking scores. Of
    several targets each has its own scores, told apart by ``target``; ``in_target_unit`` says what the figure is in.
    """

    key: str
    title: str
    help: str
    value: float
    low: float | None = None
    high: float | None = None
    baseline: float | None = None
    better: Literal["higher", "lower"] = "higher"
    target: str = ""
    in_target_unit: bool = False


@dataclass(frozen=True, slots=True)
class ClassScore:
    """How one class fares; ``support`` are its rows, ``predicted`` the rows that were taken for it.

    ``auroc`` is the area under the ROC curve of this class against the rest; None where the rows are all of one kind.
    """

    name: str
    precision: float
    recall: float
    f1: float
    support: int
    predicted: int
    auroc: float | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A network judged on ``rows`` rows of ``part``.

    ``answers`` is the cached Arrow file with what it says to each row, the worst mistakes first; ``figures`` that with
    the curves; ``sources`` are the cached tables that the rows come from, one behind the other.
    """

    model: str
    sha256: str
    part: JudgedPart
    source: str
    rows: int
    task: Task
    target: str
    scores: tuple[Score, ...]
    answers: str
    figures: str
    sources: tuple[str, ...]
    classes: tuple[str, ...] = ()
    class_scores: tuple[ClassScore, ...] = ()
    targets: tuple[str, ...] = ()
    baseline_answer: str = ""
    resamples: int = 0
    seed: int = 0
    warnings: tuple[str, ...] = ()
    curve_rows: int = 0
    """Rows that the curves were drawn from; fewer than ``rows`` where all of them would take too long."""
    is_calibrated: bool = True
    """The network was taught probabilities; with a hinge loss it was not."""

    @property
    def where(self) -> str:
        """The rows that it was measured on, in words to stand behind “on”."""
        rows = counted(self.rows, "row")
        if self.part == "file":
            return f"the {rows} of {self.source} whose answer is known"
        return f"the {counted(self.rows, f'{PART_WORDS[self.part]} row')} of {self.source}"

    @property
    def caution(self) -> str:
        """What the figures cannot tell, because of the rows that they come from; empty where nothing is to be said."""
        return " ".join(filter(None, (CAUTIONS.get(self.part, ""), "" if self.is_calibrated else UNCALIBRATED)))

    def score(self, key: str, target: str = "") -> Score | None:
        """The score of that key, where there is one."""
        return next((score for score in self.scores if (score.key, score.target) == (key, target)), None)
