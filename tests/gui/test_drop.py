"""Files that are dropped together: which one is opened, and when they belong together."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnstudio.gui.drop import invitation, separate_files
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


def test_the_veil_says_what_dropping_would_do() -> None:
    assert invitation(paths("iris.csv")) == "Drop to open “iris.csv”"
    assert invitation(paths("b.csv", "a.csv")) == "Drop to open “b.csv”"
    assert invitation(paths("test.csv", "train.csv")) == "Drop to train on “train.csv”, beside “test.csv”"
