"""What Optuna is asked: which values to try next, whether a trial is worth going on with, and what mattered.

Ours is only the mapping: a declared field's range becomes a distribution. The study is kept in memory, where a trial
costs no file; it is rebuilt from the trials that were written down. Every trial has a sampler of its own, seeded by the
search's seed and the trial's number, so that what is proposed depends on the trials before it alone, and a search that
was interrupted goes on as if nothing had happened.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.pruners import BasePruner, MedianPruner, NopPruner
from optuna.samplers import BaseSampler, GridSampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial, TrialState, create_trial

from nnstudio.runs.searches import TrialRecord
from nnstudio.spec.project import Project
from nnstudio.spec.search import Choices, Search, Span, Value
from nnstudio.spec.searched.trial import counting

optuna.logging.set_verbosity(optuna.logging.ERROR)

MOST_REPORTS = 200
"""Epochs of a trial that are compared with those of others; of longer trials evenly many."""
CHECKS = 20
"""As often a trial is compared with the others."""
STARTUP = 5
"""Trials that are finished before any is pruned."""
LEAST_STEPS = 3
"""Comparisons that every trial is spared at first, at least."""
LEAST_COMPLETE = 6
"""Trials that must be there before it is asked which fields matter."""
LEAST_GOOD = 5
"""Trials that count as good ones, at least, when it is asked which fields made them so."""

STATES = {
    "completed": TrialState.COMPLETE,
    "pruned": TrialState.PRUNED,
    "failed": TrialState.FAIL,
    "stopped": TrialState.FAIL,
}


class Study:
    """The trials of a search as Optuna sees them; ``number`` counts from 1."""

    def __init__(self, project: Project, better: Literal["higher", "lower"], done: Iterable[TrialRecord] = ()) -> None:
        search = project.search
        self._search = search
        self._spans = {field.path: field.span for field in _kinds_first(search)}
        self._distributions = {path: distribution(span) for path, span in self._spans.items()}
        self._having = {path: _having(project, path) for path in self._spans}
        self._grid = {path: list(span.grid()) for path, span in self._spans.items()}
        self._grid_sampler = Grid(self._grid, search.seed) if search.method == "grid" else None
        epochs = _most_epochs(project)
        self.stride = math.ceil(epochs / MOST_REPORTS)
        self._study = optuna.create_study(
            direction="minimize" if better == "lower" else "maximize", pruner=_pruner(search, epochs)
        )
        self._trials: dict[int, optuna.trial.Trial] = {}
        for record in done:
            self._restore(record)

    def ask(self) -> tuple[int, dict[str, Value]]:
        """The number and the values of a trial that begins; it lacks what does not count with the others."""
        self._study.sampler = self._sampler(len(self._study.get_trials(deepcopy=False)) + 1)
        trial = self._study.ask()
        values: dict[str, Value] = {}
        for path, wanted in self._distributions.items():
            owner = path.rpartition(".")[0]
            if owner not in values or values[owner] in self._having[path]:
                values[path] = _suggest(trial, path, wanted)
        number = trial.number + 1
        self._trials[number] = trial
        return number, values

    def is_worth_it(self, number: int, epoch: int, value: float) -> bool:
        """Tell how good a trial is after ``epoch``, where trials are pruned; False where it should be."""
        if epoch % self.stride or not self._search.prune:
            return True
        trial = self._trials[number]
        trial.report(value, epoch // self.stride)
        return not trial.should_prune()

    def tell(self, record: TrialRecord) -> None:
        """How a trial ended."""
        trial, done = self._trials.pop(record.done.number), record.done
        state = STATES[done.outcome]
        if state is TrialState.PRUNED and not trial.storage.get_trial(trial._trial_id).intermediate_values:  # noqa: SLF001
            for epoch, value in record.reported.items():
                trial.report(value, epoch)
        self._study.tell(trial, done.value if state is TrialState.COMPLETE else None, state)

    def reported(self, number: int) -> dict[int, float]:
        """What was told of a trial under way, by steps of ``stride`` epochs."""
        return dict(self._study.get_trials(deepcopy=False)[number - 1].intermediate_values)

    def attributes(self, number: int) -> dict[str, Any]:
        """What the sampler remembers of a trial, beside the grid itself."""
        kept = self._study.get_trials(deepcopy=False)[number - 1].system_attrs
        return {name: value for name, value in kept.items() if name == "grid_id"}

    def importance(self) -> dict[str, float]:
        """How much each field matters for being among the best trials, shares of 1; empty with too few trials."""
        complete = self._study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        if len(complete) < LEAST_COMPLETE:
            return {}
        share = min(0.5, max(0.1, LEAST_GOOD / len(complete)))
        found = get_param_importances(self._study, evaluator=PedAnovaImportanceEvaluator(target_quantile=share))
        return {path: float(value) for path, value in found.items() if math.isfinite(value)}

    def _sampler(self, number: int) -> BaseSampler:
        search = self._search
        seed = (search.seed + 1_000_003 * number) % 2**32
        if self._grid_sampler:
            return self._grid_sampler
        if search.method == "random":
            return RandomSampler(seed)
        return TPESampler(seed=seed, constant_liar=search.at_once > 1)

    def _restore(self, record: TrialRecord) -> None:
        """Put a finished trial in its place; those before it that left nothing behind count as failed."""
        done, trials = record.done, self._study.get_trials(deepcopy=False)
        for _ in range(len(trials), done.number - 1):
            self._study.add_trial(create_trial(state=TrialState.FAIL))
        state = STATES[done.outcome]
        self._study.add_trial(
            create_trial(
                state=state,
                value=_value(record, state),
                params=dict(done.values),
                distributions={path: self._distributions[path] for path in done.values},
                intermediate_values=dict(record.reported),
                system_attrs=dict(record.attributes) | ({"search_space": self._grid} if record.attributes else {}),
            )
        )


class Grid(GridSampler):
    """A grid that leaves it to the search to end: asked from outside Optuna's own loop, it could not end that."""

    def after_trial(
        self, study: optuna.Study, trial: FrozenTrial, state: TrialState, values: Sequence[float] | None
    ) -> None:
        pass


