"""Files that are dropped together: which one is opened, and when they belong together."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnstudio.gui.drop_plan import USELESS, kind_of, plan_for, separate_files
from nnstudio.spec.endings import DATA_FILES, MODEL_SUFFIXES
from nnstudio.spec.files import SUFFIX
from nnstudio.spec.splits import FileSplit


def paths(*names: str) -> list[Path]:
    return [Path("/data") / name for name in names]


@pytest.mark.parametrize(
    ("names", "train", "split"),
    [
        (("train.csv", "test.csv"), "train.csv", FileSplit("", "/data/test.csv")),
        (("test.csv", "train.csv"), "train.csv", FileSplit("", "/data/test.csv")),
        (("mnist_test.csv.gz", "mnist_train.csv.gz"), "mnist_train.csv.gz", FileSplit("", "/data/mnist_test.csv.gz")),
        (
            ("a-val.parquet", "a-train.parquet", "a-test.parquet"),
            "a-train.parquet",
            FileSplit("/data/a-val.parquet", "/data/a-test.parquet"),
        ),
        (("X_training.npz", "X_validation.npz"), "X_training.npz", FileSplit("/data/X_validation.npz", "")),
    ],
)
def test_files_whose_names_say_so_belong_together(names: tuple[str, ...], train: str, split: FileSplit) -> None:
    assert separate_files(paths(*names)) == (Path("/data") / train, split)


@pytest.mark.parametrize(
    "names",
    [
        ("train.csv",),
        ("test.csv", "other.csv"),
        ("train.csv", "test.parquet"),
        ("train.csv", "test.csv", "notes.csv"),
        ("train.csv", "train2-train.csv"),
        ("restraint.csv", "latest.csv"),
    ],
)
def test_others_do_not(names: tuple[str, ...]) -> None:
    assert separate_files(paths(*names)) is None


@pytest.mark.parametrize(
    ("names", "opened", "what", "text"),
    [
        (("iris.csv",), ("iris.csv",), "open “iris.csv”", "becomes the data"),
        (("b.csv", "a.csv"), ("b.csv",), "open “b.csv”", "Only this one of 2 is opened."),
        (("test.csv", "train.csv"), ("train.csv",), "train on “train.csv”", "judged on “test.csv”"),
        (("mine.nnstudio",), ("mine.nnstudio",), "open “mine.nnstudio”", "you are asked before changes are lost"),
        (("a.csv", "mine.nnstudio"), ("mine.nnstudio",), "open “mine.nnstudio”", "Only this one of 2"),
        (("net.PTH",), ("net.PTH",), "open “net.PTH”", "training starts from its weights"),
        (("net.pth", "a.csv"), ("a.csv", "net.pth"), "open “a.csv” and “net.pth”", "training starts from the other"),
        (("letter.docx", "a.csv"), ("a.csv",), "open “a.csv”", "Only this one of 2"),
        (("cat.jpg",), (), "“cat.jpg” cannot be opened.", "take the folder that it lies in"),
        (("net.onnx",), (), "“net.onnx” cannot be opened.", "PyTorch and safetensors"),
        (("whatever.unknown",), ("whatever.unknown",), "open “whatever.unknown”", "becomes the data"),
    ],
)
def test_it_is_said_what_becomes_of_files(
    names: tuple[str, ...], opened: tuple[str, ...], what: str, text: str
) -> None:
    plan = plan_for(paths(*names))
    assert tuple(path.name for path in plan.open) == opened
    assert plan.what == what
    assert text in plan.text


def test_a_folder_is_one_of_pictures(tmp_path: Path) -> None:
    assert kind_of(tmp_path) == "folder"
    assert "each subfolder a class" in plan_for([tmp_path]).text


@pytest.mark.parametrize("ending", USELESS)
def test_nothing_is_refused_that_can_be_opened(ending: str) -> None:
    assert f"*{ending}" not in " ".join(DATA_FILES.values()).split()
    assert ending not in (*MODEL_SUFFIXES, SUFFIX)
