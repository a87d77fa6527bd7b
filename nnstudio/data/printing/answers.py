"""What is to be predicted, and how much each row counts, as pandas gives it."""

from __future__ import annotations

from collections.abc import Iterator

from nnstudio.data.answers import ClassTarget, ValueTarget
from nnstudio.data.printing.columns import cell, key_of
from nnstudio.data.printing.given import Given
from nnstudio.spec.code.text import WIDEST, value
from nnstudio.spec.columns import Role
from nnstudio.spec.facts import OTHER_CATEGORY


def weights_lines(given: Given) -> Iterator[str]:
    """How much each row counts, where a column says so."""
    for column in given.data.with_role(Role.WEIGHT):
        yield f"weights = torch.tensor({cell(column.name)}.to_numpy(np.float32))"


def answer_lines(given: Given) -> Iterator[str]:
    """The target as the loss takes it, or as near to it as the data alone can say."""
    target = given.encoding.target
    if isinstance(target, ClassTarget):
        yield from _classes(given, target)
    elif isinstance(target, ValueTarget):
        if any(target.offsets) or set(target.scales) != {1.0}:
            yield "# Targets are standardised for training: mean and deviation of the training rows."
        yield f"offsets, scales = {list(target.offsets)!r}, {list(target.scales)!r}"
        yield f"targets = table[{value(list(target.names))}].to_numpy(np.float64)"
        yield "y = torch.tensor(((targets - offsets) / scales).astype(np.float32))"
    else:
        yield "y = x.flatten(1)  # the input itself"


def _classes(given: Given, target: ClassTarget) -> Iterator[str]:
    key = key_of(given.table, target.name)
    *classes, last = target.classes
    rest = ""
    if last == OTHER_CATEGORY and last not in given.table.labels(target.name, None).names:
        yield f"# Rare classes are one, the last: {len(classes)}."
        rest = f".fillna({len(classes)})"
    else:
        classes.append(last)
    yield from _dictionary("classes", [f"{key(label)}: {number}" for number, label in enumerate(classes)])
    yield f"y = torch.tensor({cell(target.name)}.map(classes){rest}.to_numpy(np.int64))"


def _dictionary(name: str, items: list[str]) -> list[str]:
    whole = f"{name} = {{{', '.join(items)}}}"
    return [whole] if len(whole) <= WIDEST else [f"{name} = {{", *(f"    {item}," for item in items), "}"]
