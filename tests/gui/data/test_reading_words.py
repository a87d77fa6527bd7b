"""How a file is read, in one line of words, for every kind of file."""

from __future__ import annotations

import pytest

from nnstudio.gui.data.reading_words import how_far, how_read
from nnstudio.gui.studio.reader import ReadingNow
from nnstudio.spec.events import Reading
from nnstudio.spec.sources import (
    SOURCES,
    ArraySource,
    ColumnarSource,
    ExcelSource,
    ImageFolderSource,
    ImageIndexSource,
    JsonSource,
    Source,
    SqliteSource,
    TableSource,
)


@pytest.mark.parametrize(
    ("source", "choices", "words"),
    [
        (TableSource("/a.csv"), (), "text · comma · UTF-8"),
        (TableSource("/a.csv", ";", "cp1252", decimal=","), (), "text · semicolon · decimal comma · cp1252"),
        (TableSource("/a.tsv.gz", "\t", thousands="'"), (), "text · gzip · tab · thousands apostrophe · UTF-8"),
        (
            TableSource("/a.txt", " ", quote="", comment="#", skip=3, header=False),
            (),
            "text · spaces · no quotes · comments after # · 3 lines skipped · no names in the first row · UTF-8",
        ),
        (
            TableSource("/a.txt", "|", missing_words=False, signs=False, day_first=True),
            (),
            "text · vertical bar · NA is a word · percent and currency are words · day before month · UTF-8",
        ),
        (ExcelSource("/a.xlsx", "Q2"), ("Q1", "Q2", "Q3"), "Excel · sheet “Q2” (2 of 3)"),
        (ExcelSource("/a.xlsx", "Q2", skip=1), (), "Excel · sheet “Q2” · 1 line skipped"),
        (ColumnarSource("/a.parquet"), (), "columns"),
        (JsonSource("/a.json.xz", "data"), (), "JSON · xz · records at “data”"),
        (ArraySource("/a.npz", "x", "y"), ("x", "y"), "arrays · inputs “x” (1 of 2) · targets “y” (2 of 2)"),
        (SqliteSource("/a.db", "people"), ("people",), "SQLite · table “people”"),
        (ImageFolderSource("/pets", 64, 48, "grey"), (), "pictures by folder · 64 × 48 · grey"),
        (ImageIndexSource("/pets.csv", "file", depth="16"), (), "pictures by table · 32 × 32 · RGB · 16 bits"),
    ],
)
def test_a_line_says_how_it_is_read(source: Source, choices: tuple[str, ...], words: str) -> None:
    assert how_read(source, choices) == f"Read as {words}"


@pytest.mark.parametrize("kind", SOURCES.kinds.values())
def test_there_are_words_for_every_kind_of_source(kind: type[Source]) -> None:
    assert how_read(kind()).startswith("Read as ")


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (None, ""),
        (Reading(0, 0, "bytes", 0.0), ""),
        (Reading(34_000_000, 120_000_000, "bytes", 12.0), "34 of 120 MB · 0:12 left"),
        (Reading(400_000_000, 1_200_000_000, "bytes", 75.0), "0.4 of 1.2 GB · 1:15 left"),
        (Reading(10, 20, "bytes", 0.2), "10 of 20 bytes"),
        (Reading(1_200, 10_000, "pictures", float("inf")), "1,200 of 10,000 pictures"),
        (Reading(5, 9, "rows", float("nan")), "5 of 9 rows"),
    ],
)
def test_progress_is_said_as_far_as_it_is_known(progress: Reading | None, words: str) -> None:
    assert how_far(ReadingNow("/data/a.csv", progress)) == words
