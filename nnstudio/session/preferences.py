"""What the user likes, kept in a JSON file of the user's configuration folder."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_config_path

from nnstudio.spec.files import write_atomically

MOST_RECENT = 10
FOLDER_VARIABLE = "NNSTUDIO_CONFIG"
"""Environment variable that names another configuration folder."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """Settings of the program, not of a project."""

    theme: Literal["system", "light", "dark"] = "system"
    engine: Literal["process", "thread"] = "process"
    notify: bool = True
    """The desktop is told that a run has ended, while the user looks elsewhere."""
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
    return Preferences(
        theme=theme if (theme := content.get("theme")) in ("system", "light", "dark") else "system",
        engine=engine if (engine := content.get("engine")) in ("process", "thread") else "process",
        notify=content.get("notify") is not False,
        recent=tuple(paths[:MOST_RECENT]),
    )
