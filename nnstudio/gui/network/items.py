"""What one row of the stack shows, in words: derived from the state alone, so that equal rows need no new paint."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from html import escape
from typing import Literal

from nnstudio.session.document import State
from nnstudio.session.preflight import Finding
from nnstudio.spec.layers import Linear, Shape
from nnstudio.spec.layers.base import LAYERS, size
from nnstudio.spec.model import Row
from nnstudio.spec.shapes import Step

Severity = Literal["", "warning", "bad"]


@dataclass(frozen=True, slots=True)
class Item:
    """One row as it is painted. ``sentence`` is what speaks against it, ``advice`` the same with reason and remedy."""

    row: Row
    before: Shape | None
    after: Shape | None
    summary: str
    count: int = 0
    trainable: int = 0
    is_output: bool = False
    severity: Severity = ""
    sentence: str = ""
    advice: str = ""
    step: Step = field(compare=False, default=Step(Row("", Linear()), None, None))

    @property
    def title(self) -> str:
        return f"{self.row.title} · output" if self.is_output else self.row.title

    @property
    def has_lock(self) -> bool:
        """Whether there is anything that a lock could keep."""
        return self.row.locked or has_tensors(self.row.kind.key)

    @property
    def is_partly_locked(self) -> bool:
        return bool(self.row.locked_parameters) and not self.row.locked

    @property
    def shapes(self) -> str:
        """What goes in and what comes out: ``10 → 16``; empty behind the first problem."""
        return f"{size(self.before)} → {size(self.after)}" if self.before and self.after else ""

    @property
    def result(self) -> str:
        """What comes out, where there is no room for both."""
        return f"→ {size(self.after)}" if self.after else ""

    @property
    def figures(self) -> str:
        """The number of parameters and how many are frozen: ``176 · frozen``; empty where no shape is known."""
        if self.after is None:
            return "frozen" if self.row.locked else ""
        frozen = self.count - self.trainable
        if self.row.locked:
            return f"{self.count:,} · frozen"
        return f"{self.count:,} · {frozen:,} frozen" if frozen else f"{self.count:,}"

    @property
    def accessible_text(self) -> str:
        """The row as a screen reader says it: ``Linear, 10 to 16, 176 parameters, locked``."""
        parts = [self.title]
        if self.before and self.after:
            parts += [f"{_spoken(self.before)} to {_spoken(self.after)}", f"{self.count:,} parameters"]
        if self.row.locked or self.is_partly_locked:
            parts.append("locked" if self.row.locked else "partly locked")
        return ", ".join([*parts, self.sentence] if self.sentence else parts)


@cache
def has_tensors(key: str) -> bool:
    """Whether layers of this kind keep anything that training changes, whatever their input."""
    probe, kind = (1, 1, 1), LAYERS.kinds[key]()
    return bool(kind.parameters(probe) or kind.buffers(probe))


def items_of(state: State, findings: Sequence[Finding]) -> list[Item]:
    """The rows of the stack as they are painted, with what the findings say about each."""
    rows = state.project.model.rows
    steps = state.walked.steps if state.walked else tuple(Step(row, None, None) for row in rows)
    output = next((row.id for row in reversed(rows) if isinstance(row.kind, Linear)), "")
    classes = len(state.facts.classes) if state.facts else 0
    about = _first_by_row(findings)
    return [_item(step, step.row.id == output, classes, about.get(step.row.id)) for step in steps]


def _first_by_row(findings: Sequence[Finding]) -> Mapping[str, Finding]:
    return {finding.row_id: finding for finding in reversed(findings)}


def _item(step: Step, is_output: bool, classes: int, finding: Finding | None) -> Item:
    summary = step.row.kind.summary()
    if is_output and isinstance(step.row.kind, Linear) and step.row.kind.out_features == classes:
        summary = f"{classes} units, one a class"
    count = step.count
    trainable = step.trainable if step.row.locked or step.row.locked_parameters else count
    plain = Item(step.row, step.before, step.after, summary, count, trainable, is_output, step=step)
    return _troubled(plain, finding) if finding else plain


def _troubled(item: Item, finding: Finding) -> Item:
    severity: Severity = "bad" if finding.blocks else "warning"
    return replace(item, severity=severity, sentence=finding.problem.what, advice=str(finding.problem))


def _spoken(shape: Shape) -> str:
    return " by ".join(map(str, shape))


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of a layer: its name in the layer (``weight``), its shape, and whether training may change it."""

    name: str
    shape: Shape
    locked: bool
    is_buffer: bool

    @property
    def size(self) -> str:
        return size(self.shape) if self.shape else "1 number"

    @property
    def size_and_count(self) -> str:
        """The shape and how many numbers that is: ``16 × 10 = 160``."""
        return f"{self.size} = {math.prod(self.shape):,}" if len(self.shape) > 1 else self.size


def tensors_of(step: Step) -> tuple[Tensor, ...]:
    """The tensors of a layer, parameters first, as ``state_dict`` lists them."""
    row, keeps = step.row, step.row.locked_parameters
    parameters = [Tensor(name, shape, row.locked or name in keeps, False) for name, shape in step.parameters.items()]
    return (*parameters, *(Tensor(name, shape, row.locked, True) for name, shape in step.buffers.items()))


def tooltip(item: Item, index: int) -> str:
    """The row in full, as rich text: its whole name, the PyTorch call, its tensors as the ``state_dict`` names them."""
    lines = [f"<b>{escape(item.title)}</b>", escape(type(item.row.kind).explanation())]
    if item.before and item.after:
        lines.append(f"<code>{index}: {escape(str(item.row.kind.call(item.before)))}</code>")
    lines += [_tensor_line(tensor, index) for tensor in tensors_of(item.step)]
    if item.advice:
        lines.append(f"<b>{escape(item.advice)}</b>")
    return "<br>".join(lines)


def _tensor_line(tensor: Tensor, index: int) -> str:
    locked = " · locked" if tensor.locked else ""
    return f"<code>{index}.{escape(tensor.name)}</code>&nbsp; {tensor.size_and_count}{locked}"
