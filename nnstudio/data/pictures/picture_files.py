"""Pictures on disk: which files of a folder may be some, and what class each belongs to."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnstudio.data.pictures.decode import FORMATS
from nnstudio.spec.errors import GONE, DataError
from nnstudio.spec.files import as_text

NO_PICTURES = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
"""What systems and packers leave in folders, in lower case."""

SUFFIXES = frozenset({
    ".bmp", ".dib", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff",
    ".webp",
})  # fmt: skip
"""How the names of picture files end."""

DEEPEST = 64
"""Folders within folders that are walked into."""

LINKED_AWAY = "it is a link to a place outside the folder"
LINKED_FOLDER = "it is a link to a folder, which is not followed"


@dataclass(frozen=True, slots=True)
class Picture:
    """A file that may be a picture: where it lies, its path below the folder, its class (None: it has none).

    ``state`` is its size and time of change (ns); ``problem`` says why it is not even to be read.
    """

    path: Path
    name: str
    label: str | None
    state: tuple[int, int] = (0, 0)
    problem: str = ""


def find_pictures(folder: Path, need_classes: bool = True) -> list[Picture]:
    """Every visible file in the class folders of ``folder``, by class and path; raises `DataError` where there is none.

    Files in folders within a class folder belong to it. Where there are no class folders, or none that holds a file
    called like a picture, and none are needed, the files of the folder itself are taken. Links to folders are not
    followed, and links to files only to such within ``folder``; what they lead to is found with a ``problem``.
    """
    require_folder(folder)
    folder = folder.absolute()
    entries = _entries(folder)
    classes = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
    if not classes and need_classes:
        raise DataError(
            f"“{folder.name}” has no folders for its classes.",
            "The name of the folder that a picture lies in says what it shows.",
            "Make one folder for each class and move the pictures there.",
        )
    walk = _Walk(folder)
    linked = [entry for entry in entries if _leads_to_folder(entry)]
    found = [picture for entry in classes for picture in walk.below(Path(entry.path), entry.name)]
    found += [walk.picture(entry, entry.name) for entry in linked if classes]
    if not classes or (not need_classes and not _are_called_pictures(found)):
        loose = [walk.picture(entry, None) for entry in entries if entry not in classes]
        found = loose if not classes or _are_called_pictures(loose) else found
    if not any(not picture.problem for picture in found):
        raise no_pictures(folder)
    return found


def _are_called_pictures(found: Sequence[Picture]) -> bool:
    """Whether the name of one of them says that it is a picture."""
    return any(Path(picture.name).suffix.casefold() in SUFFIXES for picture in found)


def class_folders(folder: Path) -> list[str]:
    """The names of the visible folders in ``folder``, links aside; empty where there is no such folder."""
    try:
        return [as_text(entry.name) for entry in _entries(folder) if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def class_notes(folders: Sequence[str], labels: Sequence[str | None]) -> Iterator[str]:
    """What is odd about the classes: those without a picture, and those that differ only in case."""
    if not any(labels):
        yield (
            "No picture lies in a folder for its class: the network can only learn to reconstruct them. To tell them "
            "apart, make one folder for each class and move the pictures there."
        )
    for name in sorted(set(folders) - set(labels)):
        yield f"The folder “{name}” holds no picture that could be read, so that there is no such class."
    alike = defaultdict(list)
    for name in sorted({label for label in labels if label is not None}):
        alike[name.casefold().strip()].append(f"“{name}”")
    for names in alike.values():
        if len(names) > 1:
            yield f"The classes {' and '.join(names)} differ only in how they are written: are they the same?"


def require_folder(folder: Path) -> None:
    """Raise `DataError` unless there is such a folder."""
    if not folder.is_dir():
        why = "It is a file." if folder.exists() else GONE
        raise DataError(
            f"There is no folder “{folder.name}”.", why, "Open a folder that holds one folder for each class."
        )


def no_pictures(folder: Path, why: str = "") -> DataError:
    """Why a folder in which no picture could be read is of no use."""
    why = why or f"None of these was found: {', '.join(FORMATS)}."
    return DataError(f"“{folder.name}” holds no pictures.", why, "Choose another folder.")


def is_visible(name: str) -> bool:
    """Whether a file or folder is meant to be seen, rather than left there by a system or a packer."""
    return not name.startswith(".") and name.casefold() not in NO_PICTURES


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What is visible in a folder, by name."""
    with os.scandir(folder) as entries:
        return sorted((entry for entry in entries if is_visible(entry.name)), key=lambda entry: entry.name)


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


class _Walk:
    """Goes through the folders below ``root`` without leaving it."""

    def __init__(self, root: Path) -> None:
        self._prefix = len(str(root).rstrip(os.sep)) + 1
        self._real = root.resolve()

    def below(self, folder: Path, label: str, depth: int = 0) -> Iterator[Picture]:
        """The files in ``folder`` and in those within it; the files of a folder come before those of its folders."""
        try:
            entries = _entries(folder)
        except OSError as error:
            yield self._refused(folder, label, error.strerror or str(error))
            return
        yield from (self.picture(entry, label) for entry in entries if not entry.is_dir(follow_symlinks=False))
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                continue
            if depth < DEEPEST:
                yield from self.below(Path(entry.path), label, depth + 1)
            else:
                yield self._refused(Path(entry.path), label, "it lies too deep within other folders")

    def picture(self, entry: os.DirEntry[str], label: str | None) -> Picture:
        """A file or link of a folder; with a problem where it cannot be a picture of it."""
        path = Path(entry.path)
        try:
            if problem := self._problem(entry, path):
                return self._refused(path, label, problem)
            status = entry.stat()
        except OSError as error:
            return self._refused(path, label, error.strerror or str(error))
        return Picture(path, self._name(path), label and as_text(label), (status.st_size, status.st_mtime_ns))

    def _problem(self, entry: os.DirEntry[str], path: Path) -> str:
        if not entry.is_symlink():
            return "" if entry.is_file() else "it is not an ordinary file"
        if _leads_to_folder(entry):
            return LINKED_FOLDER
        if not Path(os.path.realpath(path)).is_relative_to(self._real):
            return LINKED_AWAY
        return "" if entry.is_file() else "it is a link to nothing"

    def _refused(self, path: Path, label: str | None, problem: str) -> Picture:
        return Picture(path, self._name(path), label and as_text(label), problem=problem)

    def _name(self, path: Path) -> str:
        return as_text(str(path)[self._prefix :].replace(os.sep, "/"))  # ten times as fast as Path.relative_to
