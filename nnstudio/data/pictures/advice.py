"""How pictures are best read: their size, colour and depth, and which of their folders are for which part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from nnstudio.data.pictures.decode import (
    Opened,
    UnreadablePicture,
    has_see_through,
    is_grey,
    is_wide,
    opened,
    quietly,
    wide_levels,
)
from nnstudio.data.pictures.decode_pool import content_of
from nnstudio.data.pictures.picture_files import Picture, class_folders, find_pictures, no_pictures
from nnstudio.spec.sources import ImageFolderSource
from nnstudio.spec.splits import FileSplit, Split

LARGEST_SIDE = 64
"""Pixels that are suggested at most: networks that are trained from nothing rarely need more."""

SAMPLES = 32
"""Pictures that are looked at for a suggestion."""

TRAIN = ("train", "training")
VALIDATION = ("validation", "valid", "val", "dev")
TEST = ("test", "testing")
"""How folders that hold the class folders of one part are called, in lower case."""


def suggest_image_source(path: Path) -> ImageFolderSource:
    """How the pictures in a folder are best read, judged by some of them.

    Their most common size, scaled down to `LARGEST_SIDE` pixels on the longer side; grey when all are grey; with
    transparency when something shines through one; 16 bits when one has so many levels of grey. Where the folder holds
    a folder called train, and that the class folders, it is read; where it holds but one folder, and that others, that
    one. Raises `DataError` where the folder holds no pictures.
    """
    path = _start(path.absolute())
    found = find_pictures(path, need_classes=False)
    return ImageFolderSource(str(path), **suggest_look(found, path))


def suggest_look(pictures: Sequence[Picture], folder: Path) -> dict[str, Any]:
    """The fields of a `PictureSource` that its pictures suggest; raises `DataError` where none can be read."""
    with quietly():
        looks = list(_look_at(pictures[:: max(1, len(pictures) // SAMPLES)]))
    if not looks:
        raise no_pictures(folder)
    (width, height), _ = Counter(look.size for look in looks).most_common(1)[0]
    scale = min(1.0, LARGEST_SIDE / max(width, height))
    is_deep = any(look.white for look in looks)
    suggested = {
        "width": max(1, round(width * scale)),
        "height": max(1, round(height * scale)),
        "colour": _colour(looks),
        "depth": "16" if is_deep else "8",
    }
    return suggested | ({"white": max(look.white for look in looks)} if is_deep else {})


@dataclass(frozen=True, slots=True)
class _Look:
    """What one picture looks like; ``white`` is 0 unless it has more than 256 levels of grey."""

    size: tuple[int, int]
    is_grey: bool
    is_see_through: bool
    white: int = 0


def _look_at(pictures: Sequence[Picture]) -> Iterator[_Look]:
    for picture in pictures:
        try:
            if not picture.problem:
                with opened(content_of(picture), LARGEST_SIDE) as found:
                    yield _look(found)
        except (UnreadablePicture, OSError):
            continue


def _look(found: Opened) -> _Look:
    image = found.image
    return _Look(found.size, is_grey(image), has_see_through(image), _white(found) if is_wide(image) else 0)


def _white(found: Opened) -> int:
    """The level that is full brightness: the highest that so many bits can tell apart; 1 for shares of brightness."""
    highest = float(wide_levels(found.image).max())
    if found.image.mode.startswith("F") and highest <= 1:
        return 1
    return int(2 ** max(8, int(highest).bit_length()) - 1)


def _colour(looks: Sequence[_Look]) -> Literal["grey", "rgb", "rgba"]:
    if any(look.is_see_through for look in looks):
        return "rgba"
    return "grey" if all(look.is_grey for look in looks) else "rgb"


def suggest_picture_split(path: Path) -> Split | None:
    """How the folder ``path`` of class folders is dealt out where folders for other parts lie beside it, else None.

    ``path`` is the training folder, or what holds it. A folder for a part counts when it shares a class with it.
    """
    train = _part(path, TRAIN) or path
    if train.name.casefold() not in TRAIN:
        return None
    classes = set(class_folders(train))
    parts = [_part(train.parent, names) for names in (VALIDATION, TEST)]
    validation, test = (str(part) if part and classes & set(class_folders(part)) else "" for part in parts)
    return FileSplit(validation, test) if validation or test else None


def _start(path: Path) -> Path:
    """Where the class folders are: in the folder for training, or below a folder that is the only thing there."""
    while True:
        if train := _part(path, TRAIN):
            return train
        inner = class_folders(path)
        if len(inner) != 1 or not class_folders(path / inner[0]) or _has_files(path):
            return path
        path = path / inner[0]


def _has_files(path: Path) -> bool:
    return any(entry.is_file() and not entry.name.startswith(".") for entry in path.iterdir())


def _part(path: Path, names: Sequence[str]) -> Path | None:
    """The folder in ``path`` that is called by one of ``names`` and holds class folders.

    A folder called train beside others of which none is for a part is a class: that of pictures of trains.
    """
    inner = {name.casefold(): name for name in class_folders(path)}
    if len(inner) > 1 and len(inner.keys() & {*TRAIN, *VALIDATION, *TEST}) < 2:
        return None
    parts = (path / inner[name] for name in names if name in inner)
    return next((part for part in parts if class_folders(part)), None)
