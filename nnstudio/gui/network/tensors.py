"""The tensors of the chosen layer by PyTorch's names, and their locks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QVBoxLayout, QWidget

from nnstudio.gui.network.costs import Tensor, tensors_of
from nnstudio.gui.network.items import Item
from nnstudio.gui.panel import ElidedLabel, Note
from nnstudio.gui.plots.tensor_plot import TensorPlot
from nnstudio.gui.theme import GRID, Theme
from nnstudio.spec.facts import SeenTensor
from nnstudio.spec.model import LOCKED
from nnstudio.spec.nesting import has_tensors, holds_tensors

LOCK_EXPLAINED = LOCKED.param.help
BLOCK_LOCK = "A locked block keeps every tensor of the layers that it holds, bit for bit, while the rest trains."


class TensorList(QWidget):
    """A lock for the layer, then a line for each tensor: its lock, its name and its shape.

    ``on_layer(locked)`` and ``on_parameter(name, locked)`` are told what was clicked.
    """

    def __init__(
        self,
        on_layer: Callable[[bool], None],
        on_parameter: Callable[[str, bool], None],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._on_parameter, self._theme = on_parameter, theme
        self.layer_lock = QCheckBox("Lock this layer")
        self.layer_lock.setToolTip(LOCK_EXPLAINED)
        self.layer_lock.clicked.connect(on_layer)
        self._note = Note(role="small")
        self._lines = QWidget()
        self._grid = QGridLayout(self._lines)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(GRID // 2)
        self._grid.setColumnStretch(0, 1)
        self._shown: list[_Line] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        for widget in (self.layer_lock, self._lines, self._note):
            layout.addWidget(widget)

    def lock_of(self, name: str) -> QCheckBox:
        """The check box of a tensor such as ``weight``; raises KeyError."""
        for line in self._shown:
            if line.tensor.name == name:
                return line.lock
        raise KeyError(name)

    def show_item(self, item: Item) -> None:
        """Show the tensors of a row; those of a block are shown with the layers that it holds."""
        is_block = item.row.is_block
        tensors = () if is_block else tensors_of(item.step)
        self.layer_lock.setText("Lock this block" if is_block else "Lock this layer")
        self.layer_lock.setVisible(holds_tensors(item.row))
        self.layer_lock.setChecked(item.step.locked)
        self.layer_lock.setEnabled(not item.held)
        self.layer_lock.setToolTip("Locked with the block around it." if item.held else LOCK_EXPLAINED)
        self._lines.setVisible(bool(tensors))
        self._note.setText(_sentence(item, tensors))
        if [tensor.name for tensor in tensors] != [line.tensor.name for line in self._shown]:
            self._rebuild(tensors)
        for line, tensor in zip(self._shown, tensors, strict=True):
            line.show_tensor(tensor, item.prefix, item.step.locked)

    def show_seen(self, seen: Sequence[SeenTensor]) -> None:
        """Show what the tensors hold; of those that are not among ``seen`` nothing."""
        by_name = {tensor.name: tensor for tensor in seen}
        for line in self._shown:
            line.show_seen(by_name.get(line.tensor.name))

    def _rebuild(self, tensors: Sequence[Tensor]) -> None:
        for line in self._shown:
            line.remove_from(self._grid)
        self._shown = [_Line(tensor, self._on_parameter, self._theme) for tensor in tensors]
        for place, line in enumerate(self._shown):
            line.add_to(self._grid, place)


class _Line:
    """One tensor: a check box with its name, its shape, and below them what it holds."""

    def __init__(self, tensor: Tensor, on_lock: Callable[[str, bool], None], theme: Theme) -> None:
        self.tensor = tensor
        self.lock = QCheckBox()
        self.lock.clicked.connect(lambda checked: on_lock(self.tensor.name, checked))
        self.plot = TensorPlot(theme)
        self._seen: SeenTensor | None = None
        self._size = ElidedLabel(role="small")
        self._size.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    @property
    def _widgets(self) -> tuple[QWidget, ...]:
        return self.lock, self._size, self.plot

    def add_to(self, grid: QGridLayout, place: int) -> None:
        grid.addWidget(self.lock, 2 * place, 0)
        grid.addWidget(self._size, 2 * place, 1)
        grid.addWidget(self.plot, 2 * place + 1, 0, 1, 2)

    def remove_from(self, grid: QGridLayout) -> None:
        for widget in self._widgets:
            grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()

    def show_tensor(self, tensor: Tensor, prefix: str, layer_is_locked: bool) -> None:
        self.tensor = tensor
        self.lock.setText(f"{prefix}.{tensor.name}")
        self.lock.setChecked(tensor.locked)
        self.lock.setEnabled(not tensor.is_buffer and not layer_is_locked)
        self.lock.setToolTip(_tooltip(tensor, layer_is_locked))
        self.lock.setAccessibleName(f"Lock {tensor.name}, {tensor.size}")
        self._size.setText(tensor.size_and_count)
        self.show_seen(self._seen)

    def show_seen(self, seen: SeenTensor | None) -> None:
        """Show what the tensor holds, unless it has another shape by now."""
        self._seen = seen if seen and seen.shape == self.tensor.shape else None
        self.plot.show_tensor(self._seen)


def _tooltip(tensor: Tensor, layer_is_locked: bool) -> str:
    if tensor.is_buffer:
        return "A running statistic: it follows the lock of the layer."
    return "Locked with the layer." if layer_is_locked else f"Keep {tensor.name} as it is while training."


def _sentence(item: Item, tensors: Sequence[Tensor]) -> str:
    if item.row.is_block:
        return BLOCK_LOCK if holds_tensors(item.row) else "Add layers to its branches: choose one, then “+ Layer”."
    if not has_tensors(item.row.kind.key):
        return "This layer has no tensors: there is nothing to learn and nothing to lock."
    return LOCK_EXPLAINED if tensors else "Its tensors are listed as soon as its input is known."
