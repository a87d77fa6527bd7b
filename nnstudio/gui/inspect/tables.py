"""What stands in the tables of the inspected step: terms of a sum, values, answers, weights that move."""

from __future__ import annotations

from collections.abc import Sequence

from nnstudio.gui.tables.cells import Cell, Column
from nnstudio.session.stepping import figure
from nnstudio.spec.watched import AnswerTerm, MovedWeight, Neuron, Numbers

Table = tuple[Sequence[Column], Sequence[Sequence[Cell]]]
MOST_LINES = 512


def number(value: float) -> Cell:
    """A figure that is exported with all its digits."""
    return Cell(figure(value), value, repr(value))


def sum_of(neuron: Neuron) -> Table:
    """The weighted sum of a neuron, the terms that count most first."""
    columns = (
        Column("Input"),
        Column("x", "What the unit is given."),
        Column("w", "The weight of this input in this unit."),
        Column("x · w", "What it adds."),
    )
    nothing = Cell("")
    lines = [
        (Cell(term.name), number(term.x), number(term.weight), number(term.x * term.weight)) for term in neuron.terms
    ]
    rest = neuron.inputs - len(neuron.terms)
    if rest:
        lines.append((Cell(f"{rest:,} others"), nothing, nothing, number(neuron.others)))
    lines.append((Cell("bias"), nothing, nothing, number(neuron.bias)))
    lines.append((Cell(f"sum: y[{neuron.unit}]"), nothing, nothing, number(neuron.output)))
    return columns, lines


def pairs_of(inputs: Numbers, outputs: Numbers) -> Table:
    """What went in beside what came out, number by number."""
    columns = (Column("Number"), Column("x", "What went in."), Column("y", "What came out."))
    pairs = zip(inputs[:MOST_LINES], outputs, strict=False)
    return columns, [(Cell(f"[{place}]"), number(x), number(y)) for place, (x, y) in enumerate(pairs)]


def values_of(values: Numbers, names: Sequence[str], title: str = "y") -> Table:
    """Numbers by their names, or by their places."""
    named = names if len(names) >= len(values) else [f"[{place}]" for place in range(len(values))]
    shown = list(zip(named, values[:MOST_LINES], strict=False))
    return (Column("Number"), Column(title)), [(Cell(name), number(value)) for name, value in shown]


def answers_of(terms: Sequence[AnswerTerm], *, classes: bool) -> Table:
    """What was answered, what was right, and what that costs."""
    has_chance = any(term.probability is not None for term in terms)
    has_part = any(term.part is not None for term in terms)
    target = (
        Column("One-hot", "The target: 1 for the right class, else 0.")
        if classes and len(terms) > 1
        else Column("Target")
    )
    columns = [
        Column("Class" if classes else "Target column"),
        Column("Logit" if has_chance else "Output", "What the last layer gives."),
        *([Column("Probability", "What that means: softmax or sigmoid of it.")] if has_chance else []),
        target,
        *([Column("Adds", "What this line adds to the loss of the row.")] if has_part else []),
    ]
    lines = [
        [
            Cell(term.name),
            number(term.output),
            *([number(term.probability)] if term.probability is not None else []),
            number(term.target),
            *([number(term.part)] if term.part is not None else []),
        ]
        for term in terms
    ]
    return columns, lines


def moves_of(moved: Sequence[MovedWeight]) -> Table:
    """Weights before and after the step, with what the optimiser remembers of them."""
    buffers = [buffer.name for buffer in moved[0].buffers] if moved else []
    columns = [
        Column("Weight", "By its name in the state_dict."),
        Column("w", "Before the step."),
        Column("grad", "∂loss/∂w, as loss.backward() leaves it."),
        *(
            Column(title, help_)
            for name in buffers
            for title, help_ in (
                (f"{name} before", "What the optimiser remembered of the steps before."),
                (f"{name}", "What it remembers now."),
            )
        ),
        Column("new w", "After optimizer.step()."),
    ]
    lines = [
        [
            Cell(weight.name),
            number(weight.before),
            number(weight.gradient),
            *(number(value) for buffer in weight.buffers for value in (buffer.before, buffer.after)),
            number(weight.after),
        ]
        for weight in moved
    ]
    return columns, lines
