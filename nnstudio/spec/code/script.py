"""The parts of an experiment put together: as a script, or as a notebook with a cell for each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from textwrap import wrap

from nnstudio.spec.code.imports import head, import_lines
from nnstudio.spec.code.text import Code
from nnstudio.spec.printed import Line, Part


def script(about: Sequence[str], parts: Sequence[Part]) -> Code:
    """One file: what it is ``about`` (a sentence a line), the imports and definitions of all ``parts``, and they."""
    carried = _definitions(parts)
    imports = _imports((FOLDER, *parts))
    lines = [*map(Line, _docstring(about)), Line(""), *head(imports, carried, _AS_CARRIED)]
    for number, part in enumerate((FOLDER, *parts)):
        begins = part.lines[0].text if part.lines else ""
        lines += [Line("")] * (number > 0) + [Line(f"# ---- {part.title} ----"), Line("")]
        lines += [Line("")] * begins.startswith("def ") + list(part.lines)
    return Code(tuple(lines))


FOLDER = Part(
    "Folder",
    (Line("os.chdir(Path(__file__).resolve().parent)  # files are named as seen from where this script lies"),),
    frozenset({"import os", "from pathlib import Path"}),
)
"""Where a script starts, wherever it was started from; a notebook begins in its own folder anyway."""

_AS_CARRIED = (
    "# ---- Building blocks ----",
    "",
    "# Copied from nnstudio, so that this runs without it. They can be skipped: the experiment begins below them.",
)
"""What is said above the definitions."""


def notebook(about: Sequence[str], parts: Sequence[Part]) -> str:
    """A Jupyter notebook (nbformat 4.5) of the same parts, each under its title."""
    title, *more = about
    cells = [_cell("markdown", [f"# {title}", *(f"\n{sentence}" for sentence in more)])]
    cells.append(_cell("code", list(import_lines(_imports(parts)))))
    for part in parts:
        cells.append(_cell("markdown", [f"## {part.title}"]))
        cells += [_cell("code", text.splitlines()) for text in part.definitions]
        cells.append(_cell("code", [line.text for line in part.lines]))
    content = {
        "cells": [cell | {"id": f"cell-{number}"} for number, cell in enumerate(cells, 1)],
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _imports(parts: Sequence[Part]) -> frozenset[str]:
    return frozenset[str]().union(*(part.imports for part in parts))


def _cell(kind: str, lines: Sequence[str]) -> dict[str, object]:
    source = "\n".join(lines).strip("\n")
    more: dict[str, object] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True), **more}


def _docstring(about: Sequence[str]) -> Iterator[str]:
    """The sentences as a docstring; quotation marks and backslashes in names cannot end it."""
    first, *more = [sentence.replace("\\", "/").replace('"""', "'''") for sentence in about]
    yield f'"""{first}' + ("" if more else '"""')
    if more:
        lines = [wrap(sentence, _WIDEST, break_long_words=False, break_on_hyphens=False) for sentence in more]
        yield from ("", *chain.from_iterable(lines), '"""')


_WIDEST = 110
"""Characters of a line of sentences."""


def _definitions(parts: Sequence[Part]) -> tuple[str, ...]:
    """What the parts need of pasted source, each once."""
    return tuple(dict.fromkeys(text for part in parts for text in part.definitions))
