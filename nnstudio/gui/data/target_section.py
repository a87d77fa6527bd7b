"""What is to be predicted, and what kind of question that is."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from nnstudio.gui.data import words
from nnstudio.gui.data.column_verbs import ColumnVerbs
from nnstudio.gui.data.targets_dialog import TargetsDialog
from nnstudio.gui.forms.editors import ChoiceEdit
from nnstudio.gui.forms.form import LABEL_WIDTH
from nnstudio.gui.panel import Button, ElidedLabel
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID
from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.spec.columns import Kind
from nnstudio.spec.data import TASK
from nnstudio.spec.sources import ImageFolderSource
from nnstudio.spec.tasks import Task

TASK_HELPS = {
    Task.BINARY: "One of two answers.",
    Task.MULTICLASS: "One of several classes.",
    Task.REGRESSION: "A number, or several.",
    Task.RECONSTRUCTION: "The input itself: an autoencoder learns to say the same in fewer numbers.",
}


class TargetSection(QWidget):
    """The column to predict, or several, and the task."""

    def __init__(self, studio: Studio, verbs: ColumnVerbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self._verbs = studio, verbs
        self.target = ChoiceEdit()
        self.target.setToolTip("The column whose values the network learns to predict.")
        self.target.edited.connect(lambda name: verbs.predict([str(name)]))
        self.task = ChoiceEdit(TASK.choices, TASK.param.labels)
        self.task.setToolTip(TASK.param.help)
        for index, task in enumerate(Task):
            self.task.explain(index, TASK_HELPS[task])
        self.task.edited.connect(self._choose_task)
        self.others = ElidedLabel(role="muted")
        self.more = Button("", "link", self._choose_targets, "Let one network predict several columns of numbers.")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GRID)
        self._grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)
        self._predict = self._add_row(0, "Predict", self.target)
        self._grid.addWidget(self._others_row(), 1, 1)
        self._add_row(2, TASK.param.title, self.task)

    def _add_row(self, row: int, title: str, editor: ChoiceEdit) -> QLabel:
        label = QLabel(title)
        label.setProperty("role", "muted")
        label.setBuddy(editor)
        editor.setAccessibleName(title)
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(editor, row, 1)
        return label

    def _others_row(self) -> QWidget:
        self._others = QWidget()
        row = QHBoxLayout(self._others)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        row.addWidget(self.others, 1)
        row.addWidget(self.more)
        return self._others

    def render_state(self, state: State) -> None:
        """Show target and task of a project that has data."""
        data = edits.data_of(state.project)
        is_known = state.source is not None and state.source_is_current
        itself = data.task is Task.RECONSTRUCTION
        names = [ITSELF] if itself else [column.name for column in data.columns if column.kind is not Kind.IMAGE]
        self.target.offer(names, names)
        self.target.show_value(ITSELF if itself else data.target.name if data.target else None)
        self.target.setEnabled(is_known and not itself)
        self.target.hint.say(words.target_hint(state))
        profile = words.target_profile(state)
        self.task.show_value(data.task)
        self.task.hint.say("suggested" if profile and profile.suggested_task is data.task else "")
        for widget in (self._predict, self.target):
            widget.setVisible(not isinstance(data.source, ImageFolderSource))  # folders name nothing but classes
        self._render_others([column.name for column in data.targets])
        self._others.setVisible(is_known and data.task is Task.REGRESSION and len(self._numbers(state)) > 1)

    def _render_others(self, targets: list[str]) -> None:
        self.others.setText(f"and {', '.join(targets[1:])}" if len(targets) > 1 else "")
        self.more.setText("Change…" if len(targets) > 1 else "+ Another target…")

    def _choose_task(self, value: object) -> None:
        task = Task(str(value))
        self._studio.apply(f"Task: {task.label}", edits.set_task(self._studio.state.project, task))

    @staticmethod
    def _numbers(state: State) -> list[str]:
        """The columns that can be predicted together."""
        return [profile.name for profile in state.source.columns if profile.is_numeric] if state.source else []

    def _choose_targets(self) -> None:
        dialog = TargetsDialog(self._numbers(self._studio.state), self._verbs.targets, self)
        dialog.chosen.connect(self._verbs.predict)
        dialog.open()


ITSELF = "the input itself"
