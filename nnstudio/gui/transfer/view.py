"""The tab for transfer learning: the steps to a fine-tuned network, and where each tensor of the weights goes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from nnstudio.gui.dialogs.files import FileDialogs
from nnstudio.gui.dialogs.transfer import TransferDialogs
from nnstudio.gui.drop import DropHint, dropped_files
from nnstudio.gui.drop_plan import Plan
from nnstudio.gui.lazily import LazyView
from nnstudio.gui.panel import Button, Choice, ElidedLabel, EmptyState, VerticalScroll
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.transferring import Page
from nnstudio.gui.theme import GRID, Theme
from nnstudio.gui.transfer.comparison import Comparison
from nnstudio.gui.transfer.step_list import StepList
from nnstudio.gui.transfer.tensors_page import TensorsPage
from nnstudio.session.fine_tuning import Key
from nnstudio.spec.endings import MODEL_SUFFIXES
from nnstudio.spec.events import ModelOpened

WIDEST = 112 * GRID
"""Pixels; in wider rows the eye loses the button that belongs to a sentence."""
LESSON = (
    "A network that has learned something similar needs fewer rows and fewer epochs: its early layers see already what "
    "matters, and only the last ones have to learn your question. Drop a weights file here (.pth, .pt, .safetensors), "
    "your own or somebody else’s: you see which of its tensors fit, freeze what is to stay, and train the rest."
)

TABS: dict[str, tuple[str, str]] = {
    "steps": ("Fine-tune", "The way to a fine-tuned network, step by step."),
    "tensors": ("Tensors", "Where each tensor of the file goes."),
}


class TransferView(LazyView):
    """Teaches while nothing is chosen; then shows the steps, or the tensors."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self.setAcceptDrops(True)
        self._is_guided = False
        self._dialogs, self._files = TransferDialogs(studio, self), FileDialogs(studio, self)
        self.choose = Button("Choose weights…", "primary", self._dialogs.choose_weights, "Open a weights file.")
        self.guide = Button("Fine-tune step by step", clicked=self._guide, tooltip="From weights to a comparison.")
        self.empty = EmptyState("Start from what another network knows", LESSON, (self.choose, self.guide))
        self.file = ElidedLabel(role="strong")
        self.kind = ElidedLabel(role="muted")
        self.tabs = Choice(TABS)
        self.steps, self.comparison = StepList(theme, self._do), Comparison(theme)
        self.tensors = TensorsPage(studio, theme)
        self._stack = QStackedWidget()
        self._lay_out()
        self._hint = DropHint(self)
        self._listen()

    def _lay_out(self) -> None:
        self.tabs.show_choice("steps")
        self.tabs.chosen.connect(self.show_page)
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        row.addWidget(self.tabs)
        row.addSpacing(GRID)
        row.addWidget(self.file)
        row.addWidget(self.kind, 1)
        way = QWidget()
        column = QVBoxLayout(way)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.steps, self.comparison):
            widget.setMaximumWidth(WIDEST)
            column.addWidget(widget)
        column.addStretch(1)
        self._stack.addWidget(VerticalScroll(way))
        self._stack.addWidget(self.tensors)
        self.lay_out(self.empty, (bar,), self._stack)

    def _listen(self) -> None:
        studio = self._studio
        forget = (
            studio.run.changed.listen(self._render_runs),
            studio.transfer.rival.run.changed.listen(self._render_runs),
            studio.transfer.shown.listen(self._show_asked),
        )
        self.destroyed.connect(lambda: [stop() for stop in forget])

    # rendering

    def render_state(self) -> None:
        state = self._studio.state
        starts = state.project.model.starts
        self.show_content(bool(starts) or self._is_guided)
        names = [Path(start.path).name for start in starts]
        self.file.setText(", ".join(names))
        file = state.files.get(starts[0].path) if starts else None
        self.file.explain("\n".join(start.path for start in starts))
        self.kind.setText(file.kind if isinstance(file, ModelOpened) and len(starts) == 1 else "")
        self.kind.explain(" ".join(file.notes) if isinstance(file, ModelOpened) else "")
        self.tensors.render_state(state)
        self._render_runs()

    def render_choice(self) -> None:
        """What is chosen shows in the list of layers alone."""

    def _render_runs(self) -> None:
        if self.isVisible():
            self.steps.show_steps(self._studio.transfer.steps)
            self.comparison.show_runs(self._studio.run, self._studio.transfer.rival.run)

    # what the user asks for

    def show_page(self, page: Page) -> None:
        """Bring the steps or the tensors to the front."""
        self.tabs.show_choice(page)
        self._stack.setCurrentIndex(list(TABS).index(page))

    def _show_asked(self, page: Page) -> None:
        self._guide()
        self.show_page(page)

    def _guide(self) -> None:
        self._is_guided = True
        self.render_state()

    def _do(self, key: Key) -> None:
        studio = self._studio
        verbs = {
            "data": self._files.open,
            "weights": studio.build_network if studio.state.offered else self._dialogs.choose_weights,
            "match": lambda: self.show_page("tensors"),
            "head": studio.transfer.fit_head,
            "freeze": studio.transfer.freeze_all_but_head,
            "rate": studio.transfer.smaller_rate,
            "train": studio.stop if studio.run.status.is_busy else studio.train,
            "compare": studio.transfer.toggle_rival,
        }
        verbs[key]()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        files = dropped_files(event.mimeData())
        if files and files[0].suffix.casefold() in MODEL_SUFFIXES:
            event.acceptProposedAction()
            what = f"start from “{files[0].name}”"
            self._hint.offer(Plan((files[0],), what, "You see which of its tensors fit. Undo takes it back."))
        else:
            event.ignore()  # data and projects are for the window

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the weights once the drag is over: its source waits for that, while a question may be asked here."""
        event.acceptProposedAction()
        path = dropped_files(event.mimeData())[0]
        QTimer.singleShot(0, self, lambda: self._dialogs.use_weights(path))
