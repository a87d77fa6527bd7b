"""The job that looks at this machine and this installation: versions, devices, folders, runs, the desktop."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from nnstudio import __version__
from nnstudio.data.cache import cache_path
from nnstudio.data.encoding.layout import memory
from nnstudio.engine.cards import card_facts
from nnstudio.engine.plan import CORES
from nnstudio.jobs.awake import what_keeps_awake
from nnstudio.jobs.display import display_facts
from nnstudio.runs.listing import Order, RunList
from nnstudio.runs.store import DATABASE, RunStore, runs_folder
from nnstudio.session.preferences import preferences_path
from nnstudio.spec.diagnosis import NOTIFIER, Diagnosis, FolderFacts, Machine, StoreFacts
from nnstudio.spec.errors import StudioError, as_studio_error
from nnstudio.spec.events import Diagnosed, Inbox
from nnstudio.spec.files import is_there, nearest_there
from nnstudio.spec.requests import Diagnose

PROJECT = "nnstudio"
PACKAGES = (
    "torch", "torchmetrics", "numpy", "pandas", "pyarrow", "pillow", "onnx", "onnxruntime", "safetensors", "optuna",
    "PySide6-Essentials", "pyqtgraph",
)  # fmt: skip
"""Those that decide figures, files and the window."""


def diagnose(request: Diagnose, inbox: Inbox) -> Iterator[Diagnosed]:
    """Find out everything; nothing of it is changed."""
    del inbox
    yield Diagnosed(
        Diagnosis(
            versions=versions(),
            machine=_machine(),
            cards=card_facts(),
            folders=tuple(folder_facts(purpose, path) for purpose, path in user_folders().items()),
            store=store_facts(runs_folder()),
            preferences=preferences_problem(preferences_path()),
            awake=what_keeps_awake(),
            notify=_notifier(),
            display=display_facts() if request.display else None,
            unsuitable=unsuitable(),
        )
    )


def versions() -> dict[str, str]:
    """The version of nnstudio, of Python and of every package of `PACKAGES`."""
    found = {"nnstudio": __version__, "Python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def unsuitable() -> dict[str, str]:
    """Which releases nnstudio declares to need, of every package that has another one; an installer brings its own."""
    try:
        declared = map(Requirement, metadata.requires(PROJECT) or ())
        return {each.name: str(each.specifier) for each in declared if not _suits(each)}
    except metadata.PackageNotFoundError:  # it runs from a bundle, or from a folder that is not installed
        return {}


def _suits(requirement: Requirement) -> bool:
    """Whether the installed release is one of those; what is missing is told with the versions."""
    if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
        return True
    try:
        return requirement.specifier.contains(metadata.version(requirement.name), prereleases=True)
    except metadata.PackageNotFoundError:
        return True


def user_folders() -> dict[str, Path]:
    """What is written where."""
    return {"runs": runs_folder(), "cache": cache_path(), "preferences": preferences_path().parent}


def folder_facts(purpose: str, folder: Path) -> FolderFacts:
    """Room and access of a folder, or of where it would be made."""
    there = nearest_there(folder)
    try:
        free = shutil.disk_usage(there).free
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        return FolderFacts(purpose, str(folder), 0, error.strerror or str(error))
    return FolderFacts(purpose, str(folder), free)


def store_facts(folder: Path) -> StoreFacts:
    """The runs that are remembered; none where none was ever trained."""
    if not is_there(folder / DATABASE):
        return StoreFacts()
    size = sum(_size(Path(root, name)) for root, _, names in os.walk(folder) for name in names)
    try:
        with closing(RunStore(folder)) as store:
            return StoreFacts(RunList(store).count(Order()), size)
    except (StudioError, OSError) as error:
        return StoreFacts(0, size, str(as_studio_error(error)))


def preferences_problem(path: Path) -> str:
    """Why the preferences cannot be read; empty where they can, or where there are none yet."""
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, RecursionError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _machine() -> Machine:
    return Machine(
        system=platform.platform(),
        processor=processor(),
        cores=os.cpu_count() or 0,
        threads=CORES,
        memory=memory(),
        available=_available(),
    )


def processor() -> str:
    """The processor by its name, as far as the system tells it."""
    try:
        listed = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").partition("model name")[2]
    except OSError:
        listed = ""
    name = listed.partition(":")[2].partition("\n")[0].strip() or platform.processor()
    return f"{name} ({platform.machine()})" if name else platform.machine()


def _available() -> int:
    """Bytes of memory that a program can still get; 0 where the system does not say, as only Linux does."""
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
        return 1024 * int(text.partition("MemAvailable:")[2].split()[0])
    except (OSError, ValueError, IndexError):
        return 0


def _notifier(system: str = sys.platform) -> str:
    if system == "linux":
        return NOTIFIER if shutil.which(NOTIFIER) else ""
    return "the system’s own"


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # it went meanwhile
        return 0
