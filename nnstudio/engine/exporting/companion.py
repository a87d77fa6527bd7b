"""Predict with a network that nnstudio exported as ONNX. It needs numpy and onnxruntime; for pictures also Pillow.

    python NAME-predict.py NAME.onnx rows.csv > predictions.csv
    python NAME-predict.py NAME.onnx one.png other.png > predictions.csv

Everything that it takes to encode an example and to read the answer is in the metadata of the ONNX file. A table is
CSV with the names of the columns in its first line, a point before decimals, and dates as ISO 8601 spells them. Where
the network looks at windows of several rows, these are taken in the order of the file.

What cannot be predicted is said on standard error, and ends it with 1. So do categories that the network never saw, but
only after all rows were predicted: they count as none that it knows.
"""

from __future__ import annotations

import csv
import json
import math
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

Numbers = NDArray[np.float32]

MISSING = ("", "#N/A", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null")
"""Cells that hold no value."""

KINDS = {"number": "number with a point before its decimals", "date": "date such as 2024-12-31 or 2024-12-31 23:59"}

LARGEST = float(np.finfo(np.float32).max)
EPOCH = datetime(1970, 1, 1)


class Problem(Exception):
    """Why nothing can be predicted, in a sentence."""


@dataclass(frozen=True)
class Table:
    """Rows under the names of their columns, and the line of the file that each ends in."""

    names: list[str]
    rows: list[list[str]]
    lines: list[int]

    def column(self, name: str) -> list[str]:
        if name not in self.names:
            raise Problem(f"The table has no column “{name}”. It has {', '.join(self.names)}.")
        at = self.names.index(name)
        return [row[at].strip() for row in self.rows]


def read_table(path: str) -> Table:
    """Every row of a CSV file that is not empty."""
    rows, lines = [], []
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        try:
            names = [name.strip() for name in next(reader, [])]
            for cells in filter(None, reader):
                rows.append(cells)
                lines.append(reader.line_num)
                if len(cells) != len(names):
                    raise Problem(f"Line {lines[-1]} has {len(cells)} cells, and the first line {len(names)}.")
        except csv.Error as error:
            raise Problem(f"Line {reader.line_num} of “{path}” is no CSV: {error}.") from error
        except UnicodeDecodeError as error:
            raise Problem(f"“{path}” is no text in UTF-8.") from error
    if rows:
        return Table(names, rows, lines)
    raise Problem(f"“{path}” has no rows below its first line.")


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


def encoded_rows(about: dict[str, Any], table: Table, shape: Sequence[int]) -> Numbers:
    """The rows as the network takes them, ``(N, *shape)``."""
    features = (*about["features"], *about["past"])
    numbers = np.concatenate([encoded_column(feature, table) for feature in features], 1)
    if about["layout"]["kind"] != "window":
        return numbers.reshape(-1, *shape)
    length = shape[0]
    if len(numbers) < length:
        raise Problem(f"The network looks at {length} rows at once, and the table has {len(numbers)}.")
    starts = range(len(numbers) - length + 1)
    return np.stack([numbers[start : start + length] for start in starts])


def encoded_column(feature: dict[str, Any], table: Table) -> Numbers:
    """The numbers of one column; where a cell cannot be one, the first such cell is named."""
    encode, cells = FEATURES[feature["kind"]], table.column(feature["name"])
    try:
        return encode(feature, cells)
    except (ValueError, OverflowError):
        for line, cell in zip(table.lines, cells, strict=True):
            try:
                encode(feature, [cell])
            except (ValueError, OverflowError) as error:
                said = f"“{cell}” in the column “{feature['name']}” is no {KINDS[feature['kind']]}."
                raise Problem(f"Line {line}: {said}") from error
        raise


def never_seen(about: dict[str, Any], table: Table) -> Iterator[str]:
    """Of each column the first category that the network knows nothing of, and has no place for others."""
    for feature in about["features"]:
        if feature["kind"] != "category" or feature["other"]:
            continue
        known, name = {*feature["categories"], *MISSING}, feature["name"]
        cells = zip(table.lines, table.column(name), strict=True)
        strange = [(line, cell) for line, cell in cells if not known & {cell, category_of(cell)}]
        if strange:
            line, cell = strange[0]
            below = f" Below it are {len(strange) - 1} more." if len(strange) > 1 else ""
            yield f"Line {line}: “{cell}” in the column “{name}” is new to the network, and counts as none.{below}"


def encoded_picture(about: dict[str, Any], fit: str, path: Path) -> Numbers:
    """One picture, upright and in the size and colour of the training pictures, ``(channels, height, width)``."""
    from PIL import Image, ImageOps, UnidentifiedImageError  # only pictures need it

    try:
        image = ImageOps.exif_transpose(Image.open(path))
    except (UnidentifiedImageError, SyntaxError, Image.DecompressionBombError) as error:
        raise Problem(f"“{path}” is no picture that Pillow can read.") from error
    if image.mode.startswith(("I", "F")):
        raise Problem(f"“{path}” has more than 256 levels of grey: predict it with nnstudio.")
    mode = {"grey": "L", "rgb": "RGB", "rgba": "RGBA"}[about["colour"]]
    if mode != "RGBA" and image.has_transparency_data:
        seen = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
    image, size = image.convert(mode), (about["width"], about["height"])
    if image.size != size:
        fitted = {"crop": ImageOps.fit, "pad": ImageOps.pad}.get(fit, Image.Image.resize)
        image = fitted(image, size, Image.Resampling.BILINEAR)
    levels = np.array(image, np.float64).reshape(size[1], size[0], -1)
    levels *= 257 if about["levels"] > 256 else 1
    channels: NDArray[np.float64] = (levels / (about["levels"] - 1) - about["mean"]) / about["std"]
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


def examples(metadata: dict[str, Any], paths: Sequence[str]) -> tuple[Table, Numbers]:
    """The table, or the names of the pictures, and the examples as the network takes them, ``(N, *shape)``."""
    encoding, shape = metadata["encoding"], metadata["input"]["shape"][1:]
    if "pictures" in metadata:
        about, fit = encoding["features"][0], metadata["pictures"]["fit"]
        pictures = np.stack([encoded_picture(about, fit, Path(path)) for path in paths])
        if encoding["layout"]["kind"] == "sequence":  # line by line
            pictures = pictures.transpose(0, 2, 3, 1).reshape(-1, *shape)
        return Table(["file"], [[path] for path in paths], []), pictures
    if len(paths) > 1:
        raise Problem(f"One table is predicted at a time, and here are {len(paths)}.")
    table = read_table(paths[0])
    return table, encoded_rows(encoding, table, shape)


def opened(model: str) -> tuple[onnxruntime.InferenceSession, dict[str, Any]]:
    """The network, ready to run, and what it says of itself."""
    if not Path(model).is_file():
        raise Problem(f"There is no file “{model}”.")
    try:
        session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own errors have no common class
        raise Problem(f"“{model}” is no network that onnxruntime can run.") from error
    texts = session.get_modelmeta().custom_metadata_map
    if "nnstudio.encoding" not in texts:
        raise Problem(f"“{model}” does not say how an example is encoded: it was not exported by nnstudio.")
    wanted = ("encoding", "input", "outputs", "pictures", "target")
    return session, {key: json.loads(texts[f"nnstudio.{key}"]) for key in wanted if f"nnstudio.{key}" in texts}


def main(model: str, *paths: str) -> int:
    """Write the predictions as CSV on standard output; gives the exit code. Raises `Problem` or OSError."""
    session, metadata = opened(model)
    table, x = examples(metadata, paths)
    names = [output["name"] for output in metadata["outputs"]]
    added = answers(metadata, dict(zip(names, session.run(names, {metadata["input"]["name"]: x}), strict=True)))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([*table.names, *added])
    rows = table.rows[len(table.rows) - len(x) :]  # of a window, its last row
    writer.writerows([*row, *more] for row, *more in zip(rows, *added.values(), strict=True))
    doubts = list(never_seen(metadata["encoding"], table))
    sys.stderr.writelines(f"{doubt}\n" for doubt in doubts)
    return 1 if doubts else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        code = main(*sys.argv[1:])
        sys.stdout.flush()
        sys.exit(code)
    except BrokenPipeError:  # nobody reads any more, as with “| head”
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Problem as problem:
        sys.exit(str(problem))
    except OSError as error:
        sys.exit(f"“{error.filename}” cannot be read: {error.strerror}.")
