"""Which engine is asked: a slider never waits for what lasts, and trains nobody's run otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from nnstudio.gui.studio.engines import Engines
from nnstudio.spec.project import Project
from nnstudio.spec.requests import AskModel, Evaluate, PredictTable, RepeatProject, Request, TrainProject, WarmUp
from nnstudio.spec.sources import TableSource
from tests.gui.fakes import FakeLink

ASK = AskModel("m.pth", ((1.0,),))
FILE = PredictTable("m.pth", TableSource("/big.csv"))
TRAIN = TrainProject(Project())


class Links:
    """The engines in the order in which they were started."""

    def __init__(self, qapp: QApplication) -> None:
        self.started: list[FakeLink] = []
        self.engines = Engines(self._make, qapp)

    def _make(self) -> FakeLink:
        self.started.append(FakeLink())
        return self.started[-1]

    def where(self, request: Request) -> int:
        """Ask for it; which of the engines got it."""
        self.engines.submit(request, lambda _: None)
        return next(at for at, link in enumerate(self.started) if request in link.requests.values())


@pytest.fixture
def links(qapp: QApplication) -> Iterator[Links]:
    links = Links(qapp)
    yield links
    links.engines.close()


def test_an_answer_comes_from_the_first_engine_that_is_free(links: Links) -> None:
    assert links.where(ASK) == 0
    assert links.where(TRAIN) == 0
    assert links.where(AskModel("m.pth", ((2.0,),))) == 1


def test_what_lasts_keeps_clear_of_the_engine_that_answers(links: Links) -> None:
    links.where(TRAIN)
    links.where(ASK)
    assert links.where(FILE) == 2
    assert links.where(Evaluate("m.pth")) == 2
    assert links.where(AskModel("m.pth", ((2.0,),))) == 1


@pytest.mark.parametrize("lasting", [FILE, RepeatProject(Project(), 3)], ids=["file", "repeats"])
def test_where_two_are_at_something_that_lasts_a_third_answers(links: Links, lasting: Request) -> None:
    links.where(TRAIN)
    assert links.where(lasting) == 1
    assert links.where(ASK) == 2


def test_the_engine_that_will_have_to_answer_is_warmed_up(links: Links) -> None:
    links.where(ASK)
    assert links.where(RepeatProject(Project(), 3)) == 1
    assert len(links.started) == 2, "the first one answers"
    links.where(TRAIN)
    assert links.started[2].asked(WarmUp) == [WarmUp()]
