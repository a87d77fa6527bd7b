"""Ground that moves: files that change while they are read, folders that may not be used, disks that are full.

Each function is given an empty folder and returns what was said; it raises `Impossible` where the system does not allow
the experiment.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

import torch

from nnstudio.data.source import open_source
from nnstudio.jobs import opening
from nnstudio.session import edits
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import Exported, Saved, SourceOpened
from nnstudio.spec.facts import SourceFacts
from nnstudio.spec.project import Project
from nnstudio.spec.requests import ExportModel, ExportRows, OpenPath
from tests.adversarial.inputs import GOOD, PIECE, file
from tests.adversarial.outcome import Outcome, ask, outcome_of

NOBODY = 65_534
"""A user who owns nothing."""


class Impossible(Exception):
    """The experiment cannot be made here; says why."""


# ---- Files that change while they are read ----


def spoilt(spoil: Callable[[Path], object]) -> Callable[[Path], Outcome]:
    """Open a table of 4 MiB, and spoil it as soon as the reader says that it has begun."""

    def run(folder: Path) -> Outcome:
        path = file(b"a,b\n" + PIECE * 4)(folder)

        def watched(source: object, report: Callable[..., None]) -> SourceFacts:
            def spoiling(*far: object) -> None:
                if path.exists() and path.stat().st_size == 2**22 + 4:
                    spoil(path)
                report(*far)

            return open_source(source, report=spoiling)  # type: ignore[arg-type]

        with patch.object(opening, "read", watched):
            return outcome_of(path)

    return run


def cut(path: Path) -> None:
    """Another program begins to write the file anew."""
    os.truncate(path, 1_000)


def grow(path: Path) -> None:
    """Another program writes on."""
    with path.open("ab") as stream:
        stream.write(b"1,2\n")


# ---- Folders that may not be used ----


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be another user for a moment, since the system refuses nothing to root; others are already nobody here."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder that every user may enter and nobody but its owner may change."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "cache").mkdir()
        (folder / "cache").chmod(0o777)
        with patch.dict(os.environ, {"NNSTUDIO_CACHE": str(folder / "cache")}):
            yield folder


def _opened(path: Path) -> Outcome:
    try:
        found = ask(OpenPath(str(path)), SourceOpened).facts
    except StudioError as error:
        return Outcome("opening", (str(error),))
    return Outcome("opened", (*found.notes, *found.left_out), found.rows)


def opened_by_nobody(closed: str, mode: int) -> Callable[[Path], Outcome]:
    """Open a table as another user, where ``closed`` of the folder that it lies in has that mode."""

    def run(folder: Path) -> Outcome:
        _opened(file(GOOD)(folder))  # so that nothing has to be imported as nobody
        with own_folder() as own:
            path, place = file(GOOD)(own), own / closed
            before = place.stat().st_mode
            place.chmod(mode)
            try:
                with as_nobody():
                    return _opened(path)
            finally:
                place.chmod(before)

    return run


def export_to_read_only_folder(folder: Path) -> Outcome:
    """Rows are to be written where nothing may be."""
    with own_folder() as own:
        path = file(GOOD)(own)
        found = ask(OpenPath(str(path)), SourceOpened).facts
        outcome = _exported(found, folder / "rows.csv")
        assert outcome.stage == "exported"
        (own / "here").mkdir()
        (own / "here").chmod(0o555)
        for cached in (own / "cache").rglob("*"):
            cached.chmod(0o777 if cached.is_dir() else 0o666)
        with as_nobody():
            outcome = _exported(found, own / "here" / "rows.csv")
        assert not list((own / "here").iterdir())
        return outcome


def _exported(found: SourceFacts, out: Path) -> Outcome:
    data = edits.data_of(edits.open_source(Project(), found))
    try:
        ask(ExportRows(data, str(out)), Saved)
    except StudioError as error:
        return Outcome("exporting", (str(error),))
    return Outcome("exported", (), found.rows)


def cache_that_is_a_file(folder: Path) -> Outcome:
    """The folder for what is read has become a file."""
    (folder / "no folder").write_text("")
    with patch.dict(os.environ, {"NNSTUDIO_CACHE": str(folder / "no folder")}):
        return _opened(file(GOOD)(folder))


# ---- A disk that is full ----


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of 1 MiB, mounted for a moment; raises `Impossible` where only the system's administrator may do so."""
    disk = folder / "disk"
    disk.mkdir()
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    if not mount or not unmount or os.geteuid() != 0:
        raise Impossible("a small disk can only be mounted by root")
    made = subprocess.run([mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True, check=False)
    if made.returncode:
        raise Impossible(f"a small disk cannot be mounted: {made.stderr.decode().strip()}")
    try:
        yield disk
    finally:
        subprocess.run([unmount, "-l", disk], check=True)


def full_cache(folder: Path) -> Outcome:
    """A table of 4 MiB where a quarter of it could be kept; a small one that was opened before stays open."""
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(folder))
        stack.enter_context(patch.dict(os.environ, {"NNSTUDIO_CACHE": str(disk)}))
        before = _contents(disk, _opened(file(GOOD, "good.csv")(folder)))
        outcome = outcome_of(file(b"a,b\n" + PIECE * 4)(folder))
        assert _contents(disk, outcome) == before
        return outcome


def _contents(folder: Path, _: Outcome) -> dict[str, bytes]:
    """Every file below ``folder``, after something happened."""
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def export_to_full_disk(folder: Path) -> Outcome:
    """Rows are to be written over a file on a full disk, which stays what it was."""
    found = ask(OpenPath(str(file(b"a,b\n" + b"1,2\n3,4\n" * 2**18)(folder))), SourceOpened).facts
    with small_disk(folder) as disk:
        (disk / "rows.csv").write_text("before")
        outcome = _exported(found, disk / "rows.csv")
        assert {path.name: path.read_text() for path in disk.iterdir()} == {"rows.csv": "before"}
        return outcome


def weights_to_full_disk(folder: Path) -> Outcome:
    """Weights are to be written in another form on a disk that has no room for them."""
    torch.save({"0.weight": torch.zeros(600, 600)}, folder / "weights.pth")
    with small_disk(folder) as disk:
        try:
            ask(ExportModel(str(folder / "weights.pth"), {"safetensors": str(disk / "weights.safetensors")}), Exported)
        except StudioError as error:
            assert not list(disk.iterdir())
            return Outcome("exporting", (str(error),))
    return Outcome("exported", ())


def training_on_full_disk(folder: Path) -> Outcome:
    """A network is to be trained where its weights cannot be kept."""
    with small_disk(folder) as disk, patch.dict(os.environ, {"NNSTUDIO_DATA": str(disk)}):
        (disk / "films").write_bytes(bytes(2**20 - 100_000))
        return outcome_of(file(GOOD)(folder))
