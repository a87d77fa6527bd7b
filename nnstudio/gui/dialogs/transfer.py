"""Asks for what the verbs of transfer learning need: a file, a number, a pattern."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QInputDialog, QLineEdit, QVBoxLayout, QWidget

from nnstudio.gui.dialogs.files import MODEL_FILTER, MODELS, FileDialogs
from nnstudio.gui.dialogs.folder import last_folder, writable_folder
from nnstudio.gui.panel import Note, set_property
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID
from nnstudio.session.patterns import Named, named_by
from nnstudio.spec.errors import SpecError
from nnstudio.spec.layers import Linear
from nnstudio.spec.params import fields_of
from nnstudio.spec.words import counted

WEIGHTS_FILTER = f"Weights ({MODELS});;All files (*)"
MOST_OUTPUTS = max(int(field.param.high or 0) for field in fields_of(Linear) if field.name == "out_features")
PATTERNS = (
    "A pattern names layers and tensors: 0 is the first layer, 0.weight a tensor of it, features.* all layers "
    "whose name begins so, *.bias every bias."
)


class TransferDialogs:
    """Each asks, and passes the answer on to the verbs of the studio."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        self._studio, self._parent = studio, parent
        self._files = FileDialogs(studio, parent)

    def choose_weights(self) -> None:
        """Ask for the weights to start from."""
        path, _ = QFileDialog.getOpenFileName(
            self._parent, "Choose weights", str(last_folder(self._studio)), WEIGHTS_FILTER
        )
        if path:
            self.use_weights(Path(path))

    def use_weights(self, path: Path) -> None:
        """Start from a file; without data it may bring a project of its own, which takes the place of this one."""
        if self._studio.state.project.data or self._files.may_lose_project():
            self._studio.transfer.choose_weights(path)

    def replace_head(self) -> None:
        """Ask how many numbers the new head gives; suggested is what the data need."""
        facts = self._studio.state.facts
        outputs = self._studio.state.project.training.loss.outputs(len(facts.classes), facts.answers) if facts else 10
        said = "The last layer with weights is replaced by one that starts fresh.\n\nOutputs, one a class:"
        number, ok = QInputDialog.getInt(self._parent, "Replace the head", said, outputs, 1, MOST_OUTPUTS)
        if ok:
            self._studio.transfer.replace_head(number)

    def freeze_by_pattern(self) -> None:
        """Ask for a pattern, and say meanwhile what it names."""
        PatternDialog(self._studio, self._parent).open()

    def save_layers(self) -> None:
        """Ask where to write the chosen layers."""
        suggested = str(writable_folder(self._studio) / f"{Path(self._studio.state.name).stem}-layers.pth")
        path, _ = QFileDialog.getSaveFileName(self._parent, "Save the chosen layers", suggested, MODEL_FILTER)
        if path:
            self._studio.transfer.save_layers(Path(path if Path(path).suffix else f"{path}.pth"))

    def insert_layers(self) -> None:
        """Ask for a file whose layers are to be put in."""
        path, _ = QFileDialog.getOpenFileName(
            self._parent, "Insert layers", str(last_folder(self._studio)), WEIGHTS_FILTER
        )
        if path:
            self._studio.transfer.insert_layers(Path(path))


class PatternDialog(QDialog):
    """A field for the pattern; below it what would be frozen."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        self.setWindowTitle("Freeze by pattern")
        self.pattern, self.found = QLineEdit("*.weight"), Note()
        self.pattern.setAccessibleName("Pattern")
        self.pattern.textChanged.connect(lambda _: self._render())
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.freeze = self.buttons.addButton("Freeze", QDialogButtonBox.ButtonRole.AcceptRole)
        set_property(self.freeze, "role", "primary")
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * GRID] * 4)
        layout.setSpacing(GRID)
        for widget in (Note(PATTERNS), self.pattern, self.found, self.buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(56 * GRID)
        self.finished.connect(self.deleteLater)
        self.pattern.selectAll()
        self._render()

    def _render(self) -> None:
        state, pattern = self._studio.state, self.pattern.text().strip()
        said, can = "Open data first: the tensors of the network follow from it.", False
        if state.walked:
            try:
                said, can = _freezes(named_by(state.project.model, state.walked, pattern)), True
            except SpecError as problem:
                said = f"{problem.what} {problem.why}"
        self.found.setText(said)
        self.freeze.setEnabled(can)

    def _accept(self) -> None:
        self._studio.transfer.freeze_matching(self.pattern.text().strip())
        self.accept()


def _freezes(named: Named) -> str:
    """What a pattern would freeze, in words."""
    single = sum(map(len, named.parameters.values()))
    parts = [counted(len(named.layers), "layer"), counted(single, "single parameter")]
    return f"Freezes {' and '.join(part for part in parts if not part.startswith('0 '))}."
