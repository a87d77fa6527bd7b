"""What the window shows of the split and of batches is what a run really does with the data."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

from nnstudio.data.encoding.encode import encode
from nnstudio.data.table import MappedTable
from nnstudio.jobs.runner import answer
from nnstudio.resources import resource
from nnstudio.session import edits
from nnstudio.spec.columns import Role
from nnstudio.spec.data import Batches, DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.events import Event, ExamplesShown, Failed, PartsListed, Saved
from nnstudio.spec.requests import ExportRows, ListParts, Request, ShowExamples
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import RandomSplit
from nnstudio.spec.tasks import Task
from tests.jobs.test_training import ask, suggested


@pytest.fixture
def data() -> DataSpec:
    project = suggested(TableSource(str(resource("samples/iris.csv"))))
    return replace(edits.data_of(project), split=RandomSplit(0.2, 0.2), batches=Batches(size=8))


def rows_shown(request: ShowExamples) -> list[int]:
    """The rows of the source that are shown, in their order."""
    (event,) = ask(request)
    assert isinstance(event, ExamplesShown)
    with MappedTable(event.examples.preview) as table:
        return [int(row) for row in table.numbers("row")]


@pytest.mark.parametrize("balance", ["none", "weights", "sampling"])
@pytest.mark.parametrize("epoch", [1, 7])
def test_an_epoch_is_shown_as_the_run_deals_it_out(data: DataSpec, balance: str, epoch: int) -> None:
    data = replace(data, batches=replace(data.batches, balance=balance))  # type: ignore[arg-type]
    encoded = encode(data)
    train = torch.from_numpy(encoded.source_rows[encoded.rows.train])
    generator = torch.Generator().manual_seed(3 * 1_000_003 + epoch)
    y = encoded.y[encoded.rows.train]
    sampler = WeightedRandomSampler((1 / np.bincount(y))[y].tolist(), len(y), generator=generator)
    how = {"sampler": sampler} if balance == "sampling" else {"shuffle": True}
    loader = DataLoader(TensorDataset(train), 8, generator=generator, **how)
    theirs = [row for (batch,) in loader for row in batch.tolist()]
    assert rows_shown(ShowExamples(data, count=1_000, epoch=epoch, seed=3)) == theirs
    assert rows_shown(ShowExamples(data, start=8, count=8, epoch=epoch, seed=3)) == theirs[8:16]


def test_without_shuffling_every_epoch_is_in_the_order_of_the_file(data: DataSpec) -> None:
    data = replace(data, batches=Batches(8, shuffle=False))
    rows = rows_shown(ShowExamples(data, count=1_000, epoch=4))
    assert rows == sorted(rows)
    assert len(rows) == 90


@pytest.mark.parametrize("part", ["validation", "test"])
def test_other_parts_are_never_dealt_out(data: DataSpec, part: str) -> None:
    rows = rows_shown(ShowExamples(data, part, count=1_000, epoch=2))  # type: ignore[arg-type]
    assert rows == sorted(rows)
    assert len(rows) == 30


def test_values_are_shown_in_the_order_of_an_epoch_too(data: DataSpec) -> None:
    columns = tuple(replace(column, role=role) for column, role in zip(data.columns, roles(data), strict=True))
    data = replace(data, columns=columns, task=Task.REGRESSION, batches=Batches(8, balance="sampling"))
    rows = rows_shown(ShowExamples(data, count=1_000, epoch=2))
    assert len(rows) == len(set(rows)) == 90


def roles(data: DataSpec) -> list[Role]:
    """The roles with the first column to predict instead of the last."""
    return [data.columns[-1].role, *(column.role for column in data.columns[1:-1]), data.columns[0].role]


def test_the_parts_that_are_listed_are_those_of_the_run(data: DataSpec) -> None:
    (event,) = ask(ListParts(data))
    assert isinstance(event, PartsListed)
    encoded = encode(data)
    with MappedTable(event.path) as table:
        for part in ("train", "validation", "test"):
            rows = encoded.source_rows[getattr(encoded.rows, part)]
            assert {table.cell(int(row), "part") for row in rows} == {part}
        assert table.rows == 150


def test_the_rows_of_a_part_are_exported(data: DataSpec, tmp_path: Path) -> None:
    out = tmp_path / "test.csv"
    assert ask(ExportRows(data, str(out), "test")) == [Saved(str(out))]
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 30
    assert {row["part"] for row in rows} == {"test"}


@pytest.mark.parametrize("make", [ShowExamples, ListParts, lambda data: ExportRows(data, "out.csv")])
def test_what_cannot_be_split_is_said(data: DataSpec, make: type[ListParts]) -> None:
    unlearnable = replace(data, columns=tuple(replace(column, role=roles(data)[1]) for column in data.columns))
    request: Request = make(unlearnable)
    (event,) = failed(request)
    assert isinstance(event, Failed)
    assert isinstance(event.error, DataError)
    assert "Nothing is to be predicted yet" in event.error.what


def failed(request: Request) -> list[Event]:
    return list(answer(request, SimpleQueue()))
