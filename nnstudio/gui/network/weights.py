"""Where training starts: fresh weights, those of the last run, or a file; and what of a file found its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from nnstudio.gui.dialogs.transfer import TransferDialogs
from nnstudio.gui.panel import Button, literal_tip
from nnstudio.gui.studio import Studio
from nnstudio.session.live import LiveRun
from nnstudio.spec.endings import MODEL_SUFFIXES
from nnstudio.spec.events import WeightsLoaded
from nnstudio.spec.model import Model


class WeightsButton(Button):
    """Opens the menu of places to start from; the one in force has the tick."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__("Weights", tooltip="Where training starts: with fresh or with trained weights.", parent=parent)
        self._studio, self._dialogs = studio, TransferDialogs(studio, self)
        menu = QMenu("Weights", self)
        group = QActionGroup(menu)
        self.fresh = self._choice(menu, group, "Start fresh")
        self.fresh.triggered.connect(lambda _: studio.start_fresh())
        self.trained = self._choice(menu, group, "Start from the trained weights")
        self.trained.triggered.connect(lambda _: studio.start_from_last_run())
        self.file = self._choice(menu, group, "")
        menu.addSeparator()
        self.load = menu.addAction("Load from file…")
        self.load.triggered.connect(lambda _: self._dialogs.choose_weights())
        self.build = menu.addAction("Build network from file…")
        self.build.setToolTip("Replace the stack by the network that a weights file seems to hold.")
        self.build.triggered.connect(lambda _: self._ask(studio.build_network))
        menu.setToolTipsVisible(True)
        self.setProperty("hasMenu", True)
        self.setMenu(menu)

    def refresh(self) -> None:
        """Show where the project starts now."""
        start, finished = self._studio.state.project.model.start, self._studio.run.finished
        is_trained = start is not None and finished is not None and start.sha256 == finished.best_sha256
        self.fresh.setText(f"Start fresh (seed {self._studio.state.project.training.seed})")
        self.fresh.setChecked(start is None)
        self.trained.setEnabled(finished is not None)
        self.trained.setToolTip("" if finished else "There are none yet: train first.")
        self.trained.setChecked(is_trained)
        is_file = start is not None and not is_trained
        self.file.setVisible(is_file)
        if start and is_file:
            self.file.setText(f"Start from {Path(start.path).name}".replace("&", "&&"))
            self.file.setToolTip(literal_tip(start.path))
            self.file.setChecked(True)

    def _choice(self, menu: QMenu, group: QActionGroup, title: str) -> QAction:
        action = menu.addAction(title)
        action.setCheckable(True)
        group.addAction(action)
        return action

    def _ask(self, use: Callable[[Path], None]) -> None:
        pattern = " ".join(f"*{suffix}" for suffix in MODEL_SUFFIXES)
        path, _ = QFileDialog.getOpenFileName(self, "Load weights", "", f"PyTorch weights ({pattern});;All files (*)")
        if path:
            use(Path(path))


def start_sentence(model: Model, run: LiveRun) -> tuple[str, str]:
    """Where training starts, in a few words, and the whole story for the tooltip."""
    start, parts = model.start, " and ".join(dict.fromkeys(Path(graft.path).name for graft in model.grafts))
    if start is None and not parts:
        return "starts fresh", "Training starts with fresh, random weights."
    if start is None:
        return f"fresh but for {parts}", f"Training starts with fresh, random weights, but for the layers of {parts}."
    trained = run.finished and start.sha256 == run.finished.best_sha256
    place = "the trained weights" if trained else Path(start.path).name
    place = f"{place} and {parts}" if parts else place
    whole = f"Training starts from {start.path}{f', and layers from {parts}' if parts else ''}."
    if run.weights is None or run.weights.path != start.path:
        return f"from {place}", whole
    return f"from {place} · {_match(run.weights)} matched", f"{whole}\n\n{_story(run.weights)}"


def _match(loaded: WeightsLoaded) -> str:
    return f"{len(loaded.matched)} of {len(loaded.matched) + len(loaded.fresh)}"


def _story(loaded: WeightsLoaded) -> str:
    lines = [f"In the last run, {_match(loaded)} tensors matched."]
    for title, names in (("Fresh", loaded.fresh), ("Not used", loaded.unused)):
        if names:
            more = f" and {len(names) - 12} more" if len(names) > 12 else ""
            lines.append(f"{title}: {', '.join(names[:12])}{more}.")
    return "\n".join(lines)
