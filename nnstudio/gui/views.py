"""The views of the results. Importing this loads pyqtgraph and pyarrow, which take longer than all of the rest."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from nnstudio.gui.code.view import CodeView
from nnstudio.gui.data.table_view import TableView
from nnstudio.gui.diagram.view import DiagramView
from nnstudio.gui.dialogs.files import FileDialogs
from nnstudio.gui.evaluate.view import EvaluateView
from nnstudio.gui.results.batches import BatchesView
from nnstudio.gui.results.curves import CurvesView
from nnstudio.gui.results.predict import PredictView
from nnstudio.gui.runs.view import RunsView
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.gui.transfer.view import TransferView


def result_views(studio: Studio, theme: Theme) -> list[QWidget]:
    """The views in the order of their tabs (`nnstudio.gui.app.RESULTS`)."""
    diagram = DiagramView(studio, theme)
    files = FileDialogs(studio, diagram)
    diagram.export_asked.connect(lambda: files.export_diagram())  # noqa: PLW0108  # keeps them alive
    before = [kind(studio, theme) for kind in (CurvesView, TableView, BatchesView, EvaluateView, PredictView)]
    return [*before, RunsView(studio, theme), diagram, CodeView(studio, theme), TransferView(studio, theme)]
