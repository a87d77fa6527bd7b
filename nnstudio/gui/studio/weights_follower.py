"""Looks into the weights files that the project starts from, so that it can be shown where their tensors go."""

from __future__ import annotations

from nnstudio.gui.studio.engines import Engines
from nnstudio.gui.studio.hearing import hearing
from nnstudio.session.document import Document, State
from nnstudio.session.starts import is_same
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import ModelOpened
from nnstudio.spec.model import Weights
from nnstudio.spec.requests import OpenModel


class WeightsFollower:
    """Asks for each file that is not known, once at a time."""

    def __init__(self, document: Document, engines: Engines) -> None:
        self._document, self._engines = document, engines
        self._asked: set[tuple[str, str]] = set()
        document.changed.listen(self._follow)

    def _follow(self, old: State, new: State) -> None:
        if new.project.model.starts == old.project.model.starts:
            return
        for start in new.project.model.starts:
            known, asked = new.files.get(start.path), (start.path, start.sha256)
            if asked not in self._asked and not (isinstance(known, ModelOpened) and is_same(start, known)):
                self._asked.add(asked)
                self._ask(start)

    def _ask(self, start: Weights) -> None:
        def hear(found: ModelOpened | StudioError) -> None:
            self._asked.discard((start.path, start.sha256))
            self._document.found_file(start.path, found)

        self._engines.submit(OpenModel(start.path), hearing(ModelOpened, hear, hear))
