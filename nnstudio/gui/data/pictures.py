"""A folder of pictures: the size and colour that they are read with, and how many each class has."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from nnstudio.gui.data import words
from nnstudio.gui.data.drawing import between
from nnstudio.gui.forms import Form
from nnstudio.gui.panel import Note
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.spec.data import ImageFolderSource
from nnstudio.spec.params import fields_of

SETTLE_MILLISECONDS = 600
"""So long after the last keystroke the folder is read again."""
LINE = 22


class PictureSection(QWidget):
    """How the pictures of a folder are read; reads them again when that is changed."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._wanted: ImageFolderSource | None = None
        self._settled = QTimer(self, singleShot=True, interval=SETTLE_MILLISECONDS)
        self._settled.timeout.connect(self._read_again)
        self.form = Form([field for field in fields_of(ImageFolderSource) if field.name != "path"], self._change)
        self.classes = ClassBars(theme)
        self._more = Note(role="small")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        for widget in (self.form, self.classes, self._more):
            layout.addWidget(widget)

    def render_state(self, state: State) -> None:
        """Show the settings and the classes of a project whose data is a folder of pictures."""
        source = edits.data_of(state.project).source
        assert isinstance(source, ImageFolderSource)
        if self._wanted is None or self._wanted.path != source.path:
            self._wanted = None
            self.form.render({"width": source.width, "height": source.height, "colour": source.colour})
        profile = words.target_profile(state)
        if profile:
            self.classes.render_counts(profile.top)
        rest = profile.distinct - len(profile.top) if profile else 0
        self._more.setText(f"and {words.counted(rest, 'more class')}" if rest else "")
        self._more.setVisible(rest > 0)

    def _change(self, name: str, value: object) -> None:
        source = self._wanted or edits.data_of(self._studio.state.project).source
        assert isinstance(source, ImageFolderSource)
        self._wanted = replace(source, **{name: value})  # type: ignore[arg-type]  # the form has checked it
        self._settled.start()

    def _read_again(self) -> None:
        wanted, self._wanted = self._wanted, None
        project = self._studio.state.project
        if wanted and project.data and project.data.source.path == wanted.path:
            size = f"{wanted.width} × {wanted.height}"
            changed = edits.set_data(project, replace(project.data, source=wanted))
            self._studio.apply(f"Read pictures as {size}", changed, merge="pictures")


class ClassBars(QWidget):
    """The classes with their numbers of pictures, as bars."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._counts: tuple[tuple[str, int], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(lambda _: self.update())

    def render_counts(self, counts: tuple[tuple[str, int], ...]) -> None:
        """Show ``(class, pictures)``, as they are sorted."""
        self._counts = counts
        self.setAccessibleName("Classes: " + ", ".join(f"{name} {count:,}" for name, count in counts))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(20 * GRID, LINE * len(self._counts))

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent):
            line = event.pos().y() // LINE
            name = self._counts[line][0] if 0 <= line < len(self._counts) else ""
            self.setToolTip(words.plain_tip(name))
        return super().event(event)  # type: ignore[arg-type]  # Qt's event

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature
        painter, colours = QPainter(self), self._theme.colours
        most = max((count for _, count in self._counts), default=1)
        left = self.width() // 3
        for place, (name, count) in enumerate(self._counts):
            line = QRectF(0, place * LINE, self.width(), LINE)
            shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, left - GRID)
            painter.setPen(QColor(colours.text))
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
            painter.setPen(QColor(colours.muted))
            painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{count:,}")
            bar = QRectF(left, line.top() + 7, (self.width() - left - 6 * GRID) * count / most, LINE - 14)
            painter.fillRect(bar, between(colours.surface, colours.accent, 0.62))
