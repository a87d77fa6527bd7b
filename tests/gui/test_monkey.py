"""Whatever is pressed, in whatever order: nothing breaks, and everything can be saved and undone.

By hand for longer: ``NNSTUDIO_MONKEY=3000,1,2,3`` plays so many steps with each of these seeds.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.gui.main_window import MainWindow
from nnstudio.gui.studio import Studio
from nnstudio.jobs.link import ThreadLink
from nnstudio.resources import resource
from tests.gui.fakes import studio_over
from tests.gui.monkey import Monkey, answer_dialogs

STEPS, *SEEDS = map(int, os.environ.get("NNSTUDIO_MONKEY", "30,1").split(","))
PATIENCE = 60_000


@pytest.fixture
def studio(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setenv("NNSTUDIO_CACHE", str(tmp_path / "cache"))
    with studio_over(ThreadLink, qapp) as studio:
        yield studio


@pytest.fixture
def samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of files that may be opened and written over; what asks for one gets any of them, or none."""
    folder = tmp_path / "samples"
    shutil.copytree(resource("samples"), folder)
    given = [folder / name for name in ("penguins.csv", "iris.nnstudio", "digits-pretrained.pth")]
    answer_dialogs(monkeypatch, SEEDS[0], folder, [*given, *(path for path in folder.iterdir() if path.is_dir())])
    return folder


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_that_is_pressed_breaks_anything(
    qtbot: QtBot, studio: Studio, whole_window: MainWindow, samples: Path, seed: int
) -> None:
    studio.open_path(samples / "penguins.nnstudio")
    qtbot.waitUntil(lambda: studio.state.walked is not None, timeout=PATIENCE)
    monkey = Monkey(qtbot, whole_window, studio, seed, samples)
    try:
        monkey.play(STEPS)
    finally:
        monkey.leave()
    monkey.check_undo()
