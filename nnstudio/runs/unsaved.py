"""Projects with changes that are not saved, one for each window: a crash does not take them.

Each window has a folder of its own, with a lock that the system lets go with its process, and in it one JSON file:
``format``, ``version``, ``name``, ``path`` (of the project file, or null), ``changed`` (seconds since 1970, UTC) and
``project`` (the text of a project file with absolute paths).
"""

from __future__ import annotations

import json
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from nnstudio.runs.alive import alive, is_alive
from nnstudio.runs.store import runs_folder
from nnstudio.spec.errors import FileError, ProjectFileError, StudioError, as_studio_error
from nnstudio.spec.files import LARGEST_PROJECT, project_from_json, project_to_json, write_atomically
from nnstudio.spec.project import Project

FOLDER, FILE, ASIDE = "unsaved", "project.json", "set-aside"
FORMAT, VERSION = "nnstudio-unsaved", 1


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A project that a window left behind; ``path`` is that of its file, if it has one."""

    folder: Path
    name: str
    path: Path | None
    changed: float
    project: Project


def unsaved_folder() -> Path:
    """Where windows have their folders."""
    return runs_folder() / FOLDER


class UnsavedFile:
    """The file of one window. All of its methods belong to one thread: so does the lock."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = (folder or unsaved_folder()) / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
        self._lock = ExitStack()

    def keep(self, name: str, path: Path | None, project: Project) -> None:
        """Write a project in the place of the one before; raises OSError."""
        if not self.folder.is_dir():
            self.folder.mkdir(parents=True)
            self._lock.enter_context(alive(self.folder))
        content = {
            "format": FORMAT,
            "version": VERSION,
            "name": name,
            "path": str(path) if path else None,
            "changed": time.time(),
            "project": project_to_json(project),
        }
        text = json.dumps(content)
        write_atomically(self.folder / FILE, lambda partial: partial.write_text(text, encoding="utf-8"))

    def forget(self) -> None:
        """Nothing is unsaved any more."""
        (self.folder / FILE).unlink(missing_ok=True)

    def close(self, *, forget: bool) -> None:
        """The window closes; what is unsaved stays for the next start, unless it is to be forgotten."""
        self._lock.close()
        if self.folder.is_dir() and (forget or not (self.folder / FILE).exists()):
            shutil.rmtree(self.folder)


def left_behind(root: Path | None = None) -> tuple[list[Unsaved], list[StudioError]]:
    """What windows left whose process is gone, newest first; and why something cannot be read, which is set aside."""
    found: list[Unsaved] = []
    problems: list[StudioError] = []
    for folder in _abandoned(root or unsaved_folder()):
        if not (folder / FILE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            continue
        try:
            found.append(_read(folder))
        except (StudioError, OSError, ValueError, RecursionError) as error:
            problems.append(_set_aside(folder, as_studio_error(error)))
    return sorted(found, key=lambda each: each.changed, reverse=True), problems


def discard(folder: Path) -> bool:
    """Delete what a window left; says whether it was there, and no other window had taken it."""
    if not (folder / FILE).exists() or is_alive(folder):
        return False
    shutil.rmtree(folder, ignore_errors=True)
    return True


def _abandoned(root: Path) -> Iterator[Path]:
    if root.is_dir():
        yield from (each for each in root.iterdir() if each.is_dir() and each.name != ASIDE and not is_alive(each))


def _read(folder: Path) -> Unsaved:
    path = folder / FILE
    if path.stat().st_size > 2 * LARGEST_PROJECT:
        raise ProjectFileError("It is far larger than a project can be.")
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, Mapping) or (content.get("format"), content.get("version")) != (FORMAT, VERSION):
        raise ProjectFileError("It is no project, or another version of nnstudio wrote it.")
    name, file, changed = content.get("name"), content.get("path"), content.get("changed")
    if not isinstance(name, str) or not isinstance(file, str | None) or not isinstance(changed, float | int):
        raise ProjectFileError("It is damaged.")
    project = project_from_json(str(content.get("project")))
    return Unsaved(folder, name, Path(file) if file else None, float(changed), project)


def _set_aside(folder: Path, why: StudioError) -> StudioError:
    """Move a file that cannot be read to where it is not looked for again."""
    aside = folder.parent / ASIDE
    place = aside / f"{folder.name}.json"
    try:
        aside.mkdir(exist_ok=True)
        (folder / FILE).replace(place)
        shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        place = folder / FILE
    reason = why.what if isinstance(why, ProjectFileError) else "It is damaged."
    what = "Unsaved changes of an earlier window cannot be restored."
    return FileError(what, reason, f"Their file lies in “{place}”.")
