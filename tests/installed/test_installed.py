"""What was installed works where nothing else is: a bare system, no network, a user without rights.

The tests run in the order in which they are written: a package is installed, used, and taken out again.
"""

from __future__ import annotations

import json
import math
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.torch import load_file

from nnstudio import __version__
from nnstudio.engine.frozen import same_bits
from nnstudio.resources import resource
from nnstudio.spec.exports import EXPORTS
from nnstudio.spec.layers import LAYERS
from tests.exported import run as run_scripts
from tests.exported import weights
from tests.installed.networks import SHAPES, kinds_for, write_projects
from tests.installed.root import HOME, OF_APT, Root
from tests.window.conftest import Screen
from tests.window.test_real_window import EVALUATE, REMEMBERED, TRAIN

PROGRAM = "/usr/lib/nnstudio"
SAMPLES = f"{PROGRAM}/_internal/nnstudio/_resources/samples"
OF_VOLUMES = {"conv3d", "conv_transpose3d", "batch_norm3d"}
FOLDERS = {".cache/nnstudio", ".config/nnstudio", ".local/share/nnstudio"}
before: dict[str, dict[str, tuple[object, ...]]] = {}
"""Which files there were at some moment."""


def test_apt_installs_it_with_what_it_declares_and_nothing_else(root: Root, package: Path) -> None:
    root.as_root("apt-get", "-qq", "update")
    before["installing"] = root.files()
    root.given(package)
    root.as_root("apt-get", "-qq", "install", "--yes", "--no-install-recommends", f"{HOME}/{package.name}")
    assert root.run("nnstudio", "--version").strip() == f"nnstudio {__version__}"
    before["running"] = root.files()


def test_the_terminal_does_without_qt(root: Root) -> None:
    """Where PyInstaller would load it before anything else, every command would wait for it."""
    folder = f"{PROGRAM}/_internal/PySide6"
    root.as_root("mv", folder, f"{folder}-away")
    root.run("nnstudio", "--version")
    for words in (["--help"], ["help"], ["train", "--help"], ["completion", "fish"], ["runs", "--json"]):
        root.run("nnstudio", *words)
    root.as_root("mv", f"{folder}-away", folder)


def test_doctor_finds_what_it_needs(root: Root) -> None:
    found = json.loads(root.run("nnstudio", "doctor", "--json"))["findings"]
    said = {each["topic"]: each["said"] for each in found}
    assert "works: a multiplication and its gradient took" in said["Device"]
    assert said["Graphics card"].startswith("None is used. ")
    assert "not installed" not in said["Versions"]
    assert [each for each in found if each["state"] == "broken"] == []


def test_it_trains_without_a_screen(root: Root) -> None:
    for name in ("iris.csv", "iris.nnstudio"):
        root.given(resource("samples") / name)
    said = json.loads(root.run("nnstudio", "train", "iris.nnstudio", "--json", "--out", "iris.pth"))
    assert said["outcome"] in {"completed", "early"}
    assert said["metrics"]["test"]["accuracy"] > 0.6


def test_progress_is_shown_on_a_terminal(root: Root) -> None:
    said = root.run("script", "-qec", "nnstudio train iris.nnstudio --epochs 2", "/dev/null")
    assert "Epoch 2 of 2" in said


@pytest.mark.parametrize("sample", ["penguins", "diabetes", "digits", "digits-images", "digits-fine-tuned"])
def test_every_sample_trains(root: Root, sample: str) -> None:
    root.run("nnstudio", "train", f"{SAMPLES}/{sample}.nnstudio", "--epochs", 2, "--out", f"{sample}.pth")


def test_a_layer_of_every_kind_trains(root: Root, tmp_path: Path) -> None:
    tried = {kind.key for shape in SHAPES.values() for kind in kinds_for(shape)}
    assert LAYERS.kinds.keys() - tried == OF_VOLUMES | {"branches", "repeat"}
    for project in write_projects(tmp_path):
        for path in (project, project.with_suffix(".npz")):
            root.given(path)
        root.run("nnstudio", "train", project.name)


def test_trials_run_side_by_side(root: Root) -> None:
    options = ("--trials", 4, "--at-a-time", 2, "--epochs", 2, "--json")
    said = json.loads(root.run("nnstudio", "search", f"{SAMPLES}/iris.nnstudio", *options))
    assert len(said["trials"]) == 4


def test_a_model_is_judged_and_predicts(root: Root) -> None:
    root.run("nnstudio", "evaluate", "penguins.pth")
    root.run("nnstudio", "predict", "penguins.pth", f"{SAMPLES}/penguins.csv", "--out", "predictions.csv")
    assert len(pd.read_csv(root.home / "predictions.csv")) == 344
    root.run("nnstudio", "predict", "digits-images.pth", f"{SAMPLES}/digits", "--out", "pictures.csv")


def test_everything_is_exported(root: Root) -> None:
    for key, kind in EXPORTS.items():
        root.run(
            "nnstudio", "export", "iris.pth", f"--{key}", f"iris{kind.suffix}" if key != "weights" else "names.pth"
        )
    root.run("nnstudio", "export", "digits-images.pth", "--onnx", "pictures.onnx", "--pt2", "pictures.pt2")


def test_a_printed_script_gives_the_same_weights(root: Root, tmp_path: Path) -> None:
    for name in ("iris.py", "iris.csv"):
        shutil.copy(root.home / name, tmp_path)
    run_scripts([tmp_path / "iris.py"])
    trained, again = load_file(root.home / "iris.safetensors"), weights(tmp_path / "iris-weights.pth")
    assert trained.keys() == again.keys()
    assert [name for name in trained if not same_bits(trained[name], again[name])] == []


