"""What one line of the way says in full: how its numbers came about, and how its weights move."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.gui.forms.field_row import FieldRow
from nnstudio.gui.inspect.curve import ActivationCurve
from nnstudio.gui.inspect.lines import INPUT, LOSS
from nnstudio.gui.inspect.tables import Table, answers_of, moves_of, pairs_of, sum_of, values_of
from nnstudio.gui.panel import MARGIN, ElidedLabel, Note
from nnstudio.gui.plots.tensor_plot import TensorPlot
from nnstudio.gui.studio import Studio
from nnstudio.gui.tables.cells import CellTable
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.session.stepping import equation, loss_words, remark, step_formula, unit_words
from nnstudio.spec.model import Row
from nnstudio.spec.params import Field, Param
from nnstudio.spec.training import Training
from nnstudio.spec.watched import WatchedLayer, WatchedStep

UNIT = Field("unit", int, 0, Param("Neuron", "Which output of the layer is calculated by hand.", low=0, high=1_000_000))
MOST_LINES = 14
"""Lines of a table before it scrolls by itself."""
MOST_PLOTS = 2
LINE = 24
UNIT_WIDTH = 18 * GRID
WIDEST = 22 * GRID


class Details(QWidget):
    """Shows a line; ``on_unit(unit)`` is told which neuron the user wants to see calculated."""

    def __init__(
        self, studio: Studio, theme: Theme, on_unit: Callable[[int], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        write = studio.save_file
        self.heading, self.said = ElidedLabel(role="strong"), Note()
        self.unit = FieldRow([UNIT], lambda _, value: on_unit(int(str(value))), aligned=False)
        self.unit.setFixedWidth(UNIT_WIDTH)
        self.curve = ActivationCurve(theme)
        self.values = CellTable(theme, "How the numbers come about", write, widest=WIDEST)
        self.values.setAccessibleDescription("What the chosen layer makes of the chosen row, number by number.")
        self.step, self.formula = ElidedLabel("One step", role="strong"), Note(role="mono")
        self.moves = CellTable(theme, "How weights move", write, widest=WIDEST)
        self.moves.setAccessibleDescription(
            "The weights of the chosen layer that the step moves most, before and after it."
        )
        for table in (self.values, self.moves):
            table.set_row_height(LINE)
        self.plots = [TensorPlot(theme) for _ in range(MOST_PLOTS)]
        self.titles = [ElidedLabel(role="small") for _ in range(MOST_PLOTS)]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, GRID, MARGIN, GRID)
        layout.setSpacing(GRID)
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self.unit)
        layout.addLayout(head)
        for widget in (self.said, self.curve, self.values):
            layout.addWidget(widget)
        for part in (self.step, self.formula, self.moves):
            layout.addWidget(part)
        for title, plot in zip(self.titles, self.plots, strict=True):
            layout.addWidget(title)
            layout.addWidget(plot)
        layout.addStretch(1)

    def show_line(self, key: str, watched: WatchedStep, row: Row | None, training: Training, *, classes: bool) -> None:
        """Show the input, a layer, or the loss."""
        layer = watched.layer if watched.layer and watched.layer.row_id == key else None
        neuron = layer.neuron if layer else None
        self.unit.setVisible(neuron is not None)
        if neuron:
            self.unit.render_values({"unit": neuron.unit})
        self.curve.show_curve(*((layer.curve, layer.inputs, layer.outputs) if layer else ((), (), ())))
        self._show_step(layer, watched, row, training)
        if key == INPUT:
            self._say("Input", "The numbers of the row as the network gets them, encoded and standardised.")
            self._tabulate(values_of(watched.inputs, watched.features, "x"))
        elif key == LOSS:
            words = f"{loss_words(training.loss, watched)} {unit_words(watched)}".strip()
            self._say(training.loss.title, f"{words}\nThe loss of the batch is the mean over its rows.")
            self._tabulate(answers_of(watched.answers, classes=classes))
        elif layer and row:
            self._show_layer(layer, watched, row)

    def _show_layer(self, layer: WatchedLayer, watched: WatchedStep, row: Row) -> None:
        passed = next((each for each in watched.passed if each.row_id == row.id), None)
        said = [_curve_words(row) if layer.curve else equation(layer)]
        said.append(remark(passed, row, watched.in_training) if passed else "")
        self._say(f"{row.title}  {list(layer.in_shape)} → {list(layer.out_shape)}", "\n".join(filter(None, said)))
        if layer.neuron:
            self._tabulate(sum_of(layer.neuron))
        elif layer.in_shape == layer.out_shape:
            self._tabulate(pairs_of(layer.inputs, layer.outputs))
        else:
            self._tabulate(values_of(layer.outputs, ()))

    def _show_step(self, layer: WatchedLayer | None, watched: WatchedStep, row: Row | None, training: Training) -> None:
        """Show how weights of a layer move, where any do."""
        has_step = bool(layer and layer.moved)
        for widget in (self.step, self.formula, self.moves):
            widget.setVisible(has_step)
        gradients = layer.gradients[:MOST_PLOTS] if layer else ()
        for place, (title, plot) in enumerate(zip(self.titles, self.plots, strict=True)):
            seen = gradients[place] if place < len(gradients) else None
            title.setVisible(seen is not None)
            title.setText(f"Gradient of {seen.name}" if seen else "")
            plot.show_tensor(seen)
        if layer and has_step and row:
            optimizer = training.optimizer
            self.step.setText(f"One step of {optimizer.title}, for the weights with the largest gradients")
            made = watched.steps // training.accumulate + 1
            decays = training.decay == "all" or len(layer.moved[0].name.split(",")) > 1
            self.formula.setText(step_formula(optimizer, watched.rate * row.rate, made, decays=decays))
            self._fill(self.moves, moves_of(layer.moved))

    def _say(self, heading: str, said: str) -> None:
        self.heading.setText(heading)
        self.said.setText(said)
        self.said.setVisible(bool(said))

    def _tabulate(self, table: Table) -> None:
        self._fill(self.values, table)

    def _fill(self, table: CellTable, content: Table) -> None:
        table.show_cells(*content)
        shown = min(len(content[1]), MOST_LINES)
        table.setFixedHeight(table.horizontalHeader().sizeHint().height() + shown * scaled(LINE) + 2 * GRID)


def _curve_words(row: Row) -> str:
    """The formula of an activation: the first sentence of its lesson."""
    formula, _, _ = row.kind.lesson()[0].partition(". ")
    return f"{formula.removesuffix('.')}. The dots are the numbers of the row."
