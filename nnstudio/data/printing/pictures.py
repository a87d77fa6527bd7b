"""How Pillow reads pictures as they were read here; whatever it reads otherwise has no short form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import UnidentifiedImageError

from nnstudio.data.encoding.encoders import ImageFeature
from nnstudio.data.pictures.decode import MODES
from nnstudio.data.pictures.image_set import CLASS, PATH
from nnstudio.data.printing.answers import answer_lines, weights_lines
from nnstudio.data.printing.carried import read_picture, read_wide_picture
from nnstudio.data.printing.columns import cell
from nnstudio.data.printing.given import Given, Unprintable
from nnstudio.data.printing.reading import Read, near
from nnstudio.resources import source as source_of
from nnstudio.spec.code.pasted import pasted
from nnstudio.spec.code.text import part, value
from nnstudio.spec.layouts import SequenceLayout
from nnstudio.spec.printed import Part
from nnstudio.spec.sources import ImageFolderSource, ImageIndexSource, PictureSource
from nnstudio.spec.tasks import Task

Levels = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class _Reader:
    """A function of `carried` with its settings."""

    read: Callable[..., Levels]
    settings: tuple[object, ...]
    more: Mapping[str, int] = field(default_factory=dict)

    def __call__(self, path: Path) -> Levels:
        return self.read(path, *self.settings, **self.more)

    def __str__(self) -> str:
        """The call for a ``path``."""
        settings = [*map(value, self.settings), *(f"{name}={given}" for name, given in self.more.items())]
        return f"{self.read.__name__}(path, {', '.join(settings)})"


def picture_lines(given: Given, read: Read | None) -> tuple[Part, Part]:
    """The parts that make ``x`` and ``y`` of pictures: those of a folder, or those that the rows of ``read`` name.

    Raises `Unprintable` where that would give other numbers.
    """
    image, source = given.encoding.image, given.data.source
    assert image is not None
    if isinstance(source, ImageFolderSource):
        found, base = _in_folder(given, source), Path(source.path)
    elif isinstance(source, ImageIndexSource) and read is not None:
        base = _base(given, source)
        stripped = read.frame[source.column].str.strip().equals(read.frame[source.column])
        found = [
            f"folder = Path({value(near(base, given.script.parent))})",
            f"paths = [folder / {'name' if stripped else 'name.strip()'} for name in {cell(source.column)}]",
        ]
    else:
        raise Unprintable("they are pictures from an array")
    reader = _reader(given, source, image, base)
    lines = [*found, f"pictures = [{reader} for path in paths]"]
    carried = pasted(source_of("data/printing/carried.py"), (reader.read.__name__,))
    loading = part("Pictures", lines, *carried.imports, "from pathlib import Path", definitions=carried.definitions)
    answer = _folders(given) if read is None else (*answer_lines(given), *weights_lines(given))
    encoding = [*_encoding(given, image), *answer]
    return loading, part("Encoding", encoding, "import numpy as np", "import torch")


def _reader(given: Given, source: PictureSource, image: ImageFeature, base: Path) -> _Reader:
    """What reads every picture as it was read here, the shorter one where it does."""
    settings = (MODES[source.colour], (source.width, source.height), source.fit)
    wide = _Reader(read_wide_picture, settings, {"white": source.white, "most": source.levels - 1})
    readers = [_Reader(read_picture, settings), wide] if source.depth == "8" else [wide]
    wrong = ""
    for reader in readers:
        wrong = _read_otherwise(given, reader, image, base)
        if not wrong:
            return reader
    raise Unprintable(f"“{wrong}” is not read in a line or two")


def _read_otherwise(given: Given, reader: _Reader, image: ImageFeature, base: Path) -> str:
    """The first picture that ``reader`` reads otherwise than it was trained on; empty where there is none."""
    for row, name in enumerate(given.table.column(PATH).to_pylist()):
        there = given.table.image(row, image.name)
        try:
            found = reader(base / name)
        except (OSError, ValueError, UnidentifiedImageError):
            return str(name)
        if found.size != there.size or not np.array_equal(found.reshape(there.shape), there):
            return str(name)
    return ""


# ---- where they lie ----


def _in_folder(given: Given, source: ImageFolderSource) -> Sequence[str]:
    """Lines that find the pictures, and no other file, in their order."""
    folder = Path(source.path)
    known = [folder / name for name in given.table.column(PATH).to_pylist()]
    depths = {len(path.relative_to(folder).parts) for path in known}
    endings = {path.suffix for path in known}
    if len(depths) == len(endings) == 1:
        pattern = "/".join(["*"] * (depths.pop() - 1) + [f"*{endings.pop()}"])
        if sorted(folder.glob(pattern)) == known:
            return (
                f"folder = Path({value(near(folder, given.script.parent))})",
                f"paths = sorted(folder.glob({value(pattern)}))",
            )
    raise Unprintable("the folder holds other files beside the pictures, or they lie at different depths")


def _base(given: Given, source: ImageIndexSource) -> Path:
    """The folder from which the paths of a list lead to its pictures."""
    folder = Path(source.path).parent
    names = given.table.column(PATH).to_pylist()
    for base in (folder, *sorted(path for path in folder.iterdir() if path.is_dir())):
        if all((base / name).is_file() for name in names):
            return base
    raise Unprintable("their paths lead to different folders")


# ---- numbers ----


def _encoding(given: Given, image: ImageFeature) -> Iterator[str]:
    channels, height, width = image.shape
    yield f"levels = np.stack(pictures).reshape(-1, {height}, {width}, {channels}) / {image.levels - 1}"
    yield "# Mean and deviation of each channel, learned from the training rows."
    yield f"scaled = ((levels - {list(image.mean)!r}) / {list(image.std)!r}).astype(np.float32)"
    if isinstance(given.encoding.layout, SequenceLayout):
        yield f"x = torch.tensor(scaled.reshape(-1, {height}, {width * channels}))  # line by line"
    else:
        yield "x = torch.tensor(scaled.transpose(0, 3, 1, 2))  # channels first, as PyTorch takes them"


def _folders(given: Given) -> Iterator[str]:
    """The folder of each picture as its class; raises `Unprintable` where that is not what is asked for."""
    if given.data.task is Task.RECONSTRUCTION:
        yield "y = x.flatten(1)  # the input itself"
        return
    target: Any = given.encoding.target
    names, labels = given.table.column(PATH).to_pylist(), given.table.column(CLASS).to_pylist()
    if not target.classes or target.names != (CLASS,) or labels != [Path(name).parts[0] for name in names]:
        raise Unprintable("their answer is not the folder that they lie in")
    if len(given.known.rows) != given.table.rows:
        raise Unprintable("repeated pictures are left out")
    yield f"classes = {value(list(target.classes))}"
    yield "y = torch.tensor([classes.index(path.relative_to(folder).parts[0]) for path in paths])"
