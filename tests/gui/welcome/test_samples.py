"""What the welcome page says of the samples is true, and each has a picture."""

from __future__ import annotations

import csv

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from nnstudio.gui.actions.files import sample_files
from nnstudio.gui.welcome.pictures import PICTURES
from nnstudio.session.colours import DARK, LIGHT, Colours
from nnstudio.session.samples import SAMPLES, Sample
from nnstudio.spec.files import load_project


def test_every_sample_is_offered_once() -> None:
    assert sorted(sample.path for sample in SAMPLES) == sorted(sample_files())


def answers_in(sample: Sample) -> list[str]:
    """What is to be predicted of each row or picture."""
    data = None if sample.path.is_dir() else load_project(sample.path).data
    source = sample.path.parent / data.source.path if data else sample.path
    if source.is_dir():
        return [picture.parent.name for picture in source.rglob("*.png")]
    assert data is not None
    assert data.target is not None
    with source.open(newline="", encoding="utf-8") as lines:
        return [row[data.target.name] for row in csv.DictReader(lines)]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.file)
def test_a_sample_has_as_many_rows_and_classes_as_are_said(sample: Sample) -> None:
    answers = answers_in(sample)
    is_number = sample.file == "diabetes.nnstudio"
    assert sample.rows == len(answers)
    assert sample.task == ("a number" if is_number else f"{len(set(answers))} classes")


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.file)
def test_its_picture_is_drawn_in_the_colours_of_the_theme(sample: Sample, colours: Colours) -> None:
    drawn = QImage(80, 80, QImage.Format.Format_ARGB32)
    drawn.fill(QColor(colours.ground))
    painter = QPainter(drawn)
    PICTURES[sample.file](painter, QRectF(5, 5, 70, 70), colours)
    painter.end()
    shades = {drawn.pixelColor(x, y).name() for x in range(80) for y in range(80)}
    assert len(shades) > 5
    edge = [drawn.pixelColor(x, y).name() for x in range(80) for y in (0, 79)]
    assert set(edge) == {QColor(colours.ground).name()}
