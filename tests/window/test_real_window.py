"""The studio as its user has it: a process of its own, a real window, mouse and keyboard."""

from __future__ import annotations

import math
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from nnstudio.resources import resource
from nnstudio.runs.records import RunRecord
from nnstudio.runs.store import RECOVERY, RunStore
from nnstudio.spec.files import load_project, save_project
from tests.window.conftest import Screen

REMEMBERED = 6.0
"""Seconds from Train to the run in the database, at most, on a busy machine."""


def runs(screen: Screen) -> list[RunRecord]:
    """What the studio has remembered so far."""
    with closing(RunStore(Path(screen.environment["NNSTUDIO_DATA"]))) as store:
        return store.runs()


def completed(screen: Screen) -> int:
    return sum(record.status in ("completed", "early") for record in runs(screen))


def train(screen: Screen, press: Callable[[], None] | None = None) -> None:
    """Press Train when the data are in the cache, and again where that was still too early: then it is refused.

    Not sooner than a run would be remembered: pressed while a run starts, Train queues another one.
    """
    press = press or (lambda: screen.press("F5"))
    cache = Path(screen.environment["NNSTUDIO_CACHE"])
    screen.until(lambda: any(cache.rglob("*.arrow")), "the data have been read")
    pressed = -math.inf

    def started() -> bool:
        nonlocal pressed
        if time.monotonic() - pressed > REMEMBERED:
            press()
            pressed = time.monotonic()
        return bool(runs(screen))

    screen.until(started, "a run has started")


def test_a_sample_is_trained_saved_and_closed_by_keyboard(screen: Screen, tmp_path: Path) -> None:
    studio = screen.open_studio(resource("samples/iris.nnstudio"))
    screen.until(lambda: "iris.nnstudio" in screen.title(), "the project is open")
    train(screen)
    screen.until(lambda: completed(screen) > 0, "the run is done")
    record = runs(screen)[-1]
    assert record.result is not None
    assert record.result.test["accuracy"] > 0.6

    screen.press("ctrl+shift+s")
    screen.until(lambda: screen.title() == "Save the project", "the dialog has the keyboard")
    screen.write(f"{tmp_path}/mine.nnstudio")
    screen.press("Return")
    screen.until((tmp_path / "mine.nnstudio").exists, "the project is saved")
    assert load_project(tmp_path / "mine.nnstudio") == record.project

    screen.until(lambda: completed(screen) == len(runs(screen)), "no other run was queued, or it is done, too")
    screen.press("ctrl+q")
    assert studio.wait(30) == 0


def test_closing_while_training_asks_first(screen: Screen) -> None:
    studio = screen.open_studio(resource("samples/digits.nnstudio"))
    screen.until(lambda: "digits.nnstudio" in screen.title(), "the project is open")
    train(screen)
    screen.press("ctrl+q")
    screen.until(lambda: "digits.nnstudio" not in screen.title(), "the question has the keyboard")
    assert studio.poll() is None
    screen.press("Escape")
    screen.until(lambda: "digits.nnstudio" in screen.title(), "the window has the keyboard again")
    screen.until(lambda: completed(screen) > 0, "the run went on to its end")


def test_a_network_is_suggested_by_mouse_and_taken_back_by_keyboard(screen: Screen) -> None:
    studio = screen.open_studio(resource("samples/iris.nnstudio"))
    screen.until(lambda: "iris.nnstudio" in screen.title(), "the project is open")

    def suggest() -> bool:
        """Click Suggest until the data has been read: before that there is nothing to fit a network to."""
        screen.click(451, 341)
        return screen.title().endswith("edited")

    def undo() -> bool:
        screen.press("ctrl+z")
        return screen.title().endswith("saved")

    screen.until(suggest, "the network is another one")
    screen.until(undo, "the network is the one that was saved")
    screen.press("ctrl+q")
    assert studio.wait(30) == 0


OPEN, FIRST_FILE, OPEN_IT, TRAIN, EVALUATE = (102, 551), (484, 242), (891, 522), (295, 67), (928, 113)
"""Where the five clicks go: a button of the welcome page, two in Qt's file dialog, the toolbar, a tab."""


def test_five_clicks_lead_from_a_file_to_a_trained_and_evaluated_network(screen: Screen) -> None:
    shutil.copy(resource("samples/iris.csv"), Path(screen.environment["HOME"]) / "flowers.csv")
    screen.open_studio()
    screen.until(lambda: screen.title() == "nnstudio", "the welcome page has the keyboard")

    screen.click(*OPEN)
    screen.until(lambda: screen.title() == "Open", "the dialog is there")
    screen.click(*FIRST_FILE)
    screen.click(*OPEN_IT)
    screen.until(lambda: screen.title() == "flowers — edited", "the table is open")
    train(screen, lambda: screen.click(*TRAIN))
    screen.until(lambda: completed(screen) > 0, "the run is done")
    assert len(runs(screen)) == 1

    cache = Path(screen.environment["NNSTUDIO_CACHE"])
    screen.click(*EVALUATE)
    screen.until(lambda: any(cache.rglob("evaluated-*.arrow")), "the network is judged")


MIDDLE = (640, 500)
"""Where files are let go: on the welcome page, and later on the panels."""


def test_files_are_dropped_with_the_mouse(screen: Screen, tmp_path: Path) -> None:
    table, project = tmp_path / "flowers.csv", tmp_path / "mine.nnstudio"
    shutil.copy(resource("samples/iris.csv"), table)
    shutil.copy(resource("samples/digits.nnstudio"), project)
    studio = screen.open_studio()
    screen.until(lambda: screen.title() == "nnstudio", "the welcome page has the keyboard")

    screen.drop(table, *MIDDLE)
    screen.until(lambda: "flowers — edited" in screen.titles(), "the table is open")
    screen.drop(project, *MIDDLE)
    screen.until(lambda: "nnstudio" in screen.titles(), "it is asked whether to save")
    assert "flowers — edited" in screen.titles(), "what was open stays as it was"
    studio.terminate()
    assert studio.wait(30) == 128 + signal.SIGTERM, "a question does not keep a logout waiting"


def test_a_logout_while_a_network_trains_leaves_a_run_that_can_go_on(screen: Screen, tmp_path: Path) -> None:
    project = load_project(resource("samples/iris.nnstudio"))
    assert project.data is not None
    long = replace(project, training=replace(project.training, epochs=1_000_000, patience=0))
    save_project(long, tmp_path / "long.nnstudio")
    studio = screen.open_studio(tmp_path / "long.nnstudio")
    screen.until(lambda: "long.nnstudio" in screen.title(), "the project is open")
    train(screen)
    data = Path(screen.environment["NNSTUDIO_DATA"])
    screen.until(lambda: any(data.rglob(RECOVERY)), "a checkpoint was written")
    studio.terminate()
    assert studio.wait(30) == 128 + signal.SIGTERM
    with closing(RunStore(data)) as store:
        screen.until(
            lambda: [run.name for run in store.interrupted()] == ["long.nnstudio"], "the engine has ended, too"
        )
