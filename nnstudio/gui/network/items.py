"""What one row of the stack shows, in words: derived from the state alone, so that equal rows need no new paint."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Literal

from nnstudio.gui.network.costs import Tensor, cost, tensors_of
from nnstudio.session.document import State
from nnstudio.session.finding import Level
from nnstudio.session.preflight import Finding
from nnstudio.spec.layers import Branches, Linear, Shape
from nnstudio.spec.layers.base import size
from nnstudio.spec.model import Path, Row, paths
from nnstudio.spec.nesting import holds_tensors
from nnstudio.spec.shapes import Step, unknown

BRANCH = "/"
"""Stands between the identity of a row and the number of a branch in that of a heading."""

Severity = Literal["", "note", "warning", "bad"]


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
    depth: int = 0
    branch: int | None = None
    """The number of a branch, where this is the heading of one, and no row."""
    is_folded: bool = False
    held: bool = False
    """A block around it is locked."""
    path: Path = field(compare=False, default=())
    prefix: str = field(compare=False, default="")
    """What PyTorch puts before the names of its tensors; of a repeated layer, the first time."""
    step: Step = field(compare=False, default=Step(Row("", Linear()), None, None))

    @property
    def id(self) -> str:
        """The identity of the row; that of a heading names its branch, too."""
        return self.row.id if self.branch is None else f"{self.row.id}{BRANCH}{self.branch}"

    @property
    def is_heading(self) -> bool:
        return self.branch is not None

    @property
    def is_block(self) -> bool:
        """Whether this row can be folded: others stand below it."""
        return self.row.is_block and not self.is_heading

    @property
    def is_plain(self) -> bool:
        """Whether the step alone says what is shown here."""
        return not (self.severity or self.is_output or self.is_folded)

    @property
    def title(self) -> str:
        if self.branch is not None:
            return f"Branch {self.branch + 1}" if isinstance(self.row.kind, Branches) else "Each time"
        return f"{self.row.title} · output" if self.is_output else self.row.title

    @property
    def has_lock(self) -> bool:
        """Whether there is anything that a lock could keep."""
        return not self.is_heading and (self.row.locked or holds_tensors(self.row))

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
        """How fast the parameters learn, how many there are, how many are frozen and until when: ``×0.1 · 176``."""
        if self.is_heading:
            return ""
        return " · ".join(filter(None, (self.rate, *self._counted())))

    @property
    def rate(self) -> str:
        """The factor on the learning rate: ``×0.1``; empty where it is 1."""
        return f"×{self.row.rate:g}" if self.row.rate != 1 else ""

    @property
    def pace(self) -> str:
        """What is unusual about how a row learns: ``×0.1 · from epoch 5``; empty where nothing is."""
        thaw = f"from epoch {self.row.thaw}" if self.row.locked and self.row.thaw else ""
        return " · ".join(filter(None, (self.rate, thaw)))

    def _counted(self) -> tuple[str, ...]:
        """The parameters and what of them is frozen; where no shape is known, the lock alone."""
        whole = "frozen" if self.row.locked or (self.held and self.count) else ""
        if self.row.locked and self.row.thaw:
            whole = f"from epoch {self.row.thaw}"
        if self.after is None:
            return (whole,)
        frozen = self.count - self.trainable
        return f"{self.count:,}", whole or (f"{frozen:,} frozen" if frozen else "")

    @property
    def accessible_text(self) -> str:
        """The row as a screen reader says it: ``Linear, 10 to 16, 176 parameters, locked``."""
        parts = [self.title]
        if self.before and self.after:
            parts.append(f"{_spoken(self.before)} to {_spoken(self.after)}")
            parts += [] if self.is_heading else [f"{self.count:,} parameters"]
        if self.is_block:
            parts.append("folded" if self.is_folded else "unfolded")
        parts += [f"level {self.depth + 1}"] if self.depth else []
        parts += [self.summary] if self.is_heading and self.summary else []
        parts += ["a guess"] if self.row.guess and not self.is_heading else []
        if self.row.locked or self.is_partly_locked:
            parts.append("locked" if self.row.locked else "partly locked")
        parts += [f"until epoch {self.row.thaw}"] if self.row.locked and self.row.thaw else []
        parts += [f"rate times {self.row.rate:g}"] if self.rate else []
        return ", ".join([*parts, self.sentence] if self.sentence else parts)


def is_module_path(name: str) -> bool:
    """Whether a row is called like a module of a weights file: ``3``, ``conv1``, ``layer1.0.conv2``."""
    return bool(name) and (name[-1].isdigit() or "." in name)


def items_of(
    state: State, findings: Sequence[Finding], folded: Collection[str] = (), like: Sequence[Item] = ()
) -> list[Item]:
    """The rows of the stack as they are painted, with what the findings say about each; ``folded`` blocks hide theirs.

    Below a block stands a heading for each of its branches, and below that the rows of the branch. Items of ``like``
    are taken over, the very objects, where they would be made anew.
    """
    rows = state.project.model.rows
    steps = state.walked.steps if state.walked else unknown(rows)
    output = next((row.id for row in reversed(rows) if isinstance(row.kind, Linear)), "")
    classes = len(state.facts.classes) if state.facts else 0
    listing = _Listing(output, classes, _first_by_row(findings), folded, {item.id: item for item in like})
    return list(listing.rows(steps, (), ""))


@dataclass(frozen=True, slots=True)
class _Listing:
    """What is the same for all rows that are listed."""

    output: str
    classes: int
    about: Mapping[str, Finding]
    folded: Collection[str]
    like: Mapping[str, Item]

    def rows(self, steps: Sequence[Step], before: Path, prefix: str) -> Iterator[Item]:
        for place, step in enumerate(steps):
            item = self._item(step, (*before, place), f"{prefix}{place}")
            yield item
            if step.row.branches and not item.is_folded:
                yield from self._branches(step, item.path, item.prefix)

    def _item(self, step: Step, path: Path, prefix: str) -> Item:
        row, is_output, is_folded = step.row, step.row.id == self.output, step.row.id in self.folded
        finding = self.about.get(row.id) or (self._within(row) if is_folded else None)
        old = self.like.get(row.id)
        is_plain = not (finding or is_output or is_folded)
        if old and is_plain and old.is_plain and _is_at(old, step, path, prefix):
            return old
        item = Item(
            row,
            step.before,
            step.after,
            self._summary(row, is_output),
            step.count,
            step.trainable,
            is_output,
            depth=len(path) // 2,
            is_folded=is_folded,
            held=step.held,
            path=path,
            prefix=prefix,
            step=step,
        )
        return _troubled(item, finding) if finding else item

    def _summary(self, row: Row, is_output: bool) -> str:
        words = row.kind.summary()
        if is_output and isinstance(row.kind, Linear) and row.kind.out_features == self.classes:
            words = f"{self.classes} units, one a class"
        if is_module_path(row.name):  # “layer1.0.conv2” or “3” does not say what it is
            words = row.kind.title if words == row.kind.family else f"{row.kind.title} · {words}"
        return f"guess · {words}" if row.guess else words

    def _branches(self, block: Step, path: Path, prefix: str) -> Iterator[Item]:
        for number, _ in enumerate(block.row.branches):
            steps, inside = block.inner[number], (*path, number)
            yield self._heading(block, number, inside, prefix)
            yield from self.rows(steps, inside, f"{prefix}.{number}.")

    def _heading(self, block: Step, number: int, path: Path, prefix: str) -> Item:
        old = self.like.get(f"{block.row.id}{BRANCH}{number}")
        if old and _is_at(old, block, path, prefix):
            return old
        steps = block.inner[number]
        after = steps[-1].after if steps else block.before
        summary = "" if steps else "passes the input on"
        heading = Item(block.row, block.before, after, summary, branch=number, step=block)
        return replace(heading, depth=len(path) // 2, path=path, prefix=prefix)

    def _within(self, block: Row) -> Finding | None:
        """What speaks against a layer that a folded block hides."""
        inside = (row.id for branch in block.branches for _, row in paths(branch))
        return next((self.about[row_id] for row_id in inside if row_id in self.about), None)


def _is_at(item: Item, step: Step, path: Path, prefix: str) -> bool:
    """Whether an item is about that very step, at that place."""
    return item.step is step and item.path == path and item.prefix == prefix


def _first_by_row(findings: Sequence[Finding]) -> Mapping[str, Finding]:
    return {finding.row_id: finding for finding in reversed(findings)}


_SEVERITIES: dict[Level, Severity] = {"blocks": "bad", "warns": "warning", "informs": "note"}


def _troubled(item: Item, finding: Finding) -> Item:
    return replace(
        item, severity=_SEVERITIES[finding.level], sentence=finding.problem.what, advice=str(finding.problem)
    )


def _spoken(shape: Shape) -> str:
    return " by ".join(map(str, shape))


def tooltip(item: Item) -> str:
    """The row in full, as rich text: its whole name, the PyTorch call, its tensors as the ``state_dict`` names them."""
    lines = [f"<b>{escape(item.title)}</b>", escape(type(item.row.kind).explanation())]
    if item.before and item.after and not item.row.is_block:
        lines.append(f"<code>{item.prefix}: {escape(str(item.row.kind.call(item.before)))}</code>")
        lines += [_tensor_line(tensor, item.prefix) for tensor in tensors_of(item.step)]
    if item.after and not item.is_heading:
        lines.append(cost(item.step))
    if item.row.initialisation and not item.is_block:
        lines.append(f"Fresh weights: {item.row.initialisation.title}")
    if item.row.guess and not item.is_heading:
        lines.append(f"<b>A guess.</b> {escape(item.row.guess)}")
    if item.advice:
        lines.append(f"<b>{escape(item.advice)}</b>")
    return "<br>".join(lines)


def _tensor_line(tensor: Tensor, prefix: str) -> str:
    locked = " · locked" if tensor.locked else ""
    return f"<code>{prefix}.{escape(tensor.name)}</code>&nbsp; {tensor.size_and_count}{locked}"
