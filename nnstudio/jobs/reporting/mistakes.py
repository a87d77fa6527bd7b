"""The rows that a network is most wrong about, as text and small pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from nnstudio.data.judging.files import Answers
from nnstudio.data.judging.listed import Places, answer_names, answers_table, mistakes
from nnstudio.data.pictures.thumbnails import png_of
from nnstudio.data.table import MappedTable
from nnstudio.report.content import Mistakes
from nnstudio.session.sentences import number
from nnstudio.spec.facts import Relation
from nnstudio.spec.scores import Evaluation
from nnstudio.spec.words import amount

MOST_ROWS, MOST_PICTURES = 12, 24
MOST_COLUMNS = 6
"""Columns of the source that are shown beside the answers: those that say most about the target."""
LONGEST = 80
"""Letters of a cell."""


def mistakes_of(found: Evaluation, relations: Sequence[Relation]) -> Mistakes | None:
    """The worst rows of ``found``; None where the cached answers are gone."""
    try:
        with Answers(found.answers) as answers:
            places = mistakes(answers.truth, answers.predicted) if found.classes else np.arange(len(answers))
            said = np.asarray(answers.predicted) if found.classes else None
            table = answers_table(found, answers, places[:MOST_PICTURES], said)
    except (OSError, ValueError):  # pyarrow's errors are ValueErrors
        return None
    return _shown(found, table, places, relations)


def _shown(found: Evaluation, table: Any, places: Places, relations: Sequence[Relation]) -> Mistakes:
    pictures = [field.name for field in table.schema if isinstance(field.type, pa.FixedShapeTensorType)]
    if not pictures:
        table = table.slice(0, MOST_ROWS)
    targets = found.targets or (found.target,)
    own = answer_names(found)
    answers = [name for name in table.column_names if name in own]
    beside = [name for name in table.column_names if name not in (*answers, *pictures, *targets)]
    strength = {relation.column: relation.strength for relation in relations}
    chosen = sorted(beside, key=lambda name: -strength.get(name, 0.0))[:MOST_COLUMNS]
    titles = (*answers, *(name for name in beside if name in chosen))
    mapped = MappedTable.of(table)
    rows = tuple(tuple(_cell(mapped, row, name, name in own) for name in titles) for row in range(table.num_rows))
    images = tuple(png_of(mapped.image(row, pictures[0])) for row in range(table.num_rows)) if pictures else ()
    return Mistakes(titles, rows, len(places), images, len(beside) - len(chosen))


def _cell(table: MappedTable, row: int, name: str, is_answer: bool) -> str:
    value = table.column(name)[row].as_py()
    text = table.cell(row, name)
    if isinstance(value, float):
        text = number(value) if is_answer else amount(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
