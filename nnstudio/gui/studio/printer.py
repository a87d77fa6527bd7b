"""The verbs that print: the open experiment as a script that trains it, to look at or as a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nnstudio.gui.studio.engines import Engines, JobHandle
from nnstudio.gui.studio.hearing import either
from nnstudio.session.document import Document, State
from nnstudio.session.live import LiveRun
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import CodePrinted, Exported
from nnstudio.spec.exports import EXPORTS
from nnstudio.spec.project import Project
from nnstudio.spec.requests import PrintCode, WriteCode


class Printer:
    """Asks the engine for code, which follows the plan of the last ``run`` as long as that is of the open project."""

    def __init__(self, document: Document, engines: Engines, run: LiveRun) -> None:
        self._document, self._engines, self._run = document, engines, run

    def request(self) -> PrintCode | None:
        """What to ask for so that the open project is printed; None without data."""
        out = script_path(self._document.state)
        return PrintCode(self._document.project, str(out), self._model_file) if out else None

    def show(self, request: PrintCode, receive: Callable[[CodePrinted | StudioError], None]) -> JobHandle:
        """Print what is asked for."""
        return self._engines.submit(request, either(CodePrinted, lambda printed: printed, receive))

    def write(self, path: Path, receive: Callable[[Exported | StudioError], None]) -> None:
        """Write the script of the open project to ``path`` (``.py`` or ``.ipynb``), and what it reads beside it."""
        request = WriteCode(PrintCode(self._document.project, str(path), self._model_file))
        self._engines.submit(request, either(Exported, lambda done: done, receive))

    @property
    def _model_file(self) -> str:
        finished, trained = self._run.finished, self._run.project
        is_same = trained is not None and _trains(trained) == _trains(self._document.project)
        return finished.best_weights if finished and is_same else ""


def _trains(project: Project) -> tuple[object, ...]:
    """What of a project decides what its training comes to."""
    return project.data, project.model, project.training


def script_path(state: State) -> Path | None:
    """Where the script that is shown is thought to lie: beside the project, else beside its data; None without data."""
    data = state.project.data
    if data is None:
        return None
    folder = (state.path or Path(data.source.path)).parent
    return folder / EXPORTS["python"].file_name(Path(state.name).stem)
