"""What a report is made of, from wherever it lies: the model file, its run, its data, and its evaluation."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from nnstudio.data.encoding.encode import describe
from nnstudio.data.judging.files import read_figures
from nnstudio.data.source import open_source
from nnstudio.engine.checkpoint import ModelFile
from nnstudio.jobs.evaluating import judge
from nnstudio.jobs.given import require_unchanged
from nnstudio.jobs.predicting.predictor import encoding_of
from nnstudio.jobs.reporting.mistakes import mistakes_of
from nnstudio.report.content import Course, Judged, Report
from nnstudio.runs.course import Course as Changes
from nnstudio.runs.found import environment_of, run_of, some_epochs
from nnstudio.runs.store import RunStore
from nnstudio.spec.errors import DataError, StudioError, as_studio_error
from nnstudio.spec.events import Evaluated, Evaluating, Inbox
from nnstudio.spec.facts import DataFacts, SourceFacts
from nnstudio.spec.files import project_from_json
from nnstudio.spec.parts import PART_WORDS, JudgedPart
from nnstudio.spec.project import Project, data_to_train_on
from nnstudio.spec.provenance import Provenance
from nnstudio.spec.requests import Evaluate
from nnstudio.spec.shapes import walk

PARTS: tuple[JudgedPart, ...] = ("test", "validation", "train")
"""The most telling rows first."""


class Stopped(Exception):
    """The report is not wanted any more."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the data, and in sentences what is not."""

    source: SourceFacts | None = None
    facts: DataFacts | None = None
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class Evaluations:
    """What was found on the parts that could be judged."""

    judged: list[Judged] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def gather(file: ModelFile, inbox: Inbox) -> Generator[str, None, Report]:
    """All that is known of ``file``, called as it is; yields what is being done, in words to stand before an ellipsis.

    Raises `ModelFileError` for bare weights, and `Stopped` where a `Stop` came.
    """
    encoding = encoding_of(file)
    project = project_from_json(file.project)
    yield "Looking at the data"
    known = _data_of(file, project)
    evaluated = Evaluations()
    if known.source:
        yield from _evaluate(file, known.facts, evaluated, inbox)
    course, uncharted = _course_of(file)
    return Report(
        Path(file.path).stem,
        Path(file.path).name,
        file.sha256,
        project,
        encoding,
        walk(project.model, encoding.input_shape),
        Provenance.from_json(file.provenance),
        file.versions,
        file.fingerprint,
        file.metrics,
        course,
        known.source,
        known.facts,
        tuple(evaluated.judged),
        (*known.missing, *evaluated.missing, *([uncharted] if uncharted else [])),
    )


# ---- the data ----


def _data_of(file: ModelFile, project: Project) -> Known:
    """What the source holds, unless it is gone or others today; then a sentence on it."""
    try:
        data = data_to_train_on(project)
        source = open_source(data.source)
        require_unchanged(source, file.fingerprint, _others(source))
        return Known(source, describe(data))
    except (StudioError, OSError) as error:
        known = as_studio_error(error)
        why = " ".join(filter(None, (known.what, known.why)))
        return Known(missing=(f"{why} So nothing could be measured anew: figures are those that the run wrote down.",))


def _others(source: SourceFacts) -> DataError:
    return DataError(
        f"“{Path(source.source.path).name}” has changed since the network was trained.",
        "Its rows would be dealt out otherwise, so that learned ones could pass for a test.",
    )


# ---- the evaluation ----


def _evaluate(file: ModelFile, facts: DataFacts | None, found: Evaluations, inbox: Inbox) -> Generator[str, None, None]:
    for part in PARTS:
        if facts is not None and not getattr(facts.rows, part):
            continue
        try:
            judged = yield from _judged(file, part, inbox)
        except (StudioError, OSError) as error:
            known = as_studio_error(error)
            what = f"The {PART_WORDS[part]} rows could not be judged: {known.what} {known.why}"
            found.missing.append(what.strip())
            continue
        found.judged.append(judged)
    if found.judged:
        first = found.judged[0]
        found.judged[0] = replace(first, mistakes=mistakes_of(first.found, facts.relations if facts else ()))


def _judged(file: ModelFile, part: JudgedPart, inbox: Inbox) -> Generator[str, None, Judged]:
    yield f"Judging the {PART_WORDS[part]} rows"
    for event in judge(file, Evaluate(file.path, part), inbox):
        match event:
            case Evaluating(done, total):
                yield f"Judging the {PART_WORDS[part]} rows, {done:,} of {total:,}"
            case Evaluated(found):
                return Judged(found, read_figures(found.figures))
    raise Stopped


# ---- the run ----


def _course_of(file: ModelFile) -> tuple[Course | None, str]:
    """The run that the model came from, as this user's runs have it; else a sentence on why there is none."""
    try:
        with closing(RunStore()) as store:
            run = run_of(store, Path(file.path), file.sha256)
            if run is not None:
                return _course(store, run), ""
    except (StudioError, OSError) as error:
        return None, f"{as_studio_error(error).what} So there are no curves."
    return None, "The run that trained it is not among the runs of this user: there are no curves."


def _course(store: RunStore, run: str) -> Course:
    record = store.run(run)
    best = record.result.best_epoch if record.result else 0
    return Course(
        run,
        record.name,
        record.started,
        record.version,
        some_epochs(store, run, best),
        record.result,
        tuple(store.folds(run)),
        Changes(store).changes(run),
        environment_of(store, run),
        record.error,
    )
