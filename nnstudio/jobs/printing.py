"""The code that trains a network, from its project and what is known of its run: for the export and the Code tab."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnstudio.data.encoding.encode import Encoded
from nnstudio.data.printing.script import data_parts
from nnstudio.engine.build import build
from nnstudio.engine.checkpoint import save_state_dict
from nnstudio.engine.load import load_own_starts
from nnstudio.engine.regime import regime_of
from nnstudio.jobs.given import examples_of
from nnstudio.resources import modules_source
from nnstudio.spec.code.batches import batches_part, started_part
from nnstudio.spec.code.beside import Beside
from nnstudio.spec.code.loop import loop_part, result_part
from nnstudio.spec.code.network import network_part
from nnstudio.spec.code.rules import rules_part
from nnstudio.spec.code.text import Part, part
from nnstudio.spec.events import NumericPlan
from nnstudio.spec.model import Model
from nnstudio.spec.project import Project, data_to_train_on
from nnstudio.spec.provenance import Provenance


@dataclass(frozen=True, slots=True)
class TrainingCode:
    """What the code says of itself, a sentence a line, its parts, and the files that it reads."""

    about: tuple[str, ...]
    parts: tuple[Part, ...]
    beside: tuple[Beside, ...] = ()


def training_code(
    project: Project, encoded: Encoded, out: Path, came: Provenance, versions: Mapping[str, str]
) -> TrainingCode:
    """The code for a file ``out`` that trains ``project`` on ``encoded`` as ``came`` says; nothing is written.

    Raises what `train` raises before anything starts.
    """
    given = data_parts(data_to_train_on(project), encoded, out)
    start = _start_beside(project.model, encoded.facts.input_shape, project.training.seed, out)
    modules = modules_source()
    walked, regime = regime_of(project, examples_of(encoded), start.path.name if start else "")
    parts = (
        _settings(came.plan),
        *given.parts,
        network_part(walked, project.training.seed, modules),
        *started_part(came.plan, regime),
        batches_part(project, regime),
        rules_part(project, came.plan, regime, modules),
        loop_part(project, came.plan, regime, came.epochs or project.training.epochs),
        result_part(project.training, regime, out.stem),
    )
    beside = tuple(file for file in (given.beside, start) if file)
    return TrainingCode(tuple(_about(came, versions, beside)), parts, beside)


def _start_beside(model: Model, shape: tuple[int, ...], seed: int, out: Path) -> Beside | None:
    """The tensors that training starts with, as a file beside the script, where they come from weights files."""
    if not model.starts:
        return None
    module = build(model, shape, seed)
    load_own_starts(module, model)
    state = module.state_dict()
    return Beside(out.with_name(f"{out.stem}-start.pth"), lambda path: save_state_dict(path, state))


def _settings(plan: NumericPlan) -> Part:
    """What the run's numeric plan asks of PyTorch before anything is computed."""
    lines = [f"torch.set_num_threads({plan.threads})  # other numbers of threads add in another order"]
    return part("Plan", lines, "import torch")


def _about(came: Provenance, versions: Mapping[str, str], beside: Sequence[Beside]) -> Iterator[str]:
    """What the script is, for who opens it without nnstudio."""
    yield "Train a network as nnstudio trained it: on the same rows, in the same order, from the same first weights."
    yield from _sameness(came)
    made_with = ", ".join(f"{name} {version}" for name, version in versions.items())
    near = f", beside {' and '.join(file.path.name for file in beside)}" if beside else ""
    yield f"Made with {made_with}. Run it in the folder that it lies in{near}."


def _sameness(came: Provenance) -> Iterator[str]:
    """Whether it gives the same weights, or why not."""
    if came.departures:
        yield f"The weights will be others than those of the run: {' '.join(came.departures)}"
    elif came.plan.precision == "float16":
        yield "The run calculated in float16 on a CUDA card: this code does so in float32."
    elif came.plan.device != "cpu":
        yield f"The run used “{came.plan.device}”: on the CPU the last digits differ."
    else:
        yield "With the same PyTorch on the same kind of processor it ends with the same weights, to the bit."