def _workbook(path: Path, table: pd.DataFrame) -> None:
    table.to_excel(path, index=False)


def _database(path: Path, table: pd.DataFrame) -> None:
    with sqlite3.connect(path) as connection:
        table.to_sql("flowers", connection, index=False)


def _arrays(path: Path, table: pd.DataFrame) -> None:
    np.savez(path, x=table.iloc[:, :4].to_numpy(), y=pd.factorize(table["species"])[0])


FILES: dict[str, Callable[[Path, pd.DataFrame], object]] = {
    "flowers.tsv": lambda path, table: table.to_csv(path, sep="\t", index=False),
    "flowers.csv.gz": lambda path, table: table.to_csv(path, index=False),
    "flowers.xlsx": _workbook,
    "flowers.parquet": lambda path, table: table.to_parquet(path),
    "flowers.feather": lambda path, table: table.to_feather(path),
    "flowers.json": lambda path, table: table.to_json(path, orient="records"),
    "flowers.jsonl": lambda path, table: table.to_json(path, orient="records", lines=True),
    "flowers.sqlite": _database,
    "flowers.npz": _arrays,
}


def test_every_kind_of_file_is_opened(root: Root, tmp_path: Path) -> None:
    table = pd.read_csv(resource("samples/iris.csv"))
    for name, write in FILES.items():
        write(tmp_path / name, table)
        root.given(tmp_path / name)
        root.run("nnstudio", "new", "--data", name, "--out", f"{name}.nnstudio")
    for weights_file in ("iris.pth", "iris.safetensors", f"{SAMPLES}/digits-pretrained.pth"):
        root.run("nnstudio", "inspect", weights_file)


def listed(root: Root) -> list[str]:
    """How each run that is remembered ended."""
    return [
        run["status"] for run in json.loads(root.run("nnstudio", "runs", "--limit", 0, "--json", shown=False))["runs"]
    ]


def train(root: Root, screen: Screen, press: Callable[[], None]) -> None:
    """Press Train, again only where it was too early, and wait for the end of the run."""
    before, pressed = len(listed(root)), -math.inf

    def started() -> bool:
        nonlocal pressed
        if time.monotonic() - pressed > REMEMBERED:
            press()
            pressed = time.monotonic()
        return len(listed(root)) > before

    screen.until(started, "a run has started")
    screen.until(lambda: "running" not in listed(root), "the run is over")


def test_the_window_trains_by_mouse_and_keyboard_and_saves(root: Root, screen: Screen) -> None:
    display = {"DISPLAY": screen.environment["DISPLAY"]}
    studio = screen.start(*root.command(["nnstudio", "iris.nnstudio"], environment=display))
    try:
        screen.until(lambda: "iris.nnstudio" in screen.title(), "the project is open")
        train(root, screen, lambda: screen.click(*TRAIN))
        train(root, screen, lambda: screen.press("F5"))
        assert set(listed(root)) <= {"completed", "early"}
        screen.click(*EVALUATE)
        judged = root.home / ".cache" / "nnstudio"
        screen.until(lambda: any(judged.rglob("evaluated-*.arrow")), "the network is judged")
        screen.press("ctrl+shift+s")
        screen.until(lambda: screen.title() == "Save the project", "the dialog has the keyboard")
        screen.write(f"{HOME}/mine.nnstudio")
        screen.press("Return")
        screen.until((root.home / "mine.nnstudio").exists, "the project is saved")
        screen.press("ctrl+q")
        assert studio.wait(60) == 0
    finally:
        studio.kill()


def test_nothing_was_written_outside_of_the_users_folders(root: Root) -> None:
    assert root.files() == before["running"]


def test_uninstalling_leaves_the_users_data_alone(root: Root) -> None:
    root.as_root("apt-get", "-qq", "purge", "--yes", "nnstudio")
    root.as_root("apt-get", "-qq", "autoremove", "--purge", "--yes")
    after, expected = root.files(), before["installing"]
    changed = {path for path in after.keys() | expected.keys() if after.get(path) != expected.get(path)}
    assert {path for path in changed if not path.startswith(OF_APT)} == set()
    assert (root.home / ".local" / "share" / "nnstudio").is_dir()
    assert (root.home / "iris.pth").is_file()


@pytest.mark.parametrize("suffix", [".tar.gz", ".tar.xz"])
def test_an_archive_goes_into_the_menu_and_out_again(root: Root, archives: dict[str, Path], suffix: str) -> None:
    archive = archives[suffix]
    root.given(archive)
    folder = archive.name.removesuffix(suffix)
    if suffix == ".tar.xz":
        root.as_root("apt-get", "-qq", "install", "--yes", "xz-utils")  # what tar unpacks it with; desktops have it
    root.run("tar", "xf", archive.name)
    kept = set(root.home.rglob("*"))
    root.run("sh", f"{folder}/install")
    assert root.run(".local/bin/nnstudio", "--version").strip() == f"nnstudio {__version__}"
    entry = root.home / ".local" / "share" / "applications" / "nnstudio.desktop"
    assert f'Exec="{HOME}/{folder}/nnstudio" %F' in entry.read_text(encoding="utf-8")
    root.run(".local/bin/nnstudio", "train", "iris.nnstudio", "--epochs", 1)
    root.run("sh", f"{folder}/uninstall")
    left = {path.relative_to(root.home).as_posix() for path in set(root.home.rglob("*")) - kept}
    assert {path for path in left if not path.startswith(tuple(FOLDERS))} <= {".local/bin"}
    root.run("rm", "-r", folder, archive.name)
