"""Fine-tuning as steps that follow what is really there: each is done, the next thing to do, or comes later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Literal

from nnstudio.session.document import State
from nnstudio.session.live import LiveRun, Status
from nnstudio.session.rivals import is_rival, main_measure
from nnstudio.session.starts import problem_of
from nnstudio.session.transfer import head_of, is_slowed
from nnstudio.spec.events import ModelOpened
from nnstudio.spec.freezing import ALWAYS, rules
from nnstudio.spec.mapping import Match, counts
from nnstudio.spec.shapes import output_problem

Key = Literal["data", "weights", "match", "head", "freeze", "rate", "train", "compare"]

OPTIONAL: tuple[Key, ...] = ("freeze", "rate")


class Stage(StrEnum):
    """Where a step is; the values are the words for it."""

    DONE = "done"
    NOW = "now"
    LATER = "next"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: how it stands in a sentence, and the title of the button that does it; ``can`` it now?"""

    key: Key
    title: str
    sentence: str
    is_done: bool
    button: str
    can: bool = True
    stage: Stage = Stage.LATER


def steps(state: State, run: LiveRun, rival: LiveRun) -> tuple[Step, ...]:
    """The way from somebody's weights to a comparison with training from scratch; the first open step is the next.

    What may be left out is not asked for any more once the network is trained.
    """
    found = tuple(_steps(state, run, rival))
    is_trained = any(step.key == "train" and step.is_done for step in found)
    passed = OPTIONAL if is_trained else ()
    first = next((step.key for step in found if not step.is_done and step.key not in passed), "")
    return tuple(replace(step, stage=_stage(step, first)) for step in found)


def _stage(step: Step, first: str) -> Stage:
    if step.key == first:
        return Stage.NOW
    return Stage.DONE if step.is_done else Stage.LATER


def _steps(state: State, run: LiveRun, rival: LiveRun) -> Iterator[Step]:
    idle = not (run.status.is_busy or rival.status.is_busy)
    yield _data(state)
    yield _weights(state)
    yield _match(state)
    for step in (_head(state), _freeze(state), _rate(state)):
        yield replace(step, can=step.can and idle)
    yield _train(state, run, rival)
    yield _compare(run, rival)


def _data(state: State) -> Step:
    facts, data = state.facts, state.project.data
    if data is None or facts is None:
        said = "Open the data that the network is to learn."
        return Step("data", "Open your data", said, False, "Open data…")
    rows = facts.rows.train + facts.rows.validation + facts.rows.test
    asked = f"{len(facts.classes)} classes" if facts.classes else facts.task.label.lower()
    said = f"{Path(data.source.path).name}: {rows:,} rows, {asked}."
    return Step("data", "Open your data", said, True, "Open others…")


def _weights(state: State) -> Step:
    start = state.project.model.start
    if state.offered is not None:
        said = f"“{Path(state.offered.path).name}” is of another network than the one that is open."
        return Step("weights", "Choose weights", said, False, "Build its network")
    if start is None:
        said = "A .pth of your own or of somebody else: the network starts from what it has learned."
        return Step("weights", "Choose weights", said, False, "Choose weights…")
    file = state.files.get(start.path)
    kind = f": {file.kind}" if isinstance(file, ModelOpened) and file.kind else ""
    return Step("weights", "Choose weights", f"{Path(start.path).name}{kind}.", True, "Choose others…")


def _match(state: State) -> Step:
    title, button = "See what matched", "Show tensors"
    if problem := problem_of(state.project.model, state.files):
        return Step("match", title, f"{problem.what} {problem.remedy}".strip(), False, button)
    if state.mapping is None:
        said = "Every tensor of the file finds its place in the network, or it is said why not."
        return Step("match", title, said, False, button, can=False)
    found = counts(state.mapping)
    places = found[Match.MATCHED] + found[Match.SHAPE] + found[Match.MISSING]
    said = f"{found[Match.MATCHED]:,} of {places:,} tensors of the network start from the file"
    fresh = places - found[Match.MATCHED]
    said += f"; {fresh:,} start{'s' if fresh == 1 else ''} fresh." if fresh else "."
    return Step("match", title, said, found[Match.MATCHED] > 0, button)


