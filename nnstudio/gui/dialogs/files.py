"""Asks which file to open or to write, and for leave before unsaved work would go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from nnstudio.gui.actions import needs
from nnstudio.gui.dialogs.ask import ask_end_run, ask_end_search, ask_unsaved
from nnstudio.gui.dialogs.folder import is_sample, last_folder, with_suffix, writable_folder
from nnstudio.gui.drop import dropped_files
from nnstudio.gui.drop_plan import Plan, kind_of, plan_for
from nnstudio.gui.studio import Studio
from nnstudio.spec.endings import DATA_FILES, MODEL_SUFFIXES
from nnstudio.spec.errors import FileError, StudioError
from nnstudio.spec.events import Exported
from nnstudio.spec.exports import EXPORTS
from nnstudio.spec.files import SUFFIX
from nnstudio.spec.networks.template import NetworkTemplate
from nnstudio.spec.parts import Part
from nnstudio.spec.sources import ImageFolderSource

MODELS = " ".join(f"*{suffix}" for suffix in MODEL_SUFFIXES)
ALL_DATA = " ".join(DATA_FILES.values())
DATA_FILTERS = ";;".join(
    (f"All data ({ALL_DATA})", *(f"{title} ({endings})" for title, endings in DATA_FILES.items()), "All files (*)")
)
OPEN_FILTERS = ";;".join(
    (
        f"All that nnstudio opens (*{SUFFIX} {ALL_DATA} {MODELS})",
        f"Projects (*{SUFFIX})",
        *(f"{title} ({endings})" for title, endings in DATA_FILES.items()),
        f"Models ({MODELS})",
        "All files (*)",
    )
)
PROJECT_FILTER = f"nnstudio projects (*{SUFFIX})"
SAVED_MODEL_SUFFIXES = (".pth", ".pt")
MODEL_FILTER = f"PyTorch models ({' '.join(f'*{suffix}' for suffix in SAVED_MODEL_SUFFIXES)})"


class FileDialogs:
    """The verbs of the File menu."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        self._studio = studio
        self._parent = parent

    def new(self) -> None:
        if self.may_lose_project():
            self._studio.new_project()

    def open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._parent, "Open", str(last_folder(self._studio)), OPEN_FILTERS)
        if path:
            self.open_path(Path(path))

    def open_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(
            self._parent, "Open a folder of pictures", str(last_folder(self._studio))
        )
        if path:
            self.open_path(Path(path))

    def open_path(self, path: Path) -> None:
        """Open a file; one that replaces the project asks first (a table becomes its data, which can be undone).

        While a run is under way, a project is refused without a question.
        """
        is_project = path.suffix == SUFFIX
        replaces = is_project or path.name.lower().endswith((SUFFIX, *MODEL_SUFFIXES))
        is_refused = is_project and self._studio.run.status.is_busy
        if not replaces or is_refused or self.may_lose_project():
            self._studio.open_path(path)

    def open_for(self, template: NetworkTemplate) -> None:
        """Ask for data, and make a network of ``template`` for them, in a project of its own."""
        title = f"Data for “{template.title}”"
        if template.family == "convolution":
            path = QFileDialog.getExistingDirectory(self._parent, title, str(last_folder(self._studio)))
        else:
            path, _ = QFileDialog.getOpenFileName(self._parent, title, str(last_folder(self._studio)), DATA_FILTERS)
        if path and self.may_lose_project():
            self._studio.open_for(Path(path), template)

    def plan(self, paths: Sequence[Path]) -> Plan:
        """What would become of ``paths`` now: no project is opened while a run is under way."""
        plan = plan_for(paths)
        if self._studio.run.status.is_busy and any(kind_of(path) == "project" for path in plan.open):
            return Plan((), f"“{plan.open[0].name}” cannot be opened now.", needs.IDLE)
        return plan

    def refuse(self, plan: Plan) -> None:
        """Say why what was dropped cannot be opened."""
        self._studio.notices.warn(plan.what, "", plan.text)

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open what was dropped, pasted or handed over together, as far as it belongs together."""
        if not paths:
            return
        plan = plan_for(paths)
        if not plan.open:
            self._studio.notices.error(FileError(plan.what, "", plan.text))
        elif plan.split:
            self._studio.open_path(plan.open[0], plan.split)
        else:
            for path in plan.open:
                self.open_path(path)
            if len(plan.open) < len(paths):
                what = f"Only “{plan.open[0].name}” was opened."
                self._studio.notices.info(
                    what, "Of several files, one is opened, unless they are data and weights, or say train and test."
                )

    def paste(self) -> None:
        """Open what lies on the clipboard: files, or the text of a table."""
        mime: QMimeData | None = QGuiApplication.clipboard().mimeData()  # Qt gives none where it is empty
        if mime is not None and (files := dropped_files(mime)):
            self.open_paths(files)
        else:
            self._studio.paste_data(QGuiApplication.clipboard().text())

    def locate(self) -> None:
        """Ask where the data of the project lies now."""
        data = self._studio.state.project.data
        if data is None:
            return
        path = Path(data.source.path)
        folder = str(next((above for above in path.parents if above.is_dir()), Path.home()))
        title = f"Where is {path.name}?"
        if isinstance(data.source, ImageFolderSource):
            found = QFileDialog.getExistingDirectory(self._parent, title, folder)
        else:
            found, _ = QFileDialog.getOpenFileName(self._parent, title, folder, DATA_FILTERS)
        if found:
            self._studio.locate(Path(found))

    def export_rows(self, part: Part | Literal[""] = "") -> None:
        """Ask where to write the rows of a part, or all of them with their part."""
        data = self._studio.state.project.data
        if data is None:
            return
        stem = Path(data.source.path).stem
        suggested = str(writable_folder(self._studio) / f"{stem}-{part or 'parts'}.csv")
        path, _ = QFileDialog.getSaveFileName(self._parent, "Export rows", suggested, "CSV (*.csv)")
        if path:
            self._studio.export_rows(with_suffix(path, ".csv"), part)

    def save(self) -> bool:
        """Save where the project lies; ask where that is nowhere yet, or among the samples."""
        path = self._studio.state.path
        return self._studio.save(path) if path and not is_sample(path) else self.save_as()

    def save_as(self) -> bool:
        state = self._studio.state
        own = state.path if state.path and not is_sample(state.path) else None
        suggested = str(own or writable_folder(self._studio) / f"{Path(state.name).stem}{SUFFIX}")
        path, _ = QFileDialog.getSaveFileName(self._parent, "Save the project", suggested, PROJECT_FILTER)
        return bool(path) and self._studio.save(with_suffix(path, SUFFIX))

    def save_model(self, state_dict_only: bool = False) -> None:
        ending = "-state_dict.pth" if state_dict_only else ".pth"
        suggested = str(writable_folder(self._studio) / f"{Path(self._studio.state.name).stem}{ending}")
        title = "Save the state_dict" if state_dict_only else "Save the model"
        path, _ = QFileDialog.getSaveFileName(self._parent, title, suggested, MODEL_FILTER)
        if path:
            self._studio.save_model(with_suffix(path, *SAVED_MODEL_SUFFIXES), state_dict_only)

    def save_code(self) -> None:
        """Ask where to write the network as PyTorch code."""
        suggested = str(writable_folder(self._studio) / f"{Path(self._studio.state.name).stem}.py")
        path, _ = QFileDialog.getSaveFileName(self._parent, "Save the code", suggested, "Python (*.py)")
        if path:
            save_code(self._studio, with_suffix(path, ".py"))

    def save_script(self) -> None:
        """Ask where to write the code that trains what is open: as a script, or as a notebook."""
        python, notebook = EXPORTS["python"], EXPORTS["notebook"]
        suggested = str(writable_folder(self._studio) / python.file_name(Path(self._studio.state.name).stem))
        filters = ";;".join(f"{kind.title} (*{kind.suffix})" for kind in (python, notebook))
        path, chosen = QFileDialog.getSaveFileName(self._parent, "Save the training script", suggested, filters)
        if path:
            usual = notebook.suffix if notebook.suffix in chosen else python.suffix
            save_script(self._studio, with_suffix(path, usual, python.suffix, notebook.suffix))

    def export(self) -> None:
        """Ask in which forms to write the weights at hand, and where."""
        from nnstudio.gui.dialogs.export import ask_export  # noqa: PLC0415  # loaded when asked for

        ask_export(self._studio, self._studio.model_file, self._studio.state.name, self._parent)

    def may_lose_project(self) -> bool:
        """Ask, where the project has changes that are not saved; says whether it may go."""
        state = self._studio.state
        if state.is_saved:
            return True
        answer = ask_unsaved(self._parent, state.name)
        return self.save() if answer == "save" else answer == "discard"

    def may_close(self) -> bool:
        """Ask for whatever would be lost with the window."""
        studio = self._studio
        runs = (studio.run, studio.transfer.rival.run)
        is_busy = any(run.status.is_busy for run in runs) or studio.repeater.is_busy
        if is_busy and not ask_end_run(self._parent, len(studio.trainer.queue.waiting)):
            return False
        if studio.searcher.search.status.is_busy and not ask_end_search(self._parent):
            return False
        return self.may_lose_project()


def save_code(studio: Studio, path: Path) -> None:
    """Write the network that is open as PyTorch code to ``path``; a notice says how it went."""
    from nnstudio.session.printing import code_of  # noqa: PLC0415  # a window must not wait for it

    if code := code_of(studio.state):
        studio.save_file("The code was", path, lambda partial: partial.write_text(code.text, encoding="utf-8"))


def save_script(studio: Studio, path: Path) -> None:
    """Let the engine write the training script of what is open to ``path``; a notice says how it went."""

    def tell(answer: Exported | StudioError) -> None:
        if isinstance(answer, StudioError):
            studio.notices.error(answer)
        else:
            studio.notices.info(f"The script was saved as “{path.name}”.", answer.sentence)

    studio.printer.write(path, tell)
