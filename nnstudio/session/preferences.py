"""What the user likes, kept in a JSON file of the user's configuration folder."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_config_path

from nnstudio.spec.errors import SpecError
from nnstudio.spec.files import nearest_there, write_atomically
from nnstudio.spec.params import Declared, Field, Param, fields_of

MOST_RECENT = 10
FOLDER_VARIABLE = "NNSTUDIO_CONFIG"
"""Environment variable that names another configuration folder."""


NEXT_START = "Counts from the next start on."
SIZES = ("80", "90", "100", "110", "125", "150", "175", "200")
Size = Literal["80", "90", "100", "110", "125", "150", "175", "200"]
MOST_THREADS = 256


@dataclass(frozen=True, slots=True)
class Preferences(Declared):
    """Settings of the program, not of a project."""

    title = "Preferences"

    theme: Annotated[
        Literal["system", "light", "dark"],
        Param(
            "Colours",
            "Those of the system, live, or always the same.",
            labels=("As the system has it", "Light", "Dark"),
        ),
    ] = "system"
    size: Annotated[
        Size,
        Param(
            "Text size",
            "How large words, and what holds them, are, beside what the system says.",
            labels=tuple(f"{size} %" for size in SIZES),
        ),
    ] = "100"
    engine: Annotated[
        Literal["process", "thread"],
        Param(
            "Train in",
            f"A process of its own keeps the window alive whatever happens there. {NEXT_START}",
            labels=("A process of its own", "The process of the window"),
        ),
    ] = "process"
    threads: Annotated[
        int,
        Param(
            "Threads",
            "Of a run or trial on the processor; trials side by side share them. At 0 the fastest number is measured.",
            low=0,
            high=MOST_THREADS,
        ),
    ] = 0
    stay_awake: Annotated[
        bool,
        Param("Keep the computer awake", f"It does not go to sleep by itself while something is trained. {NEXT_START}"),
    ] = True
    notify: Annotated[
        bool,
        Param("Notify when a run ends", "The desktop tells it, while another window is in front."),
    ] = True
    keep_unsaved: Annotated[
        bool,
        Param("Keep changes for the case of a crash", "A moment after each edit; the next start offers them."),
    ] = True
    data_folder: Annotated[
        str,
        Param("Runs", f"Where runs and their weights are kept; what is there stays there. {NEXT_START}", is_path=True),
    ] = ""
    cache_folder: Annotated[
        str,
        Param("Cache", f"Where tables and pictures are kept once they were read. {NEXT_START}", is_path=True),
    ] = ""
    recent: tuple[str, ...] = ()

    def with_recent(self, path: Path) -> Preferences:
        """The same with ``path`` as the file that was opened last."""
        others = [other for other in self.recent if other != str(path)]
        return replace(self, recent=(str(path), *others)[:MOST_RECENT])

    def without_recent(self, path: str = "") -> Preferences:
        """The same without ``path`` among the files that were open before; without all of them where it is empty."""
        return replace(self, recent=tuple(other for other in self.recent if path and other != path))


def preferences_path() -> Path:
    folder = os.environ.get(FOLDER_VARIABLE)
    return (Path(folder) if folder else user_config_path("nnstudio", appauthor=False)) / "preferences.json"


def load_preferences(path: Path | None = None) -> Preferences:
    """The stored preferences; whatever is missing or damaged takes its default."""
    try:
        content = json.loads((path or preferences_path()).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Preferences()
    return _read(content) if isinstance(content, Mapping) else Preferences()


def save_preferences(preferences: Preferences, path: Path | None = None) -> None:
    """Store preferences; raises OSError."""
    target = path or preferences_path()
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({field.name: getattr(preferences, field.name) for field in fields(preferences)}, indent=2)
    write_atomically(target, lambda partial: partial.write_text(text, encoding="utf-8"))


def _read(content: Mapping[str, Any]) -> Preferences:
    recent = content.get("recent")
    paths = [item for item in recent if isinstance(item, str)] if isinstance(recent, list) else []
    allowed = {field.name: content[field.name] for field in fields_of(Preferences) if _is_allowed(field, content)}
    return Preferences(**allowed, recent=tuple(paths[:MOST_RECENT]))


def _is_allowed(field: Field, content: Mapping[str, Any]) -> bool:
    try:
        field.check(content.get(field.name), "")
    except SpecError:
        return False
    return True


def obey(preferences: Preferences, environment: MutableMapping[str, str]) -> None:
    """Let this process, and those that it starts, follow what counts from the start on.

    What the environment says already stays.
    """
    for variable, value in {
        "NNSTUDIO_DATA": preferences.data_folder,
        "NNSTUDIO_CACHE": preferences.cache_folder,
        "NNSTUDIO_STAY_AWAKE": "" if preferences.stay_awake else "0",
    }.items():
        if value:
            environment.setdefault(variable, value)


def folder_problem(path: str) -> str:
    """Why a folder cannot be kept things in, in a sentence; empty where it can (it may have to be made)."""
    folder = Path(path)
    if not path:
        return ""
    if not folder.is_absolute():
        return "Type the whole path of a folder, or choose one with “Browse…”."
    there = nearest_there(folder)
    if not there.is_dir():
        return f"“{there}” is a file."
    return "" if os.access(there, os.W_OK) else f"Nothing can be written in “{there}”."
