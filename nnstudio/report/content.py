"""What a report is made of: whatever is known of a trained model, and in sentences what is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.judging.files import Figure
from nnstudio.spec.events import EpochDone, FoldDone, RatesChanged, RunFinished
from nnstudio.spec.facts import DataFacts, SourceFacts
from nnstudio.spec.project import Project
from nnstudio.spec.provenance import Provenance
from nnstudio.spec.scores import Evaluation
from nnstudio.spec.shapes import Walk

MOST_DRAWN = 6
"""Targets that have drawings of their own, where a network predicts more of them."""


@dataclass(frozen=True, eq=False, slots=True)
class Mistakes:
    """The rows that the network is most wrong about, the worst first, of ``total``.

    ``titles`` are those of ``rows``, whose cells are text; ``pictures`` are PNG files, one a row, or none at all.
    """

    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    pictures: tuple[bytes, ...] = ()
    more_columns: int = 0
    """Columns of the source that are not shown."""


@dataclass(frozen=True, eq=False, slots=True)
class Judged:
    """The network on the rows of one part of its split."""

    found: Evaluation
    figures: Mapping[tuple[str, int], Figure]
    mistakes: Mistakes | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Course:
    """The run that the model came from, as it was written down; ``started`` is in seconds since 1970, UTC.

    Of a long run ``epochs`` are some, evenly chosen; its first, best and last epoch are among them. A run that came to
    no end of its own is not ``finished``; ``error`` says why, where that is known.
    """

    id: str
    name: str
    started: float
    version: str
    epochs: tuple[EpochDone, ...] = ()
    finished: RunFinished | None = None
    folds: tuple[FoldDone, ...] = ()
    changes: tuple[RatesChanged, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Report:
    """A trained model. ``file`` and ``sha256`` are those of its model file; ``judged`` has the most telling part first.

    ``data`` is what its source holds, and ``facts`` what the network had to fit: None where the data are not there, or
    others today. ``missing`` says so, a sentence each.
    """

    name: str
    file: str
    sha256: str
    project: Project
    encoding: Encoding
    walked: Walk
    came: Provenance = field(default_factory=Provenance)
    versions: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    measures: Mapping[str, float] = field(default_factory=dict)
    """What the run measured by part and key, such as ``test accuracy``."""
    course: Course | None = None
    data: SourceFacts | None = None
    facts: DataFacts | None = None
    judged: tuple[Judged, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def first(self) -> Judged | None:
        """The part whose rows chose nothing, or else the one nearest to that."""
        return self.judged[0] if self.judged else None
