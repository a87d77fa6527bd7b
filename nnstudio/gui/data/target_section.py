"""What is to be predicted, and what kind of question that is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QListView, QWidget

from nnstudio.gui.data import words
from nnstudio.gui.forms.editors import ChoiceEdit
from nnstudio.gui.forms.form import LABEL_WIDTH
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID
from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.spec.tasks import Task

TASK_HELPS = {
    Task.BINARY: "One of two answers.",
    Task.MULTICLASS: "One of several classes.",
    Task.REGRESSION: "A number.",
}


class TargetSection(QWidget):
    """The column to predict and the task."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._names: list[str] = []
        self.target = ChoiceEdit((), ())
        self.target.setView(_quick_list(self.target))
        self.target.setToolTip("The column whose values the network learns to predict.")
        self.target.edited.connect(lambda name: choose_target(studio, str(name)))
        self.task = ChoiceEdit(list(Task), [task.label for task in Task])
        self.task.setToolTip("The kind of question that the target asks.")
        for index, text in enumerate(TASK_HELPS.values()):
            self.task.explain(index, text)
        self.task.edited.connect(self._choose_task)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID)
        grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        grid.setColumnStretch(1, 1)
        for row, (title, editor) in enumerate((("Predict", self.target), ("Task", self.task))):
            label = QLabel(title)
            label.setProperty("role", "muted")
            label.setBuddy(editor)
            editor.setAccessibleName(title)
            grid.addWidget(label, row, 0)
            grid.addWidget(editor, row, 1)

    def render_state(self, state: State) -> None:
        """Show target and task of a project that has data."""
        data = edits.data_of(state.project)
        names = [column.name for column in data.columns]
        if names != self._names:
            self._names = names
            self.target.offer(names, names)
        self.target.show_value(data.target.name if data.target else None)
        self.target.setEnabled(state.source is not None and state.source_is_current)
        self.target.hint.say(words.target_hint(state))
        profile = words.target_profile(state)
        self.task.show_value(data.task)
        self.task.hint.say("suggested" if profile and profile.suggested_task is data.task else "")

    def _choose_task(self, value: object) -> None:
        task = Task(str(value))
        self._studio.apply(f"Task: {task.label}", edits.set_task(self._studio.state.project, task))


def choose_target(studio: Studio, name: str) -> None:
    """Predict the column ``name`` by the task that its values suggest, once they are known."""
    source = studio.state.source
    if source and studio.state.source_is_current:
        studio.apply(f"Predict {name}", edits.set_target(studio.state.project, source, name))


def _quick_list(combo: QComboBox) -> QListView:
    """A list whose rows are equally high, so that thousands of names open at once."""
    view = QListView(combo)
    view.setUniformItemSizes(True)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return view
