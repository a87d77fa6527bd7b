"""Asks which file to open or to write, and for leave before unsaved work would go."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from nnstudio.gui.dialogs.ask import ask_end_run, ask_unsaved
from nnstudio.gui.studio import MODEL_SUFFIXES, Studio
from nnstudio.spec.files import SUFFIX

TABLES = "*.csv *.tsv *.tab *.txt"
MODELS = " ".join(f"*{suffix}" for suffix in MODEL_SUFFIXES)
OPEN_FILTERS = ";;".join(
    (
        f"All that nnstudio opens (*{SUFFIX} {TABLES} {MODELS})",
        f"Tables ({TABLES})",
        f"Projects (*{SUFFIX})",
        f"Models ({MODELS})",
        "All files (*)",
    )
)
PROJECT_FILTER = f"nnstudio projects (*{SUFFIX})"
MODEL_FILTER = f"PyTorch models ({MODELS})"


class FileDialogs:
    """The verbs of the File menu."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        self._studio = studio
        self._parent = parent

    def new(self) -> None:
        if self.may_lose_project():
            self._studio.new_project()

    def open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._parent, "Open", self._folder(), OPEN_FILTERS)
        if path:
            self.open_path(Path(path))

    def open_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self._parent, "Open a folder of pictures", self._folder())
        if path:
            self.open_path(Path(path))

    def open_weights(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._parent, "Load weights", self._folder(), MODEL_FILTER)
        if path:
            self.open_path(Path(path))

    def open_path(self, path: Path) -> None:
        """Open a file; one that replaces the project asks first (a table becomes its data, which can be undone)."""
        replaces = path.suffix in (SUFFIX, *MODEL_SUFFIXES)
        if not replaces or self.may_lose_project():
            self._studio.open_path(path)

    def save(self) -> bool:
        path = self._studio.state.path
        return self._studio.save(path) if path else self.save_as()

    def save_as(self) -> bool:
        state = self._studio.state
        suggested = str(state.path or Path(self._folder()) / f"{Path(state.name).stem}{SUFFIX}")
        path, _ = QFileDialog.getSaveFileName(self._parent, "Save the project", suggested, PROJECT_FILTER)
        return bool(path) and self._studio.save(_with_suffix(path, SUFFIX))

    def save_model(self, state_dict_only: bool = False) -> None:
        ending = "-state_dict.pth" if state_dict_only else ".pth"
        suggested = str(Path(self._folder()) / f"{Path(self._studio.state.name).stem}{ending}")
        title = "Save the state_dict" if state_dict_only else "Save the model"
        path, _ = QFileDialog.getSaveFileName(self._parent, title, suggested, MODEL_FILTER)
        if path:
            self._studio.save_model(_with_suffix(path, *MODEL_SUFFIXES), state_dict_only)

    def may_lose_project(self) -> bool:
        """Ask, where the project has changes that are not saved; says whether it may go."""
        state = self._studio.state
        if state.is_saved:
            return True
        answer = ask_unsaved(self._parent, state.name)
        return self.save() if answer == "save" else answer == "discard"

    def may_close(self) -> bool:
        """Ask for whatever would be lost with the window."""
        if self._studio.run.status.is_busy and not ask_end_run(self._parent):
            return False
        return self.may_lose_project()

    def _folder(self) -> str:
        """Where the last file was."""
        recent = self._studio.preferences.recent
        path = self._studio.state.path or (Path(recent[0]) if recent else None)
        return str(path.parent if path else Path.home())


def _with_suffix(path: str, *suffixes: str) -> Path:
    return Path(path) if Path(path).suffix in suffixes else Path(path + suffixes[0])