def distribution(span: Span) -> BaseDistribution:
    """A range as Optuna knows it."""
    if isinstance(span, Choices):
        return CategoricalDistribution(span.values)
    if span.whole:
        return IntDistribution(int(span.low), int(span.high), log=span.log)
    return FloatDistribution(span.low, span.high, log=span.log)


def _suggest(trial: optuna.trial.Trial, path: str, wanted: BaseDistribution) -> Value:
    """The value that the sampler draws for a field."""
    match wanted:
        case FloatDistribution():
            return trial.suggest_float(path, wanted.low, wanted.high, log=wanted.log)
        case IntDistribution():
            return trial.suggest_int(path, wanted.low, wanted.high, log=wanted.log)
        case CategoricalDistribution():
            value = trial.suggest_categorical(path, wanted.choices)
            assert value is not None  # `Choices` has none
            return value
        case _:
            raise TypeError(f"{wanted} is no distribution of a range")


def _having(project: Project, path: str) -> frozenset[Value]:
    """The kinds of its owner that have the field, of those that trials choose from; none where they do not choose."""
    owner = path.rpartition(".")[0]
    span = project.search.span(owner)
    kinds = span.grid() if span else ()
    return frozenset(kind for kind in kinds if path in counting(project, {owner: kind, path: kind}))


def _value(record: TrialRecord, state: TrialState) -> float | None:
    """The value of a finished trial; of a pruned one what it was told last."""
    if state is TrialState.COMPLETE:
        return record.done.value
    return record.reported[max(record.reported)] if state is TrialState.PRUNED and record.reported else None


def _kinds_first(search: Search) -> list[Any]:
    """The fields, those before others that choose what the others are about."""
    paths = {field.path for field in search.fields}
    return sorted(search.fields, key=lambda field: field.path.rpartition(".")[0] in paths)


def _pruner(search: Search, epochs: int) -> BasePruner:
    if not search.prune:
        return NopPruner()
    steps = min(epochs, MOST_REPORTS)
    return MedianPruner(STARTUP, n_warmup_steps=max(LEAST_STEPS, steps // 10), interval_steps=max(1, steps // CHECKS))


def _most_epochs(project: Project) -> int:
    """How long a trial may be."""
    span = project.search.span("training.epochs")
    return int(max(map(float, span.grid()))) if span else project.training.epochs
