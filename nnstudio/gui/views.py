"""The views of the results. Importing this loads pyqtgraph and pyarrow, which take longer than all of the rest."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.gui.code.view import CodeView
from nnstudio.gui.data.table_view import TableView
from nnstudio.gui.diagram.view import DiagramView
from nnstudio.gui.evaluate.view import EvaluateView
from nnstudio.gui.inspect.view import InspectView
from nnstudio.gui.predict.view import PredictView
from nnstudio.gui.results.batches import BatchesView
from nnstudio.gui.results.curves import CurvesView
from nnstudio.gui.runs.view import RunsView
from nnstudio.gui.search.view import SearchView
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.gui.transfer.view import TransferView


class Late(QWidget):
    """Stands for a view until it is first looked at: making some takes so long that it would be felt at the start."""

    def __init__(self, make: Callable[[], QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self.view: QWidget | None = None
        self._room = QVBoxLayout(self)
        self._room.setContentsMargins(0, 0, 0, 0)

    def showEvent(self, event: QShowEvent) -> None:
        if self.view is None:
            self.view = self._make()
            self._room.addWidget(self.view)
            self.view.show()  # Qt has shown the other children before
        super().showEvent(event)


def result_views(studio: Studio, theme: Theme) -> list[QWidget]:
    """The views in the order of their tabs (`nnstudio.gui.app.RESULTS`)."""
    before = [kind(studio, theme) for kind in (CurvesView, TableView, BatchesView)]
    evaluate, runs = Late(lambda: EvaluateView(studio, theme)), Late(lambda: RunsView(studio, theme))
    inspect, predict = Late(lambda: InspectView(studio, theme)), Late(lambda: PredictView(studio, theme))
    search = Late(lambda: SearchView(studio, theme))
    after = [kind(studio, theme) for kind in (DiagramView, CodeView, TransferView)]
    return [*before, evaluate, inspect, predict, runs, search, *after]
