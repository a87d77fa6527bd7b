"""The tab with the diagram: the network from its input to its output, to look at and to export."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from nnstudio.gui.diagram.canvas import DiagramCanvas
from nnstudio.gui.diagram.saving import export_diagram
from nnstudio.gui.lazily import LazyView
from nnstudio.gui.panel import Button, ElidedLabel, EmptyState
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.spec.diagram.layout import picture_of
from nnstudio.spec.diagram.picture import Picture

NOTE = "Drag to move, turn the wheel to zoom."


class DiagramView(LazyView):
    """Draws the network that is open; a click on a layer chooses it in the list, and the other way round."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self.empty = EmptyState(
            "No diagram yet", "Open data: the network for it will be drawn here, from its input to its output."
        )
        self.canvas = DiagramCanvas(theme)
        self.canvas.row_chosen.connect(self._choose)
        self.note = ElidedLabel(NOTE, role="small")
        self.smaller = Button("−", clicked=lambda: self.canvas.enlarge(-1), tooltip="Zoom out (Ctrl+−)")
        self.larger = Button("+", clicked=lambda: self.canvas.enlarge(1), tooltip="Zoom in (Ctrl++)")
        self.fit = Button("Fit", clicked=self.canvas.fit, tooltip="Show the whole network (Ctrl+0)")
        self.width_ = Button("Width", clicked=self.canvas.fit_width, tooltip="As wide as there is room")
        self.export = Button("Export…", clicked=self._export, tooltip="Write it as SVG or PNG.")
        self.smaller.setAccessibleName("Zoom out")
        self.larger.setAccessibleName("Zoom in")
        bar = (self.note, self.smaller, self.larger, self.fit, self.width_, self.export)
        self.lay_out(self.empty, bar, self.canvas)

    def render_state(self) -> None:
        walked = self._studio.state.walked
        self.show_content(walked is not None)
        self.canvas.show_picture(picture_of(walked, self.canvas.picture) if walked else Picture())

    def render_choice(self) -> None:
        self.canvas.show_chosen(self._studio.choice.rows)

    def _export(self) -> None:
        export_diagram(self._studio, self)

    def _choose(self, row_id: str, more: bool) -> None:
        chosen = self._studio.choice.rows if more else ()
        self._studio.choice.choose([*(one for one in chosen if one != row_id), row_id])
