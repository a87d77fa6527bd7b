"""Predict with a network that nnstudio exported as ONNX. It needs numpy and onnxruntime; for pictures also Pillow.

    python NAME-predict.py NAME.onnx rows.csv > predictions.csv
    python NAME-predict.py NAME.onnx one.png other.png > predictions.csv

Everything that it takes to encode an example and to read the answer is in the metadata of the ONNX file. A table is
CSV with the names of the columns in its first line, a point before decimals, and dates as ISO 8601 spells them. Where
the network looks at windows of several rows, these are taken in the order of the file.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

Numbers = NDArray[np.float32]
Row = dict[str, str]

MISSING = ("", "#N/A", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null")
"""Cells that hold no value."""

LARGEST = float(np.finfo(np.float32).max)
EPOCH = datetime(1970, 1, 1)


def number_feature(about: dict[str, Any], cells: Sequence[str]) -> Numbers:
    """``(value - offset) / scale``, one number, and a second one that is 1 where the cell is missing."""
    values: NDArray[np.float64] = np.array([np.nan if cell in MISSING else float(cell) for cell in cells])
    values[~(np.abs(values) <= LARGEST)] = np.nan
    missing = np.isnan(values)
    values = np.where(missing, about["fill"], values)
    if about["method"] == "log":
        values = np.copysign(np.log1p(np.abs(values)), values)
    scaled = np.clip((values - about["offset"]) / about["scale"], -LARGEST, LARGEST)
    return np.stack([scaled, missing] if about["indicator"] else [scaled], 1).astype(np.float32)


def category_feature(about: dict[str, Any], cells: Sequence[str]) -> Numbers:
    """A number for each category, which is 1 in its own place, or one number: the place in the order, or an index."""
    known = list(about["categories"])
    unknown = len(known) if about["other"] else -1
    count = len(known) + about["other"] + (about["missing"] and about["code"] != "index")
    last = -1 if about["code"] == "index" else count - 1
    without = last if about["missing"] else known.index(about["fill"])
    place = {category: at for at, category in enumerate(known)} | dict.fromkeys(MISSING, without)
    places = np.array([place.get(cell, place.get(category_of(cell), unknown)) for cell in cells])
    if about["code"] == "index":
        numbers = places[:, None] + 1
    elif about["code"] == "ordinal":
        numbers = np.where(places < 0, 0.5, places / max(1, count - 1))[:, None]
    else:
        numbers = places[:, None] == np.arange(count)
    return numbers.astype(np.float32)


def category_of(cell: str) -> str:
    """The name of a category that is spelled in another way: whole numbers have no decimal point."""
    try:
        number = float(cell)
    except ValueError:
        return cell.capitalize()  # True and False
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else str(number)


def date_feature(about: dict[str, Any], cells: Sequence[str]) -> Numbers:
    """Some parts of a date; those that come round again as sine and cosine of their share of a full turn."""
    return np.array([list(date_numbers(about, cell)) for cell in cells], np.float32)


def date_numbers(about: dict[str, Any], cell: str) -> Iterator[float]:
    when = None if cell in MISSING else moment(cell)
    for part in about["parts"]:
        if part in ("elapsed", "year"):
            yield 0.0 if when is None else standardised(about, part, when)
            continue
        step, last, turn = within(part, when or EPOCH)
        if not about["cyclic"]:
            yield 0.5 if when is None else step / last
            continue
        angle = step * (2 * math.pi / turn)
        yield from (0.0, 0.0) if when is None else (math.sin(angle), math.cos(angle))


def moment(cell: str) -> datetime:
    when = datetime.fromisoformat(cell)
    return when.astimezone(UTC).replace(tzinfo=None) if when.tzinfo else when


def standardised(about: dict[str, Any], part: str, when: datetime) -> float:
    value = when.year if part == "year" else (when - EPOCH).total_seconds() / 86_400
    name = "year" if part == "year" else "days"
    return (value - float(about[f"{name}_mean"])) / float(about[f"{name}_std"])


def within(part: str, when: datetime) -> tuple[float, int, int]:
    """How far a moment is within its round, the last step of a round, and how many make a full turn."""
    hours = when.hour + when.minute / 60 + (when.second + when.microsecond / 1e6) / 3600
    return {
        "month": (when.month - 1, 11, 12),
        "day": (when.day - 1, 30, 31),
        "weekday": (when.weekday(), 6, 7),
        "hour": (hours, 24, 24),
    }[part]


FEATURES = {"number": number_feature, "category": category_feature, "date": date_feature}


def encoded_rows(about: dict[str, Any], rows: Sequence[Row], shape: Sequence[int]) -> Numbers:
    """The rows as the network takes them, ``(N, *shape)``."""
    columns = []
    for feature in (*about["features"], *about["past"]):
        name = feature["name"]
        if rows and name not in rows[0]:
            sys.exit(f"The table has no column “{name}”.")
        columns.append(FEATURES[feature["kind"]](feature, [row[name].strip() for row in rows]))
    numbers = np.concatenate(columns, 1)
    if about["layout"]["kind"] != "window":
        return numbers.reshape(-1, *shape)
    length = shape[0]
    if len(rows) < length:
        sys.exit(f"The network looks at {length} rows at once, and the table has {len(rows)}.")
    starts = range(len(rows) - length + 1)
    return np.stack([numbers[start : start + length] for start in starts])


def encoded_picture(about: dict[str, Any], fit: str, path: Path) -> Numbers:
    """One picture, upright and in the size and colour of the training pictures, ``(channels, height, width)``."""
    from PIL import Image, ImageOps  # only pictures need it

    image = ImageOps.exif_transpose(Image.open(path))
    if image.mode.startswith(("I", "F")):
        sys.exit(f"“{path}” has more than 256 levels of grey: predict it with nnstudio.")
    mode = {"grey": "L", "rgb": "RGB", "rgba": "RGBA"}[about["colour"]]
    if mode != "RGBA" and image.has_transparency_data:
        seen = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
    image, size = image.convert(mode), (about["width"], about["height"])
    if image.size != size:
        bilinear = Image.Resampling.BILINEAR
        fitted = {"crop": ImageOps.fit, "pad": ImageOps.pad}.get(fit, Image.Image.resize)
        image = fitted(image, size, bilinear)
    levels = np.asarray(image, np.float64).reshape(size[1], size[0], -1)
    wide = 257 if about["levels"] > 256 else 1
    channels: NDArray[np.float64] = (levels * wide / (about["levels"] - 1) - about["mean"]) / about["std"]
    return channels.transpose(2, 0, 1).astype(np.float32)


def answers(metadata: dict[str, Any], outputs: dict[str, Any]) -> dict[str, NDArray[Any]]:
    """The columns to add: the class and a probability for each, a value for each target, or how large the error is."""
    target = metadata["target"]
    if "probabilities" in outputs:
        classes, chances = np.array(target["classes"], object), outputs["probabilities"]
        each = {f"probability_{name}": chances[:, at] for at, name in enumerate(classes)}
        return {f"predicted_{target['columns'][0]}": classes[chances.argmax(1)], **each}
    if "values" in outputs:
        return {f"predicted_{name}": outputs["values"][:, at] for at, name in enumerate(target["columns"])}
    return {"reconstruction_error": outputs["reconstruction_error"]}


def examples(metadata: dict[str, Any], paths: Sequence[str]) -> tuple[list[Row], Numbers]:
    """What stands beside each prediction, and the examples as the network takes them, ``(N, *shape)``."""
    encoding, shape = metadata["encoding"], metadata["input"]["shape"][1:]
    if "pictures" in metadata:
        about, fit = encoding["features"][0], metadata["pictures"]["fit"]
        pictures = np.stack([encoded_picture(about, fit, Path(path)) for path in paths])
        if encoding["layout"]["kind"] == "sequence":  # line by line
            pictures = pictures.transpose(0, 2, 3, 1).reshape(-1, *shape)
        return [{"file": path} for path in paths], pictures
    with open(paths[0], newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file)) or sys.exit("The table has no rows.")
    numbers = encoded_rows(encoding, rows, shape)
    return rows[len(rows) - len(numbers) :], numbers  # of a window, its last row


def main(model: str, *paths: str) -> None:
    """Write the predictions as CSV on standard output."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    texts = session.get_modelmeta().custom_metadata_map
    wanted = ("encoding", "input", "outputs", "pictures", "target")
    metadata = {key: json.loads(texts[f"nnstudio.{key}"]) for key in wanted if f"nnstudio.{key}" in texts}
    rows, x = examples(metadata, paths)
    names = [output["name"] for output in metadata["outputs"]]
    given = session.run(names, {metadata["input"]["name"]: x})
    added = answers(metadata, dict(zip(names, given, strict=True)))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([*rows[0], *added])
    for row, *more in zip(rows, *added.values(), strict=True):
        writer.writerow([*row.values(), *more])


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
