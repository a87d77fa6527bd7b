"""A file is predicted piece by piece: the bits of one piece, checked before it is written, nothing left behind."""

from __future__ import annotations

import csv
import errno
import os
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from nnstudio.data import tables_out
from nnstudio.data.encoding.apply import apply
from nnstudio.data.reading import pieces, workbook
from nnstudio.data.table import MappedTable
from nnstudio.engine import predict as applying
from nnstudio.jobs import opening
from nnstudio.jobs.predicting import flow, table
from nnstudio.jobs.predicting import predictor as predictors
from nnstudio.jobs.predicting.predictor import predictor_of
from nnstudio.jobs.predicting.table import predict_table
from nnstudio.resources import resource
from nnstudio.spec.errors import DataError, StudioError, as_studio_error
from nnstudio.spec.events import Inbox, Predicted, PredictedFirst, Predicting, PredictingStopped, Reading, Stop
from nnstudio.spec.requests import PredictTable, TrainProject
from nnstudio.spec.sources import ColumnarSource, ExcelSource, ImageFolderSource, TableSource
from tests.jobs.test_training import PLAN, ask, finished, suggested

ROWS = 3_000


@pytest.fixture(scope="module")
def data(here: Path) -> TableSource:
    """Rows of numbers, categories and days with a class."""
    random = np.random.default_rng(0)
    path = here / "flowers.csv"
    sizes, cities = random.normal(size=(ROWS, 2)).round(3), random.choice(["Rome", "Oslo", "Lima"], ROWS)
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["length", "width", "city", "day", "kind"])
        for row in range(ROWS):
            day = f"2024-01-{row % 28 + 1:02}" + (" 12:30" if row == ROWS - 1 else "")
            rows.writerow([*sizes[row], cities[row], day, "big" if sizes[row][0] > 0 else "small"])
    return TableSource(str(path))


