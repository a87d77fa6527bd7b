"""What is said of an example that somebody made up, and of what a network answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nnstudio.session.asking import Asked, cell_words, days_of
from nnstudio.session.sentences import number
from nnstudio.spec.events import Answer, ExampleTaken
from nnstudio.spec.inputs import Cell, ChoiceInput, DateInput, Input, ModelForm, NumberInput, SeenValues
from nnstudio.spec.predicted import ERROR_COLUMN, chance_column, predicted_column
from nnstudio.spec.words import counted

MOST_RANKED = 8
"""Classes that are shown with their probability."""

MOST_COLOURED = 3


def remarks(asked: Asked) -> tuple[str, ...]:
    """What is to be said of values that training rows do not have, a sentence each."""
    found = []
    for row in asked.cells:
        for each, cell in zip(asked.form.inputs, row, strict=True):
            if (said := _remark(each, cell)) and said not in found:
                found.append(said)
    return tuple(found)


def _remark(asked: Input, cell: Cell) -> str:
    match asked, cell:
        case NumberInput(name, low, high), float() | int() if not low <= cell <= high:
            return f"“{name}” lies outside of what was seen in training, {figure(low)} to {figure(high)}."
        case NumberInput(name), None:
            return f"“{name}” is missing: {figure(asked.fill)} stands in."
        case ChoiceInput(name, fill=fill, missing=False), None:
            return f"“{name}” is missing: “{fill}” stands in."
        case ChoiceInput(name, categories), str() if cell not in categories and not asked.other:
            return f"“{name}” has the value “{cell}”, which was not seen in training: it counts as none."
        case DateInput(name, low, high), _ if (days := days_of(cell)) is not None:
            if not (days_of(low) or 0) <= days <= (days_of(high) or 0):
                return f"“{name}” lies outside of what was seen in training, {low} to {high}."
    return ""


def figure(value: float) -> str:
    """A value as it is written in a sentence: six digits at most."""
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e9 else f"{value:.6g}"


def rounded(value: float) -> str:
    """A computed value: four digits, or all of a large whole one."""
    return figure(value) if abs(value) >= 1_000 and float(value).is_integer() else figure(float(f"{value:.4g}"))


@dataclass(frozen=True, slots=True)
class Chance:
    """A class with its probability; ``is_true`` where the row says so. ``colour`` is its place among `coloured`."""

    name: str
    share: float
    is_true: bool = False
    colour: int | None = None


def ranked(form: ModelForm, answer: Answer, truth: Sequence[Cell] = ()) -> tuple[Chance, ...]:
    """The most probable classes, the true one among them; of many, the others together as the last."""
    order = sorted(range(len(answer)), key=lambda at: -answer[at])
    shown = order[:MOST_RANKED]
    true = next((at for at, name in enumerate(form.classes) if truth and name == truth[0]), None)
    if true is not None and true not in shown:
        shown = [*shown[:-1], true]
    colours = {at: place for place, at in enumerate(coloured(form, answer))}
    chances = [Chance(form.classes[at], answer[at], at == true, colours.get(at)) for at in shown]
    rest = len(answer) - len(shown)
    if rest > 0:
        left = max(0.0, 1.0 - sum(chance.share for chance in chances))
        chances.append(Chance(counted(rest, "other class"), left))
    return tuple(chances)


def coloured(form: ModelForm, answer: Answer) -> tuple[int, ...]:
    """The classes that have a colour of their own: few keep theirs, of more it is the most probable ones."""
    if len(form.classes) <= MOST_COLOURED:
        return tuple(range(len(form.classes)))
    return tuple(sorted(range(len(answer)), key=lambda at: -answer[at])[:MOST_COLOURED])


def verdict(form: ModelForm, answer: Answer, taken: ExampleTaken | None) -> str:
    """What is true of the row, and whether the network says so; nothing where that is not known."""
    if taken is None or not taken.truth:
        return ""
    if form.classes:
        said = form.classes[max(range(len(answer)), key=lambda at: answer[at])]
        return f"True: {taken.truth[0]}. The network is {'right' if said == taken.truth[0] else 'wrong'}."
    true, said_value = taken.truth[0], answer[0]
    off = said_value - true if isinstance(true, float) else 0.0
    many = f"“{form.seen[0].name}” is truly" if len(form.seen) > 1 else "True:"
    how = f"{rounded(abs(off))} too {'high' if off > 0 else 'low'}" if off else "right"
    return f"{many} {cell_words(true)}. The network is {how}."


def standing(seen: SeenValues, value: float) -> str:
    """Where a value lies among those of the training rows."""
    if value < seen.percentiles[0]:
        return f"Lower than in any training row; their mean is {rounded(seen.mean)}."
    if value > seen.percentiles[-1]:
        return f"Higher than in any training row; their mean is {rounded(seen.mean)}."
    share = f"{seen.share_below(value) * 100:.0f} %"
    return f"Higher than in {share} of the training rows; their mean is {rounded(seen.mean)}."


def taken_words(taken: ExampleTaken | None, part: str) -> str:
    """Which row of the data is shown."""
    if taken is None or not taken.total:
        return ""
    if taken.is_mistake:
        return f"Row {taken.row:,} of the file: mistake {taken.number:,} of {taken.total:,} in the {part} rows."
    return f"Row {taken.row:,} of the file: {taken.number:,} of {taken.total:,} {part} rows."


def as_text(asked: Asked, answer: Answer | None) -> str:
    """The example and what the network says to it as a table with tabs, to be pasted into a spreadsheet."""
    names = [each.name for each in asked.form.inputs]
    answers = (
        [*map(chance_column, asked.form.classes)]
        or [predicted_column(seen.name) for seen in asked.form.seen]
        or [ERROR_COLUMN]
    )
    last = len(asked.cells) - 1
    lines = ["\t".join(map(_pasted, (*names, *answers)))]
    for at, row in enumerate(asked.cells):
        said = [repr(value) for value in answer] if answer and at == last else [""] * len(answers)
        lines.append("\t".join([*("" if cell is None else _pasted(cell) for cell in row), *said]))
    return "\n".join(lines) + "\n"


def _pasted(cell: float | str) -> str:
    return " ".join(cell.split()) if isinstance(cell, str) else repr(cell)


def which_model(path: str, best: str, epoch: int, is_training: bool) -> str:
    """Which weights answer, in a sentence; ``best`` are those of the last run, whose best epoch is given."""
    if path == best:
        return f"The best weights of the last run, of epoch {epoch:,}."
    file = Path(path)
    run = f"The best weights of run {file.parent.name}" if file.name == "best.pth" else f"The weights of “{file.name}”"
    return f"{run}{', while another run is going on' if is_training else ''}."


def percent(share: float) -> str:
    """A probability as it is shown: never 100 % or 0 % unless it is that."""
    if 0.9995 <= share < 1:
        return "> 99.9 %"
    if 0 < share < 0.0005:
        return "< 0.1 %"
    return f"{share:.1%}".replace("%", " %")


def error_words(answer: Answer) -> str:
    """How far a network is from giving its input again."""
    return f"Mean squared error {number(answer[0])}, as encoded."
