"""Jobs that answer single examples, many times a second: rows that somebody makes up, pictures, rows of the data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from nnstudio.data.answers import ClassTarget, InputTarget, ValueTarget
from nnstudio.data.columns import Rows
from nnstudio.data.encoding.fitted import decode_target
from nnstudio.data.encoding.form import estimated_values, inputs_of
from nnstudio.data.encoding.layout import encode_rows
from nnstudio.data.judging.examples import Examples, encode_cells
from nnstudio.data.pictures.decode import UnreadablePicture, decode_picture, quietly
from nnstudio.data.pictures.image_set import IMAGE
from nnstudio.data.pictures.picture_source import read_like
from nnstudio.data.table import MappedTable, Pixels
from nnstudio.data.write import write_preview
from nnstudio.jobs.predicting.predictor import Numbers, Predictor, mean_squares, predictor_of
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError, StudioError, as_studio_error
from nnstudio.spec.events import Answer, ExampleTaken, Inbox, ModelAnswered, ModelDescribed
from nnstudio.spec.inputs import ModelForm
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.parts import PART_WORDS
from nnstudio.spec.requests import AskModel, AskPicture, DescribeModel, TakeExample
from nnstudio.spec.sources import ImageFolderSource, PictureSource, Source


def describe_model(request: DescribeModel, inbox: Inbox) -> Iterator[ModelDescribed]:
    """Say what a model asks of one example, and what its training rows hold where these can be read."""
    del inbox
    predictor = predictor_of(request.model)
    encoding = predictor.encoding
    layout, target = encoding.layout, encoding.target
    form = ModelForm(
        request.model,
        encoding.task,
        target.name,
        inputs_of(encoding, None, np.empty(0, np.int64)),
        layout.length if isinstance(layout, WindowLayout) else 1,
        target.classes,
        seen=estimated_values(target) if isinstance(target, ValueTarget) else (),
        is_measured=False,
    )
    try:
        known = _examples(predictor, request.source)
    except (StudioError, OSError) as error:
        yield ModelDescribed(replace(form, why_not=str(as_studio_error(error))))
        return
    yield ModelDescribed(
        replace(
            form,
            inputs=known.inputs(),
            shares=known.shares(),
            seen=known.seen() or form.seen,
            parts=known.sizes,
            is_measured=True,
        )
    )


def ask_model(request: AskModel, inbox: Inbox) -> Iterator[ModelAnswered]:
    """Answer examples that somebody made up."""
    del inbox
    predictor = predictor_of(request.model)
    yield ModelAnswered(_answers(predictor, encode_cells(predictor.encoding, request.rows)))


def ask_picture(request: AskPicture, inbox: Inbox) -> Iterator[ExampleTaken]:
    """Answer the picture in a file; raises `DataError` where there is none that can be read."""
    del inbox
    predictor = predictor_of(request.model)
    path, image = Path(request.path), predictor.encoding.image
    if image is None:
        raise DataError(f"“{path.name}” is a picture, but the model reads tables.", "", "Choose a table.")
    source = ImageFolderSource("", image.width, image.height, image.colour, "16" if image.levels > 256 else "8")
    trained = predictor.project.data
    like = read_like(source, trained.source) if trained else source
    assert isinstance(like, PictureSource)
    try:
        with quietly():
            pixels = decode_picture(path.read_bytes(), like).pixels
    except UnreadablePicture as error:
        what = f"“{path.name}” could not be read as a picture."
        raise DataError(what, f"{error}.".capitalize(), "Choose another file.") from error
    yield _picture_taken(predictor, pixels)


def _picture_taken(predictor: Predictor, pixels: Pixels) -> ExampleTaken:
    """A picture ``(height, width, channels)`` with its answer."""
    image = predictor.encoding.image
    assert image is not None
    pictures = pa.FixedShapeTensorArray.from_numpy_ndarray(np.stack([pixels]))
    preview = write_preview(pa.table({IMAGE: pictures}))
    seen = replace(predictor.encoding, features=(replace(image, name=IMAGE),))
    with MappedTable(preview) as table:
        x = encode_rows(seen, table, np.arange(1))
    return ExampleTaken(_answers(predictor, x)[0], preview=str(preview))


def take_example(request: TakeExample, inbox: Inbox) -> Iterator[ExampleTaken]:
    """Answer an example of the data that the model was trained on."""
    del inbox
    predictor = predictor_of(request.model)
    known = _examples(predictor, request.source)
    places = known.parts[request.part]
    if request.mistaken:
        places = _mistaken(predictor, known, places)
    if not len(places):
        raise _none(request)
    at = (request.number - 1) % len(places)
    place = int(places[at])
    if predictor.encoding.image:
        taken = _picture_taken(predictor, known.picture(place))
    else:
        x = known.encoded(places[[at]])
        taken = ExampleTaken(_answers(predictor, x)[0], known.cells(place))
    yield replace(
        taken,
        number=at + 1,
        total=len(places),
        row=known.row(place) + 1,
        truth=known.answer(place),
        is_mistake=request.mistaken,
    )


def _mistaken(predictor: Predictor, known: Examples, places: Rows) -> Rows:
    """Those of ``places`` that the network gets wrong, in their order; of values all, the furthest off first."""
    if not len(places):
        return places
    outputs, truth = predictor.outputs(known.encoded(places)), known.truth(places)
    match predictor.encoding.target:
        case ClassTarget():
            return np.asarray(places[outputs.argmax(1) != truth])
        case InputTarget():
            errors = np.array([answer[0] for answer in _answers(predictor, known.encoded(places))])
        case target:
            values = decode_target(predictor.encoding, outputs).reshape(len(outputs), -1)
            errors = (np.abs(values - truth) / np.array(target.scales)).max(1)
    return places[np.argsort(-errors, kind="stable")]


def _none(request: TakeExample) -> DataError:
    rows = f"{PART_WORDS[request.part]} rows"
    if request.mistaken:
        return DataError(f"The network makes no mistake in the {rows}.", "", "Look at other rows.")
    return DataError(f"There are no {rows}.", "The split keeps none for it.", "Choose another part.")


def _answers(predictor: Predictor, x: Numbers) -> tuple[Answer, ...]:
    outputs = predictor.outputs(x)
    match predictor.encoding.target:
        case ClassTarget():
            return tuple(map(tuple, outputs.tolist()))
        case InputTarget():
            return tuple((error,) for error in mean_squares(outputs - x.reshape(outputs.shape)).tolist())
    values = decode_target(predictor.encoding, outputs).reshape(len(outputs), -1)
    return tuple(map(tuple, values.tolist()))


_kept: dict[tuple[str, DataSpec], Examples] = {}


def _examples(predictor: Predictor, moved: Source | None) -> Examples:
    """The data that a model was trained on, kept open until another one is asked for."""
    data = predictor.project.data
    if data is None:
        raise DataError("The model does not say what it was trained on.", "", "Train it anew.")
    if moved is not None and not Path(data.source.path).exists():
        data = replace(data, source=moved)
    key = predictor.file.sha256, data
    if key not in _kept:
        found = Examples(data, predictor.encoding)
        for known in _kept.values():
            known.close()
        _kept.clear()
        _kept[key] = found
    return _kept[key]