@pytest.fixture(scope="module")
def model(data: TableSource) -> str:
    return finished(ask(TrainProject(suggested(data, epochs=1), PLAN))).best_weights


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file has many pieces, as many batches pass through the network, and all is told of at once."""
    monkeypatch.setattr(applying, "ACTIVATION_BYTES", 2**15)
    monkeypatch.setattr(predictors, "_kept", {})
    monkeypatch.setattr(table, "_kept", {})
    monkeypatch.setattr(pieces, "PIECE", 4_096)
    monkeypatch.setattr(pieces, "ROWS", 100)
    for module in (flow, table):
        monkeypatch.setattr(module, "REPORT_SECONDS", 0)


def done(events: list[Any]) -> Predicted:
    assert isinstance(events[-1], Predicted), events[-1]
    return events[-1]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_workbook(path: Path) -> Any:
    return workbook.read(ExcelSource(str(path))).table


@pytest.mark.usefixtures("small_pieces")
def test_pieces_give_the_bits_of_one_piece(data: TableSource, model: str, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    events = ask(PredictTable(model, data, str(out)))
    assert done(events).rows == ROWS
    predictor = predictor_of(model)
    assert predictor.at_once < ROWS
    expected = predictor.columns(apply(predictor.encoding, data).x)
    written = pq.read_table(out)
    assert written.column_names == ["length", "width", "city", "day", "kind", *expected]
    for name, column in expected.items():
        assert written[name].combine_chunks().equals(column), name


@pytest.mark.usefixtures("small_pieces")
def test_it_says_how_far_it_is_and_shows_the_first_rows_meanwhile(
    data: TableSource, model: str, tmp_path: Path
) -> None:
    events = ask(PredictTable(model, data, str(tmp_path / "out.csv")))
    kinds = list(dict.fromkeys(type(event) for event in events))
    assert kinds == [PredictedFirst, Reading, Predicting, Predicted]
    first = next(event for event in events if isinstance(event, PredictedFirst))
    assert first.added == next(event.added for event in events if isinstance(event, Predicted))
    with MappedTable(first.preview) as shown:
        assert 0 < shown.rows < ROWS
        assert shown.names[-3:] == ("predicted_kind", "probability_big", "probability_small")
    steps = [event for event in events if isinstance(event, Predicting)]
    assert all(at.seconds_left * at.rows_per_second == pytest.approx(at.total - at.done) for at in steps)
    assert len(steps) > 1
    last = steps[-1]
    assert (last.done, last.total, last.seconds_left) == (ROWS, ROWS, 0)
    assert last.rows_per_second > 0


@pytest.mark.usefixtures("small_pieces")
def test_columns_of_dates_are_as_fine_as_their_finest_cell(data: TableSource, model: str, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    ask(PredictTable(model, data, str(out)))
    rows = read(out)
    assert (rows[0]["day"], rows[-1]["day"]) == ("2024-01-01 00:00:00", "2024-01-04 12:30:00")
    assert len(rows) == ROWS


@pytest.mark.parametrize(
    ("choice", "columns"),
    [
        ({}, ["length", "width", "city", "day", "kind", "predicted_kind", "probability_big", "probability_small"]),
        ({"inputs": False}, ["predicted_kind", "probability_big", "probability_small"]),
        ({"probabilities": False}, ["length", "width", "city", "day", "kind", "predicted_kind"]),
        ({"inputs": False, "probabilities": False}, ["predicted_kind"]),
    ],
)
def test_what_stands_in_the_file_can_be_chosen(
    data: TableSource, model: str, tmp_path: Path, choice: dict[str, bool], columns: list[str]
) -> None:
    out = tmp_path / "out.csv"
    result = done(ask(PredictTable(model, data, str(out), **choice)))
    assert list(read(out)[0]) == columns == list(result.columns)
    assert result.added == tuple(name for name in columns if name.startswith(("predicted", "probability")))


@pytest.mark.parametrize("suffix", tables_out.SUFFIXES)
def test_every_kind_of_file_holds_the_same(data: TableSource, model: str, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out{suffix}"
    ask(PredictTable(model, data, str(out)))
    options = pa.csv.ParseOptions(delimiter="\t" if suffix == ".tsv" else ",")
    reads = {".parquet": pq.read_table, ".feather": pa.feather.read_table, ".xlsx": read_workbook}
    found = reads[suffix](out) if suffix in reads else pa.csv.read_csv(out, parse_options=options)
    assert found.num_rows == ROWS
    assert set(found["predicted_kind"].to_pylist()) <= {"big", "small"}


@pytest.mark.usefixtures("small_pieces")
def test_parquet_goes_in_and_out(data: TableSource, model: str, tmp_path: Path) -> None:
    path, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.csv.read_csv(data.path), path)
    ask(PredictTable(model, ColumnarSource(str(path)), str(out)))
    ask(PredictTable(model, data, str(tmp_path / "text.parquet")))
    added = ["predicted_kind", "probability_big"]
    assert pq.read_table(out).select(added).equals(pq.read_table(tmp_path / "text.parquet").select(added))


# ---- what is said before anything is written ----


def changed(data: TableSource, tmp_path: Path, row: int, **cells: str) -> TableSource:
    """The table with some cells of one row changed."""
    rows = read(Path(data.path))
    rows[row] |= cells
    path = tmp_path / "changed.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return TableSource(str(path))


def refused(request: PredictTable) -> StudioError:
    with pytest.raises((StudioError, OSError)) as caught:
        list(predict_table(request, SimpleQueue()))
    return as_studio_error(caught.value)


@pytest.mark.usefixtures("small_pieces")
def test_words_among_the_numbers_are_named_by_their_row(data: TableSource, model: str, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    error = refused(PredictTable(model, changed(data, tmp_path, 2_000, length="long"), str(out)))
    assert str(error).startswith("The column “length” cannot be used as a number. Row 2,001 holds “long”.")
    assert not out.exists()


@pytest.mark.usefixtures("small_pieces")
def test_unknown_categories_and_missing_cells_are_counted_over_all_pieces(
    data: TableSource, model: str, tmp_path: Path
) -> None:
    source = changed(data, tmp_path, 2_500, city="Paris", width="")
    warnings = done(ask(PredictTable(model, source))).warnings
    assert warnings[0].startswith("1 row with a “city” that the model has never seen: “Paris”.")
    assert warnings[1].startswith("1 row without “width”: ")


@pytest.mark.usefixtures("small_pieces")
def test_a_missing_column_is_named_at_once(model: str, tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text("length,day\n" + "1,2024-01-01\n" * 5_000)
    error = refused(PredictTable(model, TableSource(str(path)), str(tmp_path / "out.csv")))
    assert "The model needs the columns “width”, “city”, which the file lacks." in str(error)


def test_pictures_are_not_given_to_a_model_of_tables(model: str) -> None:
    error = refused(PredictTable(model, ImageFolderSource(str(resource("samples/digits")))))
    assert "is a folder, but the model reads tables" in str(error)


@pytest.mark.usefixtures("small_pieces")
def test_rows_are_checked_once_for_looking_and_writing(data: TableSource, model: str, tmp_path: Path) -> None:
    ask(PredictTable(model, data))
    events = ask(PredictTable(model, data, str(tmp_path / "out.csv")))
    assert {type(event) for event in events} == {Predicting, Predicted}
    source = changed(data, tmp_path, 0)
    ask(PredictTable(model, source))
    with Path(source.path).open("a") as file:
        file.write("1,2,Rome,2024-01-01,big\n")
    assert Reading in {type(event) for event in ask(PredictTable(model, source))}


# ---- what is left of a prediction that does not come to its end ----


def names(folder: Path) -> list[str]:
    """What lies in a folder beside the cache."""
    return sorted({path.name for path in folder.iterdir()} - {"cache", "data"})


def stopped_after(kind: type, request: PredictTable) -> list[Any]:
    """The events of a job that is stopped as soon as it tells of ``kind``."""
    inbox: Inbox = SimpleQueue()
    told = []
    for event in predict_table(request, inbox):
        told.append(event)
        if isinstance(event, kind):
            inbox.put(Stop())
    return told


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("kind", [Reading, Predicting])
def test_nothing_is_left_of_what_was_cancelled(data: TableSource, model: str, tmp_path: Path, kind: type) -> None:
    out = tmp_path / "out.csv"
    out.write_text("what was there before")
    assert stopped_after(kind, PredictTable(model, data, str(out)))[-1] == PredictingStopped()
    assert names(tmp_path) == ["out.csv"]
    assert out.read_text() == "what was there before"


@pytest.mark.usefixtures("small_pieces")
def test_nothing_is_left_where_the_disk_is_full(
    data: TableSource, model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(tables_out._Summed):
        def write(self, content: Any) -> int:
            if self.tell() + len(memoryview(content).cast("B")) > 10_000:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return super().write(content)

    monkeypatch.setattr(tables_out, "_Summed", Full)
    for name in ("out.csv", "out.parquet", "out.csv.gz", "out.xlsx"):
        assert refused(PredictTable(model, data, str(tmp_path / name))).what == "The disk is full."
    assert names(tmp_path) == []


def test_what_the_disk_changed_is_found(
    data: TableSource, model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables_out, "_sum_of", lambda _: 0)
    error = refused(PredictTable(model, data, str(tmp_path / "out.csv")))
    assert str(error) == "“out.csv” was not saved. What was written could not be read back."
    assert names(tmp_path) == []


@pytest.mark.usefixtures("small_pieces")
def test_a_file_that_changes_meanwhile_is_refused(data: TableSource, model: str, tmp_path: Path) -> None:
    source = changed(data, tmp_path, 0)
    job = predict_table(PredictTable(model, source, str(tmp_path / "out.csv")), SimpleQueue())
    next(job)
    with Path(source.path).open("a") as file:
        file.write("1,2,Rome,2024-01-01,big\n")
    with pytest.raises(DataError, match=r"“changed\.csv” changed while it was read"):
        list(job)
    assert names(tmp_path) == ["changed.csv"]


# ---- what cannot be read in pieces ----


def test_pictures_are_converted_first_and_predicted_in_pieces(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "REPORT_SECONDS", 0.001)
    folder = ImageFolderSource(str(resource("samples/digits")), 8, 8, "grey")
    model = finished(ask(TrainProject(suggested(folder, epochs=1), PLAN))).best_weights
    out = here / "digits.csv"
    result = done(ask(PredictTable(model, folder, str(out))))
    assert (result.rows, result.read_whole, len(read(out))) == (600, True, 600)
    assert list(read(out)[0])[:3] == ["path", "class", "predicted_class"]
    error = refused(PredictTable(model, TableSource(str(resource("samples/iris.csv")))))
    assert str(error).startswith("“iris.csv” is a table, but the model looks at pictures.")
