"""Shows a diagram: zoomed with the wheel, moved by dragging, read layer by layer with the arrow keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from nnstudio.gui.diagram.drawing import Drawing
from nnstudio.gui.theme import Theme
from nnstudio.spec.diagram.picture import Box, Picture, Point, Rect

SMALLEST, LARGEST = 0.02, 4.0
STEP = 1.25
"""One press of a key, or one notch of the wheel, enlarges so much."""
LINE = 40
"""Pixels that an arrow of a scroll bar moves."""
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1}


class DiagramCanvas(QAbstractScrollArea):
    """Shows a `Picture` and the rows that are chosen in it.

    Signals
    -------
    row_chosen(row_id, more)
        A layer was clicked, or gone to with the keyboard; ``more`` when it is to be chosen beside the others.
    zoomed(scale)
        The diagram is shown in another size.
    """

    row_chosen = Signal(str, bool)
    zoomed = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture = Picture()
        self._chosen: tuple[str, ...] = ()
        self._scale = 1.0
        self._fits = True
        self._pressed: QPoint | None = None
        self._dragged = False
        self.setObjectName("diagram")
        self.setAccessibleName("Diagram of the network")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.setSingleStep(LINE)
        theme.changed.connect(self._repaint)

    @property
    def picture(self) -> Picture:
        """What is shown."""
        return self._picture

    @property
    def scale(self) -> float:
        """Pixels to a point of the diagram."""
        return self._scale

    def show_picture(self, picture: Picture) -> None:
        """Show another diagram, in the same size and place unless it was made to fit."""
        self._picture = picture
        if self._fits:
            self.fit_width()
        else:
            self._range()
        self._repaint()

    def show_chosen(self, row_ids: Sequence[str]) -> None:
        """Let rows stand out, and bring the first of them into sight."""
        if tuple(row_ids) == self._chosen:
            return
        self._chosen = tuple(row_ids)
        boxes = [box for row_id in row_ids if (box := self._picture.of(row_id))]
        if boxes:
            self._bring_into_sight(boxes[-1].rect)
        self.setAccessibleDescription(", ".join(_spoken(box) for box in boxes))
        self._repaint()

    # size and place

    def fit(self) -> None:
        """Show the whole diagram."""
        room = self.maximumViewportSize()
        picture = self._picture
        self._zoom_to(min(room.width() / max(picture.width, 1), room.height() / max(picture.height, 1), 1.0))
        self._fits = False

    def fit_width(self) -> None:
        """Show it from its beginning, as wide as there is room; it stays so until another size is asked for."""
        room = self.maximumViewportSize().width() - self.verticalScrollBar().sizeHint().width()
        self._zoom_to(min(room / max(self._picture.width, 1), 1.0))
        self._fits = True

    def enlarge(self, steps: float, around: QPointF | None = None) -> None:
        """Zoom in by so many steps, or out; what is at ``around`` (the middle) stays where it is."""
        middle = around or QPointF(self.viewport().rect().center())
        held = self._in_picture(middle)
        self._zoom_to(self._scale * STEP**steps)
        self._fits = False
        self._scroll_to(held, middle)

    def _zoom_to(self, scale: float) -> None:
        self._scale = min(max(scale, SMALLEST), LARGEST)
        self._range()
        self._repaint()
        self.zoomed.emit(self._scale)

    def _range(self) -> None:
        """Let the scroll bars reach over the whole diagram."""
        room = self.viewport().size()
        for bar, whole, page in (
            (self.horizontalScrollBar(), self._picture.width, room.width()),
            (self.verticalScrollBar(), self._picture.height, room.height()),
        ):
            bar.setPageStep(page)
            bar.setRange(0, max(0, round(whole * self._scale) - page))

    @property
    def _origin(self) -> QPointF:
        """Where the upper left corner of the diagram is: in the middle, where there is more room than it takes."""
        room = self.viewport().size()
        spare = room.width() - self._picture.width * self._scale
        x = spare / 2 if spare > 0 else -self.horizontalScrollBar().value()
        return QPointF(x, -self.verticalScrollBar().value())

    def _in_picture(self, place: QPointF) -> Point:
        moved = place - self._origin
        return Point(moved.x() / self._scale, moved.y() / self._scale)

    def _scroll_to(self, point: Point, place: QPointF) -> None:
        """Bring a point of the diagram to a place of the window."""
        self.horizontalScrollBar().setValue(round(point.x * self._scale - place.x()))
        self.verticalScrollBar().setValue(round(point.y * self._scale - place.y()))

    def _bring_into_sight(self, rect: Rect) -> None:
        shown = self._shown()
        inside = shown.holds(Point(rect.x, rect.y)) and shown.holds(Point(rect.x + rect.width, rect.y + rect.height))
        if not inside:
            room = self.viewport().size()
            top = Point(rect.x + rect.width / 2, rect.y + min(rect.height / 2, room.height() / 3 / self._scale))
            self._scroll_to(top, QPointF(room.width() / 2, room.height() / 2))

    def _shown(self) -> Rect:
        """The part of the diagram that is in sight."""
        at, room = self._in_picture(QPointF(0, 0)), self.viewport().size()
        return Rect(at.x, at.y, room.width() / self._scale, room.height() / self._scale)

    # what Qt tells it

    def sizeHint(self) -> QSize:
        return QSize(480, 480)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fits:
            place = self.verticalScrollBar().value()
            self.fit_width()
            self.verticalScrollBar().setValue(place)
        else:
            self._range()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(self._theme.colours.surface))
        painter.translate(self._origin)
        painter.scale(self._scale, self._scale)
        drawing = Drawing(self._theme.colours, self.font(), self._chosen, self._scale)
        drawing.paint(painter, self._picture, self._shown())
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel zooms; two fingers on a touch pad move, unless Ctrl is held."""
        held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or (event.pixelDelta().y() and not held):
            super().wheelEvent(event)
        else:
            self.enlarge(event.angleDelta().y() / 120, event.position())
            event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from layer to layer; Ctrl with plus, minus and 0 zooms."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.enlarge(1)
        elif control and event.key() == Qt.Key.Key_Minus:
            self.enlarge(-1)
        elif control and event.key() == Qt.Key.Key_0:
            self.fit()
        elif event.key() in STEPS and not control:
            self._go(STEPS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _go(self, steps: int) -> None:
        rows = self._picture.rows
        if not rows:
            return
        current = next((rows.index(row_id) for row_id in reversed(self._chosen) if row_id in rows), -steps)
        self.row_chosen.emit(rows[min(max(current + steps, 0), len(rows) - 1)], False)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed, self._dragged = event.position().toPoint(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if self._pressed is None:
            self.viewport().setCursor(
                Qt.CursorShape.PointingHandCursor if self._at(point) else Qt.CursorShape.OpenHandCursor
            )
            return
        if not self._dragged and (point - self._pressed).manhattanLength() < 4:
            return
        self._dragged = True
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        moved, self._pressed = point - self._pressed, point
        for bar, pixels in ((self.horizontalScrollBar(), moved.x()), (self.verticalScrollBar(), moved.y())):
            bar.setValue(bar.value() - pixels)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        box = self._at(event.position().toPoint())
        if pressed is not None and not self._dragged and box and event.button() is Qt.MouseButton.LeftButton:
            self.row_chosen.emit(box.row_id, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))

    def viewportEvent(self, event: QEvent) -> bool:
        """Say in full what may be cut off."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            box = self._at(event.pos())
            QToolTip.showText(event.globalPos(), _spoken(box) if box else "", self)
            return True
        return super().viewportEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        del dx, dy
        self._repaint()

    def _at(self, point: QPoint) -> Box | None:
        return self._picture.at(self._in_picture(QPointF(point)))

    def _repaint(self, _: object = None) -> None:
        self.viewport().update()


def _spoken(box: Box) -> str:
    """A box in words: ``Linear, 16 units · bias, 80 parameters``."""
    parameters = f"{box.figures} parameters" if box.figures else ""
    return ", ".join(part for part in (box.title, box.badge, box.about, parameters) if part)
