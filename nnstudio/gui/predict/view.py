"""The Predict tab: one example or a whole file, by the network at hand."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QStandardPaths, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from nnstudio.data.pictures.picture_files import SUFFIXES
from nnstudio.gui.drop import DropHint, dropped_files, gone
from nnstudio.gui.drop_plan import PICTURE, USELESS, Plan
from nnstudio.gui.panel import MARGIN, Choice, ElidedLabel, EmptyState, Pages
from nnstudio.gui.predict.example import ExamplePage
from nnstudio.gui.predict.file import FilePage
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.pasting import keep_pasted
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.answers import which_model
from nnstudio.spec.endings import MODEL_SUFFIXES
from nnstudio.spec.errors import StudioError
from nnstudio.spec.files import SUFFIX

PAGES = {
    "example": ("One example", "Enter a row or show a picture, and see at once what the network says to it."),
    "file": ("Many examples", "Predict every row of a table, or every picture of a folder."),
}


class PredictView(QWidget):
    """Shows what the network at hand says; takes tables, folders and pictures that are dropped or pasted."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._predictor = studio.predictor
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.untrained = EmptyState(
            "No trained network yet",
            "Press Train, or open a model file (.pth): here it will say what it makes of rows that you enter, of "
            "pictures, and of whole files.",
        )
        self.pages = Choice(PAGES)
        self.model = ElidedLabel(role="small")
        self.example = ExamplePage(self._predictor.asker, studio.save_file, theme)
        self.file = FilePage(self._predictor.file, lambda: studio.state.project.data, studio.notices, theme)
        self._lay_out()
        self._hint = DropHint(self)
        self.pages.chosen.connect(self.show_page)
        self.file.paste_asked.connect(lambda: self.paste(QGuiApplication.clipboard().mimeData()))
        self.show_page("example")
        for stop in (
            self._predictor.answering.changed.listen(self._follow_model),
            studio.run.changed.listen(self._render_model),
            self._predictor.file.changed.listen(self._render_model),
        ):
            self.destroyed.connect(stop)
        self._follow_model()

    def _lay_out(self) -> None:
        page = QWidget()
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self.pages)
        head.addWidget(self.model, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.example)
        self._stack.addWidget(self.file)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(MARGIN, GRID, MARGIN, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(head)
        layout.addWidget(self._stack, 1)
        self._pages = Pages(self, self.untrained, page)

    def show_page(self, page: str) -> None:
        """Turn to one example or to a file."""
        self.pages.show_choice(page)
        self._stack.setCurrentIndex(list(PAGES).index(page))
        self._render_model()

    # the network that answers

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._predictor.asker.describe()

    def _follow_model(self) -> None:
        """Ask another network as soon as it is looked at."""
        self._pages.show_content(bool(self._predictor.answering.model))
        self._render_model()
        if self.isVisible():
            self._predictor.asker.describe()

    def _render_model(self) -> None:
        run, file = self._studio.run, self._predictor.file
        finished = run.finished
        best, epoch = (finished.best_weights, finished.best_epoch) if finished else ("", 0)
        is_file = self._stack.currentWidget() is self.file and file.model
        if model := file.model if is_file else self._predictor.answering.model:
            since = " Another network is at hand since then." if is_file and file.is_outdated else ""
            self.model.setText(which_model(model, best, epoch, run.status.is_busy) + since)
            self.model.explain(model)

    # what is dropped and pasted

    def open_path(self, path: Path) -> None:
        """Ask for a picture where the network looks at pictures, else predict the file or folder."""
        if self._is_example(path):
            self.show_page("example")
            self._predictor.asker.take_picture(path)
        else:
            self.show_page("file")
            self.file.open_path(path)

    def _is_example(self, path: Path) -> bool:
        """Whether it is one picture, and the network looks at pictures."""
        form = self._predictor.asker.form
        return bool(form and form.picture) and path.suffix.lower() in SUFFIXES

    def _plan(self, path: Path) -> Plan:
        """What dropping ``path`` here would do, or why nothing can be."""
        if plan := gone(path) or self._refusal(path):
            return plan
        what = f"ask for “{path.name}”" if self._is_example(path) else f"predict all of “{path.name}”"
        return Plan((path,), what, "The network at hand answers; the data of the project stay as they are.")

    def _refusal(self, path: Path) -> Plan | None:
        """Why the network cannot answer for ``path``, as far as its name says."""
        form = self._predictor.asker.form
        why = USELESS.get(path.suffix.lower(), "")
        if form and not form.picture and (path.is_dir() or why == PICTURE):
            return Plan((), f"“{path.name}” is no table.", "The network at hand answers for rows of a table.")
        return Plan((), f"“{path.name}” cannot be predicted.", why) if why not in ("", PICTURE) else None

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take data where a network is at hand; anything else is the window's."""
        files = dropped_files(event.mimeData())
        has_model = bool(self._predictor.answering.model)
        if has_model and len(files) == 1 and not files[0].name.lower().endswith((SUFFIX, *MODEL_SUFFIXES)):
            event.acceptProposedAction()
            self._hint.offer(self._plan(files[0]))
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.open_path(dropped_files(event.mimeData())[0])

    def event(self, event: QEvent) -> bool:
        """Keep paste from the window, which would open what is pasted as other data."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._pastes(event):
            event.accept()
            return True
        return super().event(event)

    def _pastes(self, event: QKeyEvent) -> bool:
        return bool(self._predictor.answering.model) and event.matches(QKeySequence.StandardKey.Paste)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._pastes(event):
            self.paste(QGuiApplication.clipboard().mimeData())
        else:
            super().keyPressEvent(event)

    def paste(self, mime: QMimeData) -> None:
        """Predict rows, a file or a picture from the clipboard."""
        if files := dropped_files(mime):
            self.open_path(files[0])
        elif mime.hasImage():
            self._paste_picture(QImage(mime.imageData()))
        else:
            try:
                self.open_path(keep_pasted(mime.text()))
            except (StudioError, OSError) as error:
                self._studio.notices.error(error)

    def _paste_picture(self, image: QImage) -> None:
        folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.TempLocation))
        path = folder / f"nnstudio-pasted-{id(self)}.png"
        if image.save(str(path), b"PNG"):
            self.open_path(path)
