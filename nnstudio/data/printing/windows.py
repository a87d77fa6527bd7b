"""Windows over rows in order of time, as NumPy indexes them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnstudio.data.encoding.arrange import group_column
from nnstudio.data.printing.columns import cell
from nnstudio.data.printing.given import Given
from nnstudio.data.printing.reading import Read
from nnstudio.data.printing.splits import PARTS, group_numbers
from nnstudio.data.splitting.order import times
from nnstudio.resources import source
from nnstudio.spec.code.pasted import pasted
from nnstudio.spec.code.text import part
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.printed import Part
from nnstudio.spec.tasks import Task


def windows_part(given: Given, read: Read, layout: WindowLayout) -> Part:
    """``x``, ``y``, ``weights`` and the split, which were about rows, for windows; raises `Unprintable`."""
    group = group_column(given.data)
    reach = layout.length - 1 + _ahead(given, layout)
    lines = [
        f"# Windows of {layout.length:,} rows in order of time, none of which reaches from one part into another"
        + (", nor from one group into another." if group else "."),
        "part = np.empty(len(table), int)",
        "part[train], part[validation], part[test] = 0, 1, 2",
        *_series(given, read, group),
        *_order(given, layout, group),
        f"starts = window_starts({'series' if group else 'part'}[order], {reach})",
        f"windows = order[starts[:, None] + np.arange({layout.length})]  # the rows of each window",
        f"answers = order[starts + {reach}]  # the row that each predicts",
        *_taken(given),
        f"{PARTS} = (np.flatnonzero(part[answers] == number) for number in range(3))",
    ]
    carried = pasted(source("data/encoding/layout.py"), ("window_starts",))
    imports = ("import numpy as np", "import pandas as pd", *carried.imports)
    return part("Windows over time", lines, *imports, definitions=carried.definitions)


def _ahead(given: Given, layout: WindowLayout) -> int:
    return 0 if given.data.task is Task.RECONSTRUCTION else layout.horizon


def _series(given: Given, read: Read, group: str) -> Iterator[str]:
    if not group:
        return
    missing = bool(read.frame[group].isna().any())
    yield f"groups = {group_numbers(given, read, group)}" + (" + 1  # 0 where it is missing" if missing else "")
    yield "series = 3 * groups + part"


def _order(given: Given, layout: WindowLayout, group: str) -> Iterator[str]:
    """Rows series by series, in order of time within each; those without a time are left out."""
    if not layout.order:
        yield 'order = np.argsort(groups, kind="stable")' if group else "order = np.arange(len(table))"
        return
    when = f"{cell(layout.order)}.to_numpy()"
    yield f"order = np.lexsort(({when}, groups))" if group else f'order = np.argsort({when}, kind="stable")'
    if np.isnan(times(given.table, layout.order)[given.known.rows]).any():
        yield f"order = order[{cell(layout.order)}.notna().to_numpy()[order]]"


def _taken(given: Given) -> Iterator[str]:
    yield "x = x[windows]"
    if given.data.task is Task.RECONSTRUCTION:
        yield "y = x.flatten(1)  # the input itself"
    else:
        yield "y = y[answers]"
    if given.encoded.weights is not None:
        yield "weights = weights[answers]"
