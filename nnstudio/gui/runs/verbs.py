"""What can be done with a run that is over: open its project, go on from its weights, delete it, export the list."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from PySide6.QtWidgets import QWidget

from nnstudio.gui.dialogs.export import ask_export
from nnstudio.gui.dialogs.longer import ask_longer
from nnstudio.gui.studio import Studio
from nnstudio.runs.alive import is_alive
from nnstudio.runs.course import ENDING
from nnstudio.runs.listing import Order, RunLine, RunList
from nnstudio.runs.store import BEST, RunStore
from nnstudio.session import edits
from nnstudio.spec.errors import StudioError
from nnstudio.spec.model import Weights
from nnstudio.spec.words import counted


class RunVerbs:
    """The verbs over a store and the studio; what goes wrong becomes a notice."""

    def __init__(self, studio: Studio, store: RunStore) -> None:
        self._studio, self._store = studio, store

    def weights_of(self, line: RunLine) -> Path:
        """Where the best weights of a run lie, if they are there."""
        return self._store.run_folder(line.id) / BEST

    def has_weights(self, line: RunLine) -> bool:
        return self.weights_of(line).is_file()

    def open_project(self, line: RunLine) -> None:
        """Open the project that was trained, as a project that is not saved anywhere."""
        try:
            self._studio.open_unsaved(self._store.run(line.id).project)
        except StudioError as error:
            self._studio.notices.error(error)

    def use_weights(self, line: RunLine) -> None:
        """Let the next run of the project that is open start from the best weights of this one."""
        try:
            finished = self._store.run(line.id).result
        except StudioError as error:
            self._studio.notices.error(error)
            return
        weights = Weights(str(self.weights_of(line)), finished.best_sha256 if finished else "")
        studio = self._studio
        studio.apply(
            f"Start from the weights of {line.name or line.id}", edits.start_from(studio.state.project, weights)
        )

    def export_model(self, line: RunLine, parent: QWidget) -> None:
        """Ask in which forms the best weights of a run are to be written."""
        ask_export(self._studio, str(self.weights_of(line)), line.name or line.id, parent)

    def can_train_longer(self, line: RunLine) -> bool:
        """Whether the end of a run was kept, and nothing else is trained."""
        return self._studio.can_train_now and (self._store.run_folder(line.id) / ENDING).is_file()

    def train_longer(self, line: RunLine, parent: QWidget) -> None:
        """Ask for how long a run is to go on."""
        try:
            run = self._store.run(line.id)
        except StudioError as error:
            self._studio.notices.error(error)
            return
        if run.result:
            ask_longer(self._studio, run.result, run.project, parent)

    def delete(self, lines: Sequence[RunLine]) -> None:
        """Delete runs with their folders, but for those that are under way."""
        going = [line for line in lines if is_alive(self._store.run_folder(line.id))]
        if going:
            what = f"{counted(len(going), 'run')} {'is' if len(going) == 1 else 'are'} under way, and not deleted."
            self._studio.notices.warn(what, "Another window, a terminal or this one trains.", "Stop it first.")
        try:
            self._store.delete([line.id for line in lines if line not in going])
        except OSError as error:
            self._studio.notices.error(error)


def as_csv(runs: RunList, order: Order) -> str:
    """Every run that ``order`` leaves, as the text of a table."""
    lines = runs.page(order, 0, runs.count(order))
    text = io.StringIO()
    titles = [name for name in RunLine.__dataclass_fields__ if name != "environment"]
    writer = csv.DictWriter(text, [*titles, "environment"])
    writer.writeheader()
    for line in lines:
        started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(line.started))
        environment = " ".join(f"{name}={value}" for name, value in line.environment.items())
        writer.writerow(asdict(line) | {"started": started, "environment": environment})
    return text.getvalue()