def _head(state: State) -> Step:
    title, walked, facts = "Fit the head to the data", state.walked, state.facts
    head = head_of(state.project.model)
    if walked is None or facts is None or head is None:
        said = "The last layer gives as many numbers as your data need, and starts fresh."
        return Step("head", title, said, False, "Fit the head", can=False)
    if problem := output_problem(walked, state.project.training.loss, facts):
        return Step("head", title, problem.what, False, "Fit the head")
    if walked.output is None:
        return Step("head", title, "A layer cannot work; the list of layers says which.", False, "Fit the head")
    said = f"The head gives {' × '.join(map(str, walked.output))}, as your data need. "
    if head.id in _started(state):
        said += "Its weights come from the file: replace it if your classes are others."
    else:
        said += "It starts fresh."
    return Step("head", title, said, True, "Replace the head")


def _started(state: State) -> set[str]:
    """The rows that start with weights of a file."""
    lines = state.mapping or ()
    return {line.place.row for line in lines if line.match is Match.MATCHED and line.place}


def _freeze(state: State) -> Step:
    title, button, walked = "Freeze what is known", "Freeze all but the head", state.walked
    if walked is None or not walked.count:
        said = "Frozen layers keep what they know while the head learns."
        return Step("freeze", title, said, False, button, can=False)
    frozen = walked.count - walked.trainable
    if frozen:
        return Step("freeze", title, f"{frozen:,} of {walked.count:,} parameters are frozen.", True, button)
    said = "All layers would change at once. Frozen ones keep what they know while the head learns."
    return Step("freeze", title, said, False, button)


def _rate(state: State) -> Step:
    optimizer = state.project.training.optimizer
    usual = type(optimizer)().lr
    button, title = f"Use {usual / 10:g}", "Learn in smaller steps"
    if is_slowed(state.project):
        return Step("rate", title, f"The learning rate is {optimizer.lr:g}{_ladder(state)}.", True, button)
    if state.mapping is not None and not _known_and_free(state):
        said = f"Only fresh layers train: the learning rate of {optimizer.lr:g} may stay as it is."
        return Step("rate", title, said, True, button)
    said = f"The learning rate is {optimizer.lr:g}. Smaller steps do not undo in a moment what the weights know."
    return Step("rate", title, said, False, button, can=bool(state.project.model.rows))


def _known_and_free(state: State) -> set[str]:
    """The rows that start with weights of a file and change while training."""
    kept = {rule.row.id for rule in rules(state.project.model) if rule.until == ALWAYS}
    return _started(state) - kept


def _ladder(state: State) -> str:
    rates = [row.rate for _, row in state.project.model.numbered() if row.rate != 1]
    return f", times {min(rates):g} at the slowest layer" if rates else ""


def _train(state: State, run: LiveRun, rival: LiveRun) -> Step:
    title = "Train"
    if run.status.is_busy:
        epochs = f" of {run.started.epochs}" if run.started else ""
        said = f"Epoch {len(run.history.epochs) + 1}{epochs}." if run.started else "Starting."
        return Step("train", title, said, False, "Stop and keep", can=run.status is not Status.STOPPING)
    can = state.project.data is not None and not rival.status.is_busy
    if run.finished and is_tuned(run) and run.project == state.project:
        said = f"{main_measure(run)} after {run.finished.epochs:,} epochs."
        return Step("train", title, said, True, "Train again", can)
    return Step("train", title, "Training starts from the weights that you chose.", False, "Train", can)


def is_tuned(run: LiveRun) -> bool:
    """Whether the run started from somebody's weights."""
    return run.project is not None and bool(run.project.model.starts)


def _compare(run: LiveRun, rival: LiveRun) -> Step:
    title = "Compare with training from scratch"
    if rival.status.is_busy:
        epochs = f"Epoch {len(rival.history.epochs) + 1} of {rival.started.epochs}" if rival.started else "Starting"
        return Step("compare", title, f"{epochs}, from fresh weights.", False, "Stop")
    can = bool(run.finished) and is_tuned(run) and not run.status.is_busy
    if can and rival.finished and is_rival(rival, run):
        scratch = main_measure(rival, with_baseline=False).lower()
        said = f"{main_measure(run)} fine-tuned, {scratch} from scratch."
        return Step("compare", title, said, True, "Compare again")
    said = "The same data and seed, but fresh weights and every layer learning: was it worth it?"
    return Step("compare", title, said, False, "Compare", can)
