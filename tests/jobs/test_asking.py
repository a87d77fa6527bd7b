"""Single examples: what a model asks, and what it says to rows that are made up, to pictures, and to its own data."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnstudio.data.encoding.apply import apply
from nnstudio.data.encoding.fitted import decode_target
from nnstudio.data.table import MappedTable
from nnstudio.jobs.predicting import asking
from nnstudio.jobs.predicting.predictor import predictor_of
from nnstudio.resources import resource
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError, ModelFileError
from nnstudio.spec.events import ExampleTaken, ModelAnswered, ModelDescribed
from nnstudio.spec.inputs import ChoiceInput, DateInput, ModelForm, NumberInput, PictureInput
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.parts import Part
from nnstudio.spec.project import Project
from nnstudio.spec.requests import AskModel, AskPicture, DescribeModel, TakeExample, TrainProject
from nnstudio.spec.sources import ImageFolderSource, TableSource
from nnstudio.spec.splits import TimeSplit
from nnstudio.spec.tasks import Task
from tests.jobs.test_predicting import spec, trained
from tests.jobs.test_training import PLAN, ask, finished, suggested

ROWS = 200

PARTS: tuple[tuple[Part, int], ...] = (
    ("train", 160),
    ("validation", 20),
    ("test", 20),
)


@pytest.fixture(scope="module")
def data(here: Path) -> TableSource:
    random = np.random.default_rng(0)
    path = here / "flowers.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["length", "petals", "city", "day", "kind"])
        for row in range(ROWS):
            length, city = random.normal(), random.choice(["Rome", "Oslo", "Oslo"])
            kind = "big" if (length > 0) is not (row % 20 == 7) else "small"
            rows.writerow([f"{length:.3f}", row % 30 if row else "", city, f"2024-03-{row % 28 + 1:02}", kind])
    return TableSource(str(path))


@pytest.fixture(scope="module")
def model(data: TableSource) -> str:
    return finished(ask(TrainProject(suggested(data, epochs=20), PLAN))).best_weights


@pytest.fixture(scope="module")
def numbers(here: Path) -> TableSource:
    path = here / "numbers.csv"
    rows = (f"2024-01-{row + 1:02},{row},{row * 10},{1000 - row}" for row in range(20))
    path.write_text("\n".join(["day,n,metres,grams", *rows]))
    return TableSource(str(path))


def form_of(model: str) -> ModelForm:
    (event,) = ask(DescribeModel(model))
    assert isinstance(event, ModelDescribed)
    return event.form


def taken(request: Any) -> ExampleTaken:
    (event,) = ask(request)
    assert isinstance(event, ExampleTaken)
    return event


def test_a_form_says_what_each_column_held_in_training(model: str) -> None:
    form = form_of(model)
    length, petals, city, day = form.inputs
    assert isinstance(length, NumberInput)
    assert isinstance(petals, NumberInput)
    assert length.low < length.quartiles[0] < length.typical < length.quartiles[2] < length.high
    assert (petals.low, petals.high, petals.is_whole, length.is_whole) == (0, 29, True, False)
    assert isinstance(city, ChoiceInput)
    assert city.categories == ("Oslo", "Rome")
    assert city.typical == "Oslo"
    assert sum(city.counts) == 160 - (1 - sum(city.counts) // 160)
    assert isinstance(day, DateInput)
    assert "2024-03-01" <= day.low < day.typical < day.high <= "2024-03-28"
    assert (form.classes, form.is_measured, form.parts) == (("big", "small"), True, (160, 20, 20))
    assert sum(form.shares) == pytest.approx(1)


def test_rows_that_are_made_up_get_the_answers_of_a_file(model: str, tmp_path: Path) -> None:
    (event,) = ask(AskModel(model, ((1.5, 3.0, "Rome", "2024-03-05"), (-2.0, None, "Paris", None))))
    assert isinstance(event, ModelAnswered)
    path = tmp_path / "rows.csv"
    path.write_text("length,petals,city,day\n1.5,3,Rome,2024-03-05\n-2,,Paris,\n")
    predictor = predictor_of(model)
    assert np.array_equal(event.answers, predictor.outputs(apply(predictor.encoding, TableSource(str(path))).x))
    assert event.answers[0][0] > event.answers[1][0], "the longer one is rather big"


def test_a_date_that_is_none_is_refused(model: str) -> None:
    with pytest.raises(DataError, match="“day” needs a date"):
        ask(AskModel(model, ((1.0, 1.0, "Rome", "soon"),)))


def test_a_row_of_the_data_comes_with_its_truth(model: str, data: TableSource) -> None:
    first = taken(TakeExample(model, "validation", 1))
    assert (first.number, first.total) == (1, 20)
    with Path(data.path).open(newline="") as file:
        row = list(csv.DictReader(file))[first.row - 1]
    assert first.truth == (row["kind"],)
    ((length, _, city, day),) = first.cells
    assert (length, city, day) == (float(row["length"]), row["city"], row["day"])
    (event,) = ask(AskModel(model, first.cells))
    assert isinstance(event, ModelAnswered)
    assert event.answers == (first.answer,)
    assert taken(TakeExample(model, "validation", 21)).row == first.row, "after the last one comes the first"


def test_a_missing_cell_is_taken_as_missing(model: str) -> None:
    found = [taken(TakeExample(model, part, number)) for part, count in PARTS for number in range(1, count + 1)]
    assert [example.cells[0][1] for example in found if example.row == 1] == [None]
    assert sorted(example.row for example in found) == list(range(1, ROWS + 1))


def test_mistakes_are_found(model: str) -> None:
    classes = form_of(model).classes
    total = taken(TakeExample(model, "train", 1, mistaken=True)).total
    assert 0 < total < 160
    for number in range(1, total + 1):
        found = taken(TakeExample(model, "train", number, mistaken=True))
        assert classes[int(np.argmax(found.answer))] != found.truth[0]


def test_values_are_answered_in_their_own_unit(numbers: TableSource) -> None:
    model = trained(spec(numbers, Task.REGRESSION, "metres", "grams"))
    form = form_of(model)
    assert [seen.name for seen in form.seen] == ["metres", "grams"]
    assert form.seen[0].percentiles[0] >= 0
    assert form.seen[0].share_below(-1) == 0
    assert form.seen[0].share_below(1_000) == 1
    worst = taken(TakeExample(model, "train", 1, mistaken=True))
    best = taken(TakeExample(model, "train", worst.total, mistaken=True))
    predictor = predictor_of(model)
    answers = decode_target(predictor.encoding, predictor.outputs(apply(predictor.encoding, numbers).x))
    assert worst.answer == pytest.approx(tuple(answers[worst.row - 1]))
    scales = np.array(predictor.encoding.target.scales)
    off = [np.abs(np.array(each.answer) - np.array(each.truth, float)) / scales for each in (worst, best)]
    assert off[0].max() > off[1].max()


def test_a_reconstruction_says_how_far_it_is_off(numbers: TableSource) -> None:
    model = trained(spec(numbers, Task.RECONSTRUCTION))
    form = form_of(model)
    assert (form.classes, form.seen) == ((), ())
    worst = taken(TakeExample(model, "train", 1, mistaken=True))
    assert worst.truth == ()
    assert worst.answer[0] >= taken(TakeExample(model, "train", 2, mistaken=True)).answer[0]


def test_a_window_is_a_small_table(numbers: TableSource) -> None:
    data: DataSpec = spec(
        numbers, Task.REGRESSION, "metres", layout=WindowLayout(3, 2, "day"), split=TimeSplit(0.2, 0, "day")
    )
    model = trained(data)
    form = form_of(model)
    assert form.steps == 3
    assert [each.name for each in form.inputs] == ["n", "grams", "metres"]
    example = taken(TakeExample(model, "train", 1))
    assert list(example.cells) == [(0, 1000, 0), (1, 999, 10), (2, 998, 20)]
    assert (example.row, example.truth) == (5, (40.0,))
    (event,) = ask(AskModel(model, example.cells * 2))
    assert isinstance(event, ModelAnswered)
    assert event.answers == (example.answer, example.answer)


def test_pictures_are_shown_as_the_network_sees_them(here: Path, model: str) -> None:
    folder = ImageFolderSource(str(resource("samples/digits")), 8, 8, "grey")
    digits = finished(ask(TrainProject(suggested(folder, epochs=1), PLAN))).best_weights
    form = form_of(digits)
    assert isinstance(form.picture, PictureInput)
    assert (form.picture.width, form.picture.height, form.picture.channels) == (8, 8, 1)
    known = taken(TakeExample(digits, "test", 1))
    assert len(known.answer) == 10
    path = here / "large.png"
    with MappedTable(known.preview) as table:
        pixels = table.image(0)[..., 0].copy()
    Image.fromarray(pixels).save(path)
    again = taken(AskPicture(digits, str(path)))
    assert again.answer == known.answer
    with MappedTable(again.preview) as table:
        assert np.array_equal(table.image(0)[..., 0], pixels)
    (here / "broken.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"“broken\.png” could not be read as a picture"):
        ask(AskPicture(digits, str(here / "broken.png")))
    with pytest.raises(DataError, match="but the model reads tables"):
        ask(AskPicture(model, str(path)))


def test_without_its_data_the_ranges_are_estimated(here: Path, data: TableSource) -> None:
    moved = here / "moved.csv"
    moved.write_bytes(Path(data.path).read_bytes())
    project: Project = suggested(TableSource(str(moved)), epochs=1)
    model = finished(ask(TrainProject(project, PLAN))).best_weights
    moved.rename(here / "elsewhere.csv")
    form = form_of(model)
    assert not form.is_measured
    assert "“moved.csv” is not there" in form.why_not
    length = form.inputs[0]
    assert isinstance(length, NumberInput)
    assert length.low < -1 < 1 < length.high
    (event,) = ask(DescribeModel(model, replace(data, path=str(here / "elsewhere.csv"))))
    assert isinstance(event, ModelDescribed)
    assert event.form.is_measured


def test_data_that_may_not_be_read_say_so_in_a_sentence(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "t.csv")

    monkeypatch.setattr(asking, "_examples", refuse)
    assert form_of(model).why_not.startswith("“t.csv” may not be read or written. The system refused access to it.")


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(ModelFileError):
        ask(DescribeModel(str(resource("samples/iris.csv"))))
