"""The code that trains a network, from its project and what is known of its run: for the export and the Code tab."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nnstudio.data.encoding.encode import Encoded
from nnstudio.data.printing.script import Printed, data_parts
from nnstudio.engine.build import build
from nnstudio.engine.checkpoint import load_model, save_state_dict, versions
from nnstudio.engine.front import rows_in_front, threads_in_front
from nnstudio.engine.load import load_own_starts
from nnstudio.engine.plan import device_for, is_small, plan_for
from nnstudio.engine.regime import regime_of
from nnstudio.jobs.given import encoded_for, examples_of
from nnstudio.resources import modules_source
from nnstudio.spec.code.batches import batches_part, started_part
from nnstudio.spec.code.beside import Beside
from nnstudio.spec.code.loop import loop_part, result_part
from nnstudio.spec.code.network import network_part
from nnstudio.spec.code.rules import rules_part
from nnstudio.spec.code.text import part
from nnstudio.spec.data import Batches
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import CodePrinted, Inbox, NumericPlan
from nnstudio.spec.model import Model
from nnstudio.spec.printed import Part
from nnstudio.spec.project import Project, data_to_train_on
from nnstudio.spec.provenance import Provenance
from nnstudio.spec.requests import PrintCode
from nnstudio.spec.shapes import walk


@dataclass(frozen=True, slots=True)
class TrainingCode:
    """What the code says of itself, a sentence a line, its parts, and the files that it reads."""

    about: tuple[str, ...]
    parts: tuple[Part, ...]
    beside: tuple[Beside, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Wanted:
    """Code for a file ``out`` that trains ``project`` on ``encoded``.

    ``came`` is how a run of it came about and ``made_with`` by which versions; None where it was not trained yet.
    """

    project: Project
    encoded: Encoded
    out: Path
    came: Provenance | None = None
    made_with: Mapping[str, str] | None = None

    @property
    def plan(self) -> NumericPlan:
        """That of the run, or what is planned before anything is measured."""
        training = self.project.training
        return self.came.plan if self.came else plan_for(device_for(training.device), training.precision)


def training_code(wanted: Wanted) -> TrainingCode:
    """The whole code; nothing is written. Raises what `train` raises before anything starts."""
    return _whole(wanted, data_parts(data_to_train_on(wanted.project), wanted.encoded, wanted.out))


def wanted_by(request: PrintCode) -> Wanted:
    """What ``request`` asks for; raises `DataError` where its data cannot be used."""
    encoded, out = encoded_for(request.project), Path(request.out)
    if not request.model:
        return Wanted(request.project, encoded, out)
    file = load_model(Path(request.model))
    return Wanted(request.project, encoded, out, Provenance.from_json(file.provenance), file.versions)


def print_code(request: PrintCode, inbox: Inbox) -> Iterator[CodePrinted]:
    """The code as it would be written; where the network cannot be trained, its data alone, and why."""
    del inbox  # it takes no longer than the data take to be encoded
    wanted = wanted_by(request)
    given = _data_of(wanted)
    try:
        code = _whole(wanted, given)
    except StudioError as problem:
        about = tuple(_about(wanted, "", [given.beside] if given.beside else []))
        yield CodePrinted(about, (_settings(wanted.plan), *given.parts), str(problem))
    else:
        yield CodePrinted(code.about, code.parts)


def _data_of(wanted: Wanted) -> Printed:
    """As it was printed last where the data are the same: pandas need not read them for every edit of the network."""
    data = replace(data_to_train_on(wanted.project), batches=Batches())
    asked = (data, wanted.project.training.loss.standardises, wanted.out, wanted.encoded.fingerprint)
    if asked not in _LAST:
        _LAST.clear()
        _LAST[asked] = data_parts(data, wanted.encoded, wanted.out).only_named()
    return _LAST[asked]


_LAST: dict[tuple[object, ...], Printed] = {}


# ---- from part to part ----


def _whole(wanted: Wanted, given: Printed) -> TrainingCode:
    project, encoded = wanted.project, wanted.encoded
    epochs = (wanted.came.epochs if wanted.came else 0) or project.training.epochs
    plan, passed = _with_front(wanted)
    start = _start_beside(project.model, encoded.facts.input_shape, project.training.seed, wanted.out)
    modules = modules_source()
    walked, regime = regime_of(project, examples_of(encoded), start.path.name if start else "", passed)
    parts = (
        _settings(plan),
        *given.parts,
        network_part(walked, project.training.seed, modules),
        *started_part(plan, regime),
        batches_part(project, regime),
        rules_part(project, plan, regime, modules),
        loop_part(project, plan, regime, epochs),
        result_part(project.training, regime, wanted.out.stem),
    )
    batches = project.data.batches.size if project.data else 1
    each = walked.multiply_adds_of(slice(passed, None))
    measured = plan.device == "cpu" and not is_small(each, batches, encoded.facts.rows.train, epochs)
    beside = tuple(file for file in (given.beside, start) if file)
    return TrainingCode(tuple(_about(wanted, _sameness(wanted, measured), beside)), parts, beside)


def _with_front(wanted: Wanted) -> tuple[NumericPlan, int]:
    """The plan, and how many rows at the front of the stack are passed once by it, as training decides that."""
    project, plan, examples = wanted.project, wanted.plan, len(wanted.encoded.x)
    walked = walk(project.model, wanted.encoded.facts.input_shape)
    count = 0 if walked.problem else rows_in_front(project, walked, examples)
    if not wanted.came and count:
        plan = replace(plan, once=threads_in_front(project, walked, count, examples))
    return plan, count if plan.once else 0


def _start_beside(model: Model, shape: tuple[int, ...], seed: int, out: Path) -> Beside | None:
    """The tensors that training starts with, as a file beside the script, where they come from weights files."""
    if not model.starts:
        return None
    module = build(model, shape, seed)
    load_own_starts(module, model)
    state = module.state_dict()
    return Beside(out.with_name(f"{out.stem}-start.pth"), lambda path: save_state_dict(path, state))


def _settings(plan: NumericPlan) -> Part:
    """What the numeric plan asks of PyTorch before anything is computed."""
    lines = [f"torch.set_num_threads({plan.threads})  # other numbers of threads add in another order"]
    return part("Numeric plan", lines, "import torch")


def _about(wanted: Wanted, sameness: str, beside: Sequence[Beside]) -> Iterator[str]:
    """What the script is, for who opens it without nnstudio."""
    how = "as nnstudio trained it" if wanted.came else "as nnstudio trains it"
    yield f"Train a network {how}: on the same rows, in the same order, from the same first weights."
    if sameness:
        yield sameness
    made_with = ", ".join(f"{name} {version}" for name, version in (wanted.made_with or versions()).items())
    yield f"Made with {made_with}."
    if beside:
        yield f"It needs {' and '.join(file.path.name for file in beside)} in the folder that it lies in."


def _sameness(wanted: Wanted, measured: bool) -> str:
    """Whether it gives the same weights, or why not; ``measured`` where a run would measure its threads first."""
    plan = wanted.plan
    if wanted.came and wanted.came.departures:
        return f"The weights will be others than those of the run: {' '.join(wanted.came.departures)}"
    if plan.precision == "float16":
        return "The run calculates in float16 on a CUDA card: this code does so in float32."
    if plan.device != "cpu":
        return f"The run uses “{plan.device}”: on the CPU the last digits differ."
    if measured and not wanted.came:
        return "nnstudio measures which number of threads is quickest when it trains: another changes the last digits."
    return "With the same PyTorch on the same kind of processor it ends with the same weights, to the bit."
