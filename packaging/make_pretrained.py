"""Train the weights of ``resources/samples``, and write the project that they come from and the one that uses them.

Both are about the pictures of digits that ``make_samples.py`` has written before::

    python packaging/make_pretrained.py

``digits-pretrained`` learns the digits 0 to 4, and ``digits-fine-tuned`` starts from what it learned, with a new last
layer for the digits 5 to 9. The same build of PyTorch on the same kind of processor writes the same bytes.
"""

import sys
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

from nnstudio.data.encoding.encode import encode
from nnstudio.data.source import open_source
from nnstudio.engine.checkpoint import save_state_dict, sha256_of
from nnstudio.engine.train import train
from nnstudio.engine.trained import Trained
from nnstudio.jobs.given import examples_of
from nnstudio.session import edits
from nnstudio.spec.data import Batches
from nnstudio.spec.events import NumericPlan, RunFinished
from nnstudio.spec.files import save_project
from nnstudio.spec.layers import AvgPool2d, BatchNorm2d, Conv2d, Dropout, Flatten, LayerKind, Linear, MaxPool2d, ReLU
from nnstudio.spec.model import Model, Row, Weights
from nnstudio.spec.optimizers import Adam
from nnstudio.spec.project import Project
from nnstudio.spec.sources import ImageIndexSource
from nnstudio.spec.splits import RandomSplit
from nnstudio.spec.training import Training

SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"
DIGITS = 5
BODY: tuple[LayerKind, ...] = (
    Conv2d(16), BatchNorm2d(), ReLU(),
    Conv2d(32), BatchNorm2d(), ReLU(), MaxPool2d(),
    Conv2d(64), BatchNorm2d(), ReLU(), AvgPool2d(),
    Flatten(),
)  # fmt: skip
FROZEN = 6  # rows: the strokes that the first two convolutions look for make up all digits
ONE_THREAD = NumericPlan(threads=1)


def rows(*kinds: LayerKind) -> tuple[Row, ...]:
    """Rows whose identities are the same whenever this script runs."""
    return tuple(Row(f"digits-{place}", kind) for place, kind in enumerate(kinds))


def project_about(table: Path, split: RandomSplit, *stack: Row, epochs: int) -> Project:
    """A project that tells the pictures apart that ``table`` names."""
    found = open_source(ImageIndexSource(str(table), "picture", 8, 8, "grey"))
    project = edits.set_split(edits.open_source(Project(), found), split)
    project = edits.set_batches(project, Batches(16))
    return replace(project, model=Model(stack), training=Training(optimizer=Adam(0.003), epochs=epochs, device="cpu"))


def pretrained(folder: Path) -> Project:
    """The project that learns the digits 0 to 4."""
    stack = rows(*BODY, Linear(DIGITS))
    return project_about(folder / "digits-pretrained.csv", RandomSplit(0.1, 0.1), *stack, epochs=30)


def fine_tuned(folder: Path, weights: Path) -> Project:
    """The project that starts from ``weights`` to learn the digits 5 to 9 from a few pictures of each.

    The dropout before its last layer is new, so that the last layer is not the one that tells 0 to 4 apart.
    """
    stack = rows(*BODY, Dropout(0.2), Linear(DIGITS))
    stack = (*(replace(row, locked=True) for row in stack[:FROZEN]), *stack[FROZEN:])
    project = project_about(folder / "digits-fine-tuned.csv", RandomSplit(0.45, 0.45), *stack, epochs=10)
    return edits.start_from(project, Weights(str(weights), sha256_of(weights)))


def learned(project: Project) -> tuple[Trained, RunFinished]:
    """The weights that ``project`` leads to, and how good they are."""
    assert project.data is not None
    trained = Trained()
    events = train(
        project, examples_of(encode(project.data)), inbox=SimpleQueue(), run="", plan=ONE_THREAD, trained=trained
    )
    *_, finished = events
    assert isinstance(finished, RunFinished)
    return trained, finished


def main(folder: Path = SAMPLES) -> None:
    """Write the projects and the weights into ``folder``, where the pictures and the lists of them are."""
    folder = folder.absolute()
    project, weights = pretrained(folder), folder / "digits-pretrained.pth"
    save_project(project, folder / "digits-pretrained.nnstudio")
    trained, finished = learned(project)
    save_state_dict(weights, trained.best)
    print(f"{weights.name}: {finished.validation['accuracy']:.3f} of the validation rows are right")
    save_project(fine_tuned(folder, weights), folder / "digits-fine-tuned.nnstudio")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
