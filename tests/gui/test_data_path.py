"""Data from end to end with a real engine: moved and changed files, pasted cells, other options, parts and batches."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.data.table import MappedTable
from nnstudio.gui.data.part_filter import rows_of_parts
from nnstudio.gui.drop_plan import separate_files
from nnstudio.gui.results.batch_model import Batch
from nnstudio.gui.studio import Studio
from nnstudio.jobs.link import ThreadLink
from nnstudio.resources import resource
from nnstudio.session import edits
from nnstudio.spec.columns import Kind, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import StudioError
from nnstudio.spec.facts import Preview, ShownExamples
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import FileSplit
from tests.gui.fakes import studio_over

PATIENCE = 60_000


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "CACHE"):
        monkeypatch.setenv(f"NNSTUDIO_{name}", str(tmp_path / name.lower()))


@pytest.fixture
def studio(qapp: QApplication) -> Iterator[Studio]:
    with studio_over(ThreadLink, qapp) as studio:
        yield studio


@pytest.fixture
def penguins(tmp_path: Path) -> Path:
    return Path(shutil.copy(resource("samples/penguins.csv"), tmp_path / "penguins.csv"))


def opened(studio: Studio, qtbot: QtBot, path: Path) -> DataSpec:
    """Open a file and wait until it is described."""
    studio.open_path(path)
    return described(studio, qtbot)


def described(studio: Studio, qtbot: QtBot) -> DataSpec:
    qtbot.waitUntil(lambda: studio.state.facts is not None and studio.state.facts_are_current, timeout=PATIENCE)
    return edits.data_of(studio.state.project)


def answer(qtbot: QtBot, ask: Callable[[Callable[[Any], None]], object]) -> Any:
    """What the engine answers; an error fails the test."""
    told: list[object] = []
    ask(told.append)
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE)
    assert not isinstance(told[0], StudioError)
    return told[0]


def rows_of(studio: Studio) -> int:
    assert studio.state.source is not None
    return studio.state.source.rows


def test_a_moved_file_is_located_and_a_changed_one_accepted(
    studio: Studio, qtbot: QtBot, penguins: Path, tmp_path: Path
) -> None:
    opened(studio, qtbot, penguins)
    assert studio.save(tmp_path / "penguins.nnstudio")
    moved = tmp_path / "elsewhere" / "birds.csv"
    moved.parent.mkdir()
    penguins.rename(moved)
    studio.open_path(tmp_path / "penguins.nnstudio")
    qtbot.waitUntil(lambda: studio.state.data_problem is not None, timeout=PATIENCE)
    assert not studio.state.source_is_current
    assert studio.save(tmp_path / "penguins.nnstudio"), "a project without its file is still one"

    studio.locate(moved)
    described(studio, qtbot)
    assert not studio.state.file_changed, "it is the same file"

    with moved.open("a", encoding="utf-8") as file:
        file.write("Adelie,Dream,40.1,18.2,190,4000,male,2009\n")
    studio.read_again()
    qtbot.waitUntil(lambda: studio.state.file_changed, timeout=PATIENCE)
    studio.accept_file()
    described(studio, qtbot)
    assert not studio.state.file_changed
    assert rows_of(studio) == 345


def test_pasted_cells_become_a_table(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    lines = ["Größe\tPreis\tverkauft", *(f"{size},5\t{size * 1_000}\t{size % 2}" for size in range(40, 80))]
    studio.paste_data("\r\n".join(lines))
    data = described(studio, qtbot)
    assert [column.name for column in data.columns] == ["Größe", "Preis", "verkauft"]
    assert isinstance(data.source, TableSource)
    assert (data.source.delimiter, data.source.decimal) == ("\t", ",")
    assert Path(data.source.path).parent == tmp_path / "data" / "pasted"


def test_a_guess_is_changed_after_a_look_at_the_first_rows(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    rows = (f"{n},5;NA;{(7 * n) % 60};{n % 3}\n" for n in range(60))
    path.write_text("a;b;c;y\n" + "".join(rows), encoding="utf-8")
    data = opened(studio, qtbot, path)
    studio.apply("Ignore", edits.set_used(studio.state.project, {"a"}, used=False))
    assert isinstance(data.source, TableSource)
    assert data.source.decimal == ","

    wanted = replace(data.source, decimal=".", missing_words=False)
    preview: Preview = answer(qtbot, lambda receive: studio.looking.preview(wanted, False, receive))
    assert preview.rows[0] == ("0,5", "NA", "0", "0")
    studio.read_otherwise(preview.source)
    qtbot.waitUntil(lambda: edits.data_of(studio.state.project).source == preview.source, timeout=PATIENCE)
    after = described(studio, qtbot)
    column = after.column("a")
    assert column is not None
    assert column.role is Role.IGNORE, "what it is for stays"
    assert column.kind is not Kind.NUMBER, "what it is follows the reading"

    anew: Preview = answer(qtbot, lambda receive: studio.looking.preview(preview.source, True, receive))
    assert isinstance(anew.source, TableSource)
    assert anew.source.decimal == ","


def test_separate_files_for_training_and_test_are_opened_together(
    studio: Studio, qtbot: QtBot, penguins: Path, tmp_path: Path
) -> None:
    header, *rows = penguins.read_text(encoding="utf-8").splitlines(keepends=True)
    train, test = tmp_path / "train.csv", tmp_path / "test.csv"
    train.write_text(header + "".join(rows[::2]), encoding="utf-8")
    test.write_text(header + "".join(rows[1::2]), encoding="utf-8")
    separate = separate_files([test, train])
    assert separate is not None
    studio.open_path(*separate)
    data = described(studio, qtbot)
    assert data.split == FileSplit("", str(test))
    assert studio.state.facts is not None
    assert studio.state.facts.rows.test == 172


def test_parts_are_listed_and_exported_and_batches_shown(
    studio: Studio, qtbot: QtBot, penguins: Path, tmp_path: Path
) -> None:
    data = opened(studio, qtbot, penguins)
    assert studio.state.facts is not None
    rows = studio.state.facts.rows
    listed = rows_of_parts(answer(qtbot, studio.looking.list_parts), rows_of(studio))
    assert {part: len(places) for part, places in listed.items()} == {
        "train": rows.train,
        "validation": rows.validation,
        "test": rows.test,
        "none": 0,
    }
    studio.export_rows(tmp_path / "test.csv", "test")
    qtbot.waitUntil((tmp_path / "test.csv").exists, timeout=PATIENCE)
    qtbot.waitUntil(lambda: bool(studio.notices.all), timeout=PATIENCE)
    assert len((tmp_path / "test.csv").read_text(encoding="utf-8").splitlines()) == rows.test + 1

    size = data.batches.size
    seen: list[int] = []
    for start in range(0, rows.train, size):
        ask = partial(studio.looking.show_examples, part="train", start=start, count=size, epoch=1)
        shown: ShownExamples = answer(qtbot, ask)
        with MappedTable(shown.preview) as table:
            batch = Batch(shown, table, studio.state.facts.classes)
            assert [batch.name(column) for column in batch.inputs] == list(shown.features)
            assert len(batch.answers) == 1
            assert len(batch.one_hot) == 3
            seen += batch.rows
    assert seen != sorted(seen), "they are shuffled"
    assert sorted(seen) == sorted(listed["train"].tolist()), "an epoch hands out every training row once"
