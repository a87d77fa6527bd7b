"""The samples that come with nnstudio: what each is about, and what it teaches."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nnstudio.resources import resource


@dataclass(frozen=True, slots=True)
class Sample:
    """A project or a folder of pictures below ``resources/samples``; ``task`` is what is predicted, in two words."""

    file: str
    title: str
    teaches: str
    rows: int
    task: str
    of: str = "rows"

    @property
    def path(self) -> Path:
        return resource("samples") / self.file

    @property
    def size(self) -> str:
        """``1,797 rows · 10 classes``."""
        return f"{self.rows:,} {self.of} · {self.task}"


SAMPLES = (
    Sample(
        "iris.nnstudio",
        "Iris flowers",
        "A first network: four lengths tell three species apart, in a second.",
        150,
        "3 classes",
    ),
    Sample(
        "penguins.nnstudio",
        "Penguins",
        "Words beside numbers, missing cells, and a column that gives the answer away.",
        344,
        "3 classes",
    ),
    Sample(
        "diabetes.nnstudio",
        "Diabetes",
        "Predicts a number. Why inputs are standardised, and what overfitting looks like.",
        442,
        "a number",
    ),
    Sample(
        "digits.nnstudio",
        "Digits in a table",
        "Handwritten digits as rows of 64 pixels, learned by a dense network.",
        1_797,
        "10 classes",
    ),
    Sample(
        "digits-images.nnstudio",
        "Digits as pictures",
        "What a convolution sees that a row of pixels hides.",
        600,
        "10 classes",
        "pictures",
    ),
    Sample(
        "digits",
        "A folder of pictures",
        "One subfolder a class and no project yet: the network is suggested.",
        600,
        "10 classes",
        "pictures",
    ),
    Sample(
        "digits-pretrained.nnstudio",
        "Digits 0 to 4",
        "Trains a small CNN whose weights another network can start from.",
        300,
        "5 classes",
        "pictures",
    ),
    Sample(
        "digits-fine-tuned.nnstudio",
        "Digits 5 to 9",
        "Transfer learning: frozen layers of the network before, and few pictures.",
        300,
        "5 classes",
        "pictures",
    ),
)
"""From the easiest on."""
