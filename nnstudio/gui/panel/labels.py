"""Words: on one line that is cut off, on many, or changing many times a second."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from nnstudio.gui.panel.tips import literal_tip


class ElidedLabel(QLabel):
    """One line that is cut off with an ellipsis where room is short; the whole text is then in the tooltip."""

    def __init__(self, text: str = "", role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self._explanation = ""
        self._mode = Qt.TextElideMode.ElideRight
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def set_mode(self, mode: Qt.TextElideMode) -> None:
        """Where the text is cut off."""
        self._mode = mode
        self._fit()

    def explain(self, tooltip: str) -> None:
        """Say more in the tooltip, behind the whole text if that is cut off."""
        if tooltip != self._explanation:
            self._explanation = tooltip
            self._fit()

    def text(self) -> str:
        """The whole text."""
        return self._whole

    def setText(self, text: str) -> None:
        if text == self._whole:
            return
        self._whole = text
        self.setAccessibleName(text)
        self._fit()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        margins = self.contentsMargins()
        width = self.fontMetrics().horizontalAdvance(self._whole) + margins.left() + margins.right() + 2
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        shortest = self.fontMetrics().horizontalAdvance("…")
        return QSize(min(shortest * 3, self.sizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, self._mode, self.contentsRect().width())
        super().setText(shown)
        whole = self._whole if shown != self._whole else ""
        self.setToolTip(literal_tip("\n".join(part for part in (whole, self._explanation) if part)))


class Still(QWidget):
    """Holds a widget whose words change many times a second.

    With a layout around it, every new word would let the whole window lay itself out and paint itself anew. So only
    another height is passed on.
    """

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        content.setParent(self)
        self._height = content.sizeHint().height()
        self.setSizePolicy(content.sizePolicy())

    def sizeHint(self) -> QSize:
        return self._content.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._content.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._content.resize(event.size())

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest and self._content.sizeHint().height() != self._height:
            self._height = self._content.sizeHint().height()
            self.updateGeometry()
        return super().event(event)


class Note(QLabel):
    """Text of any length that wraps; ``role`` is ``muted``, ``small`` or ``problem``."""

    def __init__(self, text: str = "", role: str = "muted", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setWordWrap(True)
        self.setMinimumWidth(1)
