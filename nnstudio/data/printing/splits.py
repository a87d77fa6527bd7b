"""Which rows are for what: each way to deal them out, as pandas and NumPy do it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nnstudio.data.columns import codes
from nnstudio.data.printing.columns import cell, key_of
from nnstudio.data.printing.given import Given, Unprintable
from nnstudio.data.printing.reading import FILES, Read
from nnstudio.data.splitting.order import times
from nnstudio.resources import source
from nnstudio.spec.code.pasted import pasted
from nnstudio.spec.code.text import call_lines, part, value
from nnstudio.spec.columns import Role
from nnstudio.spec.printed import Part
from nnstudio.spec.splits import ColumnSplit, FileSplit, GroupSplit, RandomSplit, ShareSplit, TimeSplit


def split_part(given: Given, read: Read | None) -> Part:
    """Lines that make ``train``, ``validation`` and ``test``; ``read`` is None where there is no ``table``.

    Raises `Unprintable`.
    """
    split = given.data.split
    match split:
        case RandomSplit():
            labels = _labels(given) if split.stratify else []
            settings = ["len(x)", *_shares(split), f"seed={split.seed}", *labels]
            return _dealt(["by_share"], call_lines(f"{PARTS} = by_share", settings))
        case TimeSplit(column=""):
            settings = ["np.arange(len(x))", *_shares(split)]
            return _dealt(["cut"], call_lines(f"{PARTS} = cut", settings), "data/splitting/order.py")
    if read is None:
        raise Unprintable("folders of pictures are dealt out otherwise than by lot")
    match split:
        case TimeSplit():
            lines = [_moments(given, split.column), *call_lines(f"{PARTS} = cut", ["moments", *_shares(split)])]
            return _dealt(["cut"], lines, "data/splitting/order.py")
        case GroupSplit():
            settings = ["groups", *_shares(split), f"seed={split.seed}", *_labels(given)]
            lines = [*_groups(given, read), *call_lines(f"{PARTS} = groups_by_share", settings)]
            return _dealt(["groups_by_share"], lines)
        case ColumnSplit():
            return part(TITLE, _by_column(given, split), "import numpy as np")
        case FileSplit():
            return _by_file(given, split)
    raise Unprintable("they are not dealt out by lot")


TITLE = "Training, validation and test rows"
PARTS = "train, validation, test"


def _dealt(names: Sequence[str], lines: Iterator[str] | Sequence[str], module: str = "data/splitting/lots.py") -> Part:
    carried = pasted(source(module), names)
    imports = ("import numpy as np", "import pandas as pd", *carried.imports)
    return part(TITLE, list(lines), *imports, definitions=carried.definitions)


def _shares(split: ShareSplit) -> tuple[str, str]:
    return f"validation={split.validation!r}", f"test={split.test!r}"


def _labels(given: Given, chosen: str = "") -> list[str]:
    return [f"labels=y.numpy(){chosen}"] if given.known.classes else []


def _moments(given: Given, column: str) -> str:
    """Earlier, at once or later; rows without a time count as the earliest."""
    missing = bool(np.isnan(times(given.table, column)[given.known.rows]).any())
    how = 'method="dense", na_option="top"' if missing else 'method="dense"'
    return f"moments = {cell(column)}.rank({how}).to_numpy()"


# ---- groups ----


MOST_GROUPS = 100
"""Groups that a script names one by one."""


def group_numbers(given: Given, read: Read, column: str) -> str:
    """The groups of a column by number, in the order in which they occur in the file, and -1 for none, as code.

    Rows that are left out may come first in their group: then the groups are named in their order. Raises `Unprintable`
    where there are too many for that.
    """
    ours = codes(given.table.column(column))[given.known.rows]
    theirs = pd.factorize(read.frame[column])[0]
    if np.array_equal(_ranks(ours), _ranks(theirs)):
        return f"pd.factorize({cell(column)})[0]"
    found = given.table.labels(column, None)
    there = np.unique(found.codes[given.known.rows])
    if len(there) > MOST_GROUPS or not np.array_equal(_ranks(ours), _ranks(found.codes[given.known.rows])):
        raise Unprintable(f"the groups of “{column}” begin with rows that are left out")
    key = key_of(given.table, column)
    names = ", ".join(key(found.names[number]) for number in there if number >= 0)
    return f"pd.Categorical({cell(column)}, [{names}]).codes.astype(int)"


def _ranks(groups: NDArray[np.integer]) -> NDArray[np.integer]:
    ranks: NDArray[np.integer] = np.unique(groups, return_inverse=True)[1]
    return ranks


def _groups(given: Given, read: Read) -> Iterator[str]:
    column = next(each.name for each in given.data.with_role(Role.GROUP))
    yield f"groups = {group_numbers(given, read, column)}"
    if read.frame[column].isna().any():
        yield "alone = groups < 0  # a row without a group is one by itself"
        yield "groups[alone] = groups.max() + 1 + np.arange(alone.sum())"


# ---- columns and files ----


def _by_column(given: Given, split: ColumnSplit) -> Iterator[str]:
    key, known = key_of(given.table, split.column), given.table.labels(split.column, None).names
    values = {"validation": split.validation, "test": split.test}
    yield f"part = {cell(split.column)}"
    for name, label in values.items():
        if label and label in known:
            yield f"{name} = np.flatnonzero(part == {key(label)})"
        else:
            yield f"{name} = np.arange(0)  # there are none"
    said = ", ".join(key(label) for label in values.values() if label in known)
    yield f"train = np.flatnonzero(~part.isin([{said}]))"


def _by_file(given: Given, split: FileSplit) -> Part:
    if given.table.file is None:
        share = [f"validation={split.share!r}", "test=0.0", f"seed={split.seed}", *_labels(given)]
        return _dealt(["by_share"], call_lines(f"{PARTS} = by_share", ["len(x)", *share]))
    files = "file = table.index.get_level_values(0)"
    if split.validation:
        names = f"({', '.join(map(value, FILES))})"
        lines = [files, f"{PARTS} = (np.flatnonzero(file == name) for name in {names})"]
        return part(TITLE, lines, "import numpy as np")
    labels = _labels(given, "[main]")
    settings = ["len(main)", f"validation={split.share!r}", "test=0.0", f"seed={split.seed}", *labels]
    lines = [
        files,
        'main = np.flatnonzero(file == "train")',
        *call_lines("train, validation, _ = by_share", settings),
        "train, validation = main[train], main[validation]",
        'test = np.flatnonzero(file == "test")',
    ]
    return _dealt(["by_share"], lines)
