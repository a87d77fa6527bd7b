"""The job that judges a model on rows whose answers are known; what it found is kept, so that asking again is free."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.answers import ClassTarget, InputTarget
from nnstudio.data.encoding.fitted import Encoding, decode_target
from nnstudio.data.judging.files import entry, figures_path, find_evaluation, write_answers, write_figures
from nnstudio.data.judging.known import Judged, cached_paths, part_of, whole_file
from nnstudio.data.pictures.picture_source import read_like
from nnstudio.data.source import read_source
from nnstudio.engine.checkpoint import ModelFile, load_model
from nnstudio.engine.judging.classes import judge_classes
from nnstudio.engine.judging.judgement import Judgement, Resampling
from nnstudio.engine.judging.values import judge_reconstruction, judge_values
from nnstudio.engine.load import restore
from nnstudio.engine.predict import predict
from nnstudio.jobs.opening import found_out, is_stopped
from nnstudio.jobs.predicting.predictor import encoding_of
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.events import Evaluated, Evaluating, Inbox
from nnstudio.spec.files import project_from_json, project_to_json
from nnstudio.spec.project import Project
from nnstudio.spec.requests import Evaluate
from nnstudio.spec.scores import Evaluation
from nnstudio.spec.sources import Source

AT_ONCE = 16_384
"""Rows between two looks at whether the answer is still wanted."""
REPORT_SECONDS = 0.25

Numbers = NDArray[np.float32]


def evaluate(request: Evaluate, inbox: Inbox) -> Iterator[Evaluating | Evaluated]:
    """Judge a model file; `Stop` ends it, and nothing is kept."""
    yield from judge(load_model(Path(request.model)), request, inbox)


def judge(file: ModelFile, request: Evaluate, inbox: Inbox) -> Iterator[Evaluating | Evaluated]:
    """The same where the model ``file`` that the ``request`` names was loaded already."""
    case = _case(file, request)
    found = find_evaluation(case.answers)
    if found is None:
        found = yield from _judge(case, inbox)
    if found is not None:
        yield Evaluated(replace(found, model=request.model))


@dataclass(frozen=True, slots=True)
class _Case:
    """What is judged on what: the rows of ``request.part`` of ``data``, or where that is None all of ``source``."""

    request: Evaluate
    file: ModelFile
    encoding: Encoding
    project: Project
    data: DataSpec | None
    source: Source
    answers: Path
    """Where what the model says is kept; the name tells it from whatever is judged otherwise."""


def _case(file: ModelFile, request: Evaluate) -> _Case:
    encoding, project = encoding_of(file), project_from_json(file.project)
    data = None if request.part == "file" else _trained_on(project, request.source)
    source = data.source if data else _other(request, project)
    read = (project_to_json(Project(data)), *cached_paths(data)) if data else (source, read_source(source).path)
    path = entry(file.sha256, *read, request.part, request.resamples, request.seed)
    return _Case(request, file, encoding, project, data, source, path)


def _trained_on(project: Project, moved: Source | None) -> DataSpec:
    """The data that the model was trained on, where they lie now."""
    if project.data is None:
        raise DataError("The model does not say what it was trained on.", "", "Choose a file to judge it on.")
    if moved is not None and not Path(project.data.source.path).exists():
        return replace(project.data, source=moved)
    return project.data


def _other(request: Evaluate, project: Project) -> Source:
    if request.source is None:
        raise DataError("No file was named to judge the network on.", "", "Choose one.")
    source = found_out(Path(request.source.path))[0] if request.detect else request.source
    return read_like(source, project.data.source) if project.data else source


def _judge(case: _Case, inbox: Inbox) -> Generator[Evaluating, None, Evaluation | None]:
    if case.data is None or case.request.part == "file":
        judged = whole_file(case.source, case.encoding)
    else:
        judged = part_of(case.data, case.encoding, case.request.part)
    module = restore(case.project.model, case.encoding.input_shape, case.file)
    outputs = yield from _outputs(lambda x: predict(module, case.project.training.loss, x), judged.x, inbox)
    if outputs is None:
        return None
    judgement, columns, badness = _compared(case, judged, outputs)
    found = _evaluation(case, judged, judgement)
    write_answers(
        case.answers, {"row": judged.rows, "badness": badness, **columns}, np.argsort(-badness, kind="stable")
    )
    write_figures(figures_path(case.answers), judgement.figures, found)
    return found


def _outputs(
    answer: Callable[[Numbers], Numbers], x: Numbers, inbox: Inbox
) -> Generator[Evaluating, None, Numbers | None]:
    """What the network answers to every row; None where nobody wants to know any more."""
    parts: list[Numbers] = []
    due = monotonic() + REPORT_SECONDS
    for start in range(0, len(x), AT_ONCE):
        if is_stopped(inbox):
            return None
        parts.append(answer(x[start : start + AT_ONCE]))
        if monotonic() >= due:
            due = monotonic() + REPORT_SECONDS
            yield Evaluating(min(start + AT_ONCE, len(x)), len(x))
    return np.concatenate(parts)


def _compared(
    case: _Case, judged: Judged, outputs: Numbers
) -> tuple[Judgement, dict[str, NDArray[np.generic]], Numbers]:
    """What came of it, the columns that are kept of each row, and how bad each row is ``(N,)``.

    That is how little a class was expected, the largest mistake in any target in its standard deviations, or the mean
    squared error of what should be given back.
    """
    target, resampling = case.encoding.target, Resampling(case.request.resamples, case.request.seed)
    if isinstance(target, ClassTarget):
        true = judged.truth.astype(np.int64)
        judgement = judge_classes(true, outputs, target.classes, judged.commonest, resampling)
        named = outputs.argmax(1).astype(np.int32)
        columns = {"truth": true.astype(np.int32), "predicted": named, "chances": outputs}
        return judgement, columns, 1 - outputs[np.arange(len(true)), true]
    if isinstance(target, InputTarget):
        judgement, errors = judge_reconstruction(judged.x.reshape(len(judged.x), -1), outputs)
        return judgement, {}, errors
    values = decode_target(case.encoding, outputs).reshape(len(outputs), -1)
    truth = judged.truth.astype(np.float64)
    judgement = judge_values(truth, values, target.names, target.means, resampling)
    distance = np.abs(values - truth) / np.array(target.scales)
    return judgement, {"truth": truth, "predicted": values}, distance.max(1).astype(np.float32)


def _evaluation(case: _Case, judged: Judged, judgement: Judgement) -> Evaluation:
    request, target, classes = case.request, case.encoding.target, case.encoding.target.classes
    return Evaluation(
        request.model,
        case.file.sha256,
        request.part,
        Path(case.source.path).name,
        len(judged.rows),
        case.encoding.task,
        target.name,
        judgement.scores,
        str(case.answers),
        str(figures_path(case.answers)),
        tuple(map(str, judged.sources)),
        classes,
        judgement.class_scores,
        () if classes else target.names,
        classes[judged.commonest] if classes else "the mean of the training rows",
        0 if isinstance(target, InputTarget) else request.resamples,
        request.seed,
        judged.warnings,
        judgement.curve_rows,
        case.project.training.loss.is_calibrated,
    )
