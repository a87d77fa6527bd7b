"""What stands in for the engine in tests of the window: no process and no torch; it says what a test lets it say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject
from pytestqt.qtbot import QtBot

from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.engines import Engines
from nnstudio.gui.studio.worker import LinkMaker
from nnstudio.jobs.link import Link
from nnstudio.jobs.runner import Bundle
from nnstudio.session import edits
from nnstudio.session.preferences import Preferences
from nnstudio.session.suggest import suggest
from nnstudio.spec.baselines import Baseline
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.events import Command, EngineReady, Event, NumericPlan, RunFinished, RunStarted
from nnstudio.spec.facts import ColumnProfile, DataFacts, Rows, SourceFacts
from nnstudio.spec.requests import Request, WarmUp
from nnstudio.spec.sources import TableSource
from nnstudio.spec.tasks import Task

R = TypeVar("R", bound=Request)


class FakeLink(Link):
    """Records what is asked for; ``send`` and ``answer`` let the engine speak.

    What it says arrives through the real worker thread: wait for it, for example with ``qtbot.waitUntil``.
    """

    def __init__(self) -> None:
        super().__init__()
        self.requests: dict[int, Request] = {}
        self.commands: list[tuple[int, Command]] = []
        self._bundles: SimpleQueue[Bundle | Exception | None] = SimpleQueue()

    def _submit(self, job: int, request: Request) -> None:
        self.requests[job] = request

    def command(self, job: int, command: Command) -> None:
        self.commands.append((job, command))

    def receive(self) -> Bundle | None:
        said = self._bundles.get()
        if isinstance(said, Exception):
            raise said
        return said

    def close(self) -> None:
        self._bundles.put(None)

    def asked(self, kind: type[R]) -> list[R]:
        """Every request of a kind, oldest first."""
        QCoreApplication.processEvents()  # what waits for a moment of quiet is asked now
        return [request for request in self.requests.values() if isinstance(request, kind)]

    def send(self, bundle: Bundle) -> None:
        """Let the engine say something."""
        self._bundles.put(bundle)

    def answer(self, kind: type[Request], *events: Event, done: bool = True) -> None:
        """Let the engine answer the newest request of ``kind``."""
        QCoreApplication.processEvents()  # as above
        job = max(job for job, request in self.requests.items() if isinstance(request, kind))
        self.send(Bundle(job, list(events), done))

    def break_down(self, error: Exception) -> None:
        """Let the engine end without a word."""
        self._bundles.put(error)


@contextmanager
def studio_over(make_link: LinkMaker, parent: QObject) -> Iterator[Studio]:
    """An empty studio; whatever it opens, starts or keeps for the next start is closed behind it."""
    engines = Engines(make_link, parent)
    studio = Studio(engines, Preferences())
    try:
        yield studio
    finally:
        studio.autosaver.close(forget=True)
        engines.close()
        engines.deleteLater()


def hear_all(studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    """Wait until everything that ``link``, the first engine, said has been heard."""
    studio.engines.warm_up()
    with qtbot.waitSignal(studio.engines.ready):
        link.answer(WarmUp, EngineReady("2.0", "cpu", 0.1))


def iris_source(path: str = "/data/iris.csv") -> SourceFacts:
    """What opening the iris table finds."""
    names = ("sepal_length", "sepal_width", "petal_length", "petal_width")
    numbers = tuple(
        ColumnProfile(name, Kind.NUMBER, 0, 30, 0.1, 7.9, 3.5, histogram=(5, 20, 40, 45, 25, 15), is_numeric=True)
        for name in names
    )
    top = (("setosa", 50), ("versicolor", 50), ("virginica", 50))
    target = ColumnProfile("species", Kind.CATEGORY, 0, 3, top=top)
    suggested = (*(Column(name, Kind.NUMBER) for name in names), Column("species", Kind.CATEGORY, Role.TARGET))
    return SourceFacts(
        TableSource(path), "f1", "/cache/iris.arrow", 150, (*numbers, target), suggested, Task.MULTICLASS
    )


def iris_facts() -> DataFacts:
    """What a network for the iris table has to fit."""
    return DataFacts(
        Task.MULTICLASS,
        (4,),
        Rows(120, 15, 15),
        "species",
        features=("sepal_length", "sepal_width", "petal_length", "petal_width"),
        classes=("setosa", "versicolor", "virginica"),
        baseline=Baseline("“setosa”", {"accuracy": 1 / 3}, {"accuracy": 1 / 3}, {"accuracy": 1 / 3}),
    )


def open_iris(studio: Studio, network: bool = True) -> None:
    """Let the iris table be open and described, with the suggested network, as if the engine had answered."""
    source, facts = iris_source(), iris_facts()
    studio.document.found_source(source)
    project = edits.open_source(studio.state.project, source)
    studio.apply("Open iris.csv", project)
    assert project.data is not None
    studio.document.found_facts(project.data, facts)
    if network:
        studio.document.amend(suggest(studio.state.project, facts))


def started(epochs: int = 100) -> RunStarted:
    """The first event of a run on iris."""
    return RunStarted("run-1", NumericPlan(threads=1), epochs, 8, Rows(120, 15, 15), 739, 739)


FINISHED = RunFinished(
    "run-1",
    "completed",
    2,
    2,
    train={"loss": 0.2},
    validation={"loss": 0.3},
    test={"loss": 0.4},
    seconds=1.0,
    samples_per_second=240.0,
    best_weights="/runs/best.pth",
    last_weights="/runs/last.pth",
    best_sha256="abc",
)
"""How a run ends that went well."""
