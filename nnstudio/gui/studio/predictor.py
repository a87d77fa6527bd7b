"""The verbs of prediction: over single examples, and over every row of a file."""

from __future__ import annotations

from collections.abc import Callable

from nnstudio.gui.studio.answering import Answering
from nnstudio.gui.studio.asker import Asker
from nnstudio.gui.studio.engines import Engines
from nnstudio.gui.studio.file_predictor import FilePredictor
from nnstudio.session.document import Document
from nnstudio.session.live import LiveRun
from nnstudio.session.notices import Notices


class Predictor:
    """All verbs of prediction, over the network that answers."""

    def __init__(
        self, document: Document, engines: Engines, run: LiveRun, notices: Notices, at_hand: Callable[[], str]
    ) -> None:
        self.answering = Answering(document, run, at_hand)
        self.asker = Asker(self.answering, engines)
        self.file = FilePredictor(self.answering, engines, notices)
