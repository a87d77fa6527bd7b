"""Which network answers: the one at hand, also while another one is trained."""

from __future__ import annotations

from collections.abc import Callable

from nnstudio.session.document import Document
from nnstudio.session.listeners import Listeners
from nnstudio.session.live import LiveRun
from nnstudio.spec.sources import Source


class Answering:
    """Which network answers: the one at hand, or while a run is going on the one that was at hand before it.

    ``changed()`` is told when it is another one.
    """

    def __init__(self, document: Document, run: LiveRun, at_hand: Callable[[], str]) -> None:
        self.changed: Listeners[[]] = Listeners()
        self.model = ""
        """The model file; empty where there is none."""
        self.run = run
        self._document, self._at_hand = document, at_hand
        run.changed.listen(self.follow)
        document.changed.listen(lambda _old, _new: self.follow())

    def follow(self) -> None:
        """Take on the network at hand."""
        model = self._at_hand()
        if model == self.model or (self.run.status.is_busy and self.model and self.run.project):
            return
        self.model = model
        self.changed.tell()

    @property
    def source(self) -> Source | None:
        """Where the data of the project lie now."""
        data = self._document.project.data
        return data.source if data else None
