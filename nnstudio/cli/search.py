"""``nnstudio search``: try many settings of a project, and say which were best."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from queue import SimpleQueue

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn

from nnstudio.cli.answers import events_of, the
from nnstudio.cli.bar import Bar
from nnstudio.cli.output import print_json, print_table, tell
from nnstudio.cli.ranges import with_fields, written
from nnstudio.cli.threads import threads_of
from nnstudio.cli.train import opened, stops_gently
from nnstudio.session.searching import suggest_fields
from nnstudio.session.sentences import cut_short, number, took
from nnstudio.session.tried import MISSING, Names, names_of, shown
from nnstudio.spec.errors import FileError, SpecError
from nnstudio.spec.events import (
    DiskFull,
    Event,
    Inbox,
    Resumed,
    SearchesListed,
    SearchFinished,
    SearchStarted,
    TrialDone,
    TrialProgress,
)
from nnstudio.spec.files import SUFFIX, Needed, need_place, project_from_json, save_project
from nnstudio.spec.project import Project
from nnstudio.spec.requests import ContinueSearch, ListSearches, Request, SearchProject
from nnstudio.spec.search import Value
from nnstudio.spec.searched.trial import caution
from nnstudio.spec.words import capitalised, counted

MOST_LINES = 20
"""Trials that are listed at the end: the best ones."""


RESUMES = "The trials that ended are kept: nnstudio search PROJECT --continue goes on with the others."
"""Said after a second Ctrl+C, which gives a search up."""


def search(options: argparse.Namespace) -> None:
    """Search, show how it goes, and write the best trial's project to ``--out``."""
    if options.out and options.out.suffix.casefold() != SUFFIX:
        raise SpecError(f"“{options.out.name}” is no project file.", "", f"Let its name end with {SUFFIX}.")
    if options.out:
        need_place(options.out.absolute(), Needed(options.project))
    inbox: Inbox = SimpleQueue()
    told = _Told()
    with stops_gently(inbox), _Bar() as bar:
        for event in events_of(_request(options), inbox):
            bar.show(event)
            told.hear(event)
            if isinstance(event, SearchStarted):
                options.interrupted = RESUMES
    best = told.finished.project
    if options.out and best:
        save_project(project_from_json(best), options.out.absolute())
    if options.json:
        print_json(_result(told, options.out if best else None))
    else:
        _print_table(told)
    _tell_result(told, options.out if best else None)


def _request(options: argparse.Namespace) -> Request:
    threads = threads_of(options)
    if options.go_on is not None:
        name = options.go_on or _interrupted(options.project.stem)
        return ContinueSearch(name, options.trials, options.minutes, options.at_a_time, threads)
    project = searched(opened(options), options)
    if sentence := caution(project):
        tell(sentence)
    return SearchProject(project, options.project.stem, threads)


def _interrupted(name: str) -> str:
    """The newest search of a project that can go on."""
    known = the(SearchesListed, ListSearches()).searches
    for found in known:
        if found.name == name and found.status == "interrupted":
            return found.search
    others = ", ".join(found.search for found in known if found.status == "interrupted")
    raise FileError(
        f"No search of “{name}” was interrupted.",
        f"Those that can go on: {others}." if others else "No search can go on.",
    )


def searched(project: Project, options: argparse.Namespace) -> Project:
    """``project`` with the search that the options ask for; the fields that mostly matter where none are named."""
    if options.epochs is not None:
        project = replace(project, training=replace(project.training, epochs=options.epochs))
    if options.field:
        project = with_fields(project, options.field)
    elif not project.search.fields:
        project = suggest_fields(project)
        paths = [written(project, field.path) for field in project.search.fields]
        tell(f"No field was named to search. These are searched, as they mostly matter: {', '.join(paths)}.")
    wanted = {
        "trials": options.trials,
        "minutes": options.minutes,
        "method": options.method,
        "objective": options.objective,
        "at_once": options.at_a_time,
        "seed": options.search_seed,
        "prune": False if options.no_pruning else None,
    }
    given = {name: value for name, value in wanted.items() if value is not None}
    return replace(project, search=replace(project.search, **given))


class _Told:
    """What the search said that the result needs."""

    started: SearchStarted
    finished: SearchFinished

    def __init__(self) -> None:
        self.trials: list[TrialDone] = []
        self.under_way: list[int] = []
        """The trials that the end of the search cut short, so that they do not count."""

    def hear(self, event: Event) -> None:
        match event:
            case SearchStarted():
                self.started = event
                self.trials += event.done
            case TrialDone() if event.outcome == "stopped":
                self.under_way.append(event.number)
            case TrialDone():
                self.trials.append(event)
            case SearchFinished():
                self.finished = event

    @property
    def names(self) -> dict[str, Names]:
        """What the values of the searched fields are called."""
        return names_of(project_from_json(self.started.project), self.started.fields)

    def said(self, values: Mapping[str, Value]) -> str:
        """Values of a trial with the titles of their fields."""
        titles, names = self.started.fields, self.names
        return ", ".join(f"{titles[path]} {shown(value, names.get(path, {}))}" for path, value in values.items())

    @property
    def ranked(self) -> list[TrialDone]:
        """The best first; those without a value last, in their order."""
        sign = 1 if self.started.better == "lower" else -1
        return sorted(self.trials, key=lambda trial: (trial.outcome != "completed", sign * (trial.value or 0.0)))


class _Bar(Bar):
    """Trials, the best value and what is under way, on standard error; nothing where that is not a terminal."""

    def __init__(self) -> None:
        super().__init__(
            TextColumn("Trials"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[best]}"),
            TextColumn("{task.fields[now]}"),
            TimeElapsedColumn(),
        )
        self._task = self._bar.add_task("", total=None, best="", now="")
        self._objective = ""

    def show(self, event: Event) -> None:
        match event:
            case SearchStarted():
                self._objective = event.objective
                self._bar.update(self._task, total=event.trials or None, completed=len(event.done))
            case TrialProgress():
                self._bar.update(self._task, now=f"trial {event.number}: epoch {event.epoch} of {event.epochs}")
            case TrialDone():
                self._bar.advance(self._task)
                if event.best and event.value is not None:
                    self._bar.update(self._task, best=f"best {self._objective} {number(event.value)}")
                if event.error:
                    tell(f"Trial {event.number} failed. {event.error}")
            case DiskFull():
                tell(f"nnstudio: The disk is full. {event.reason} The search goes on when there is room.")
            case Resumed():
                tell("nnstudio: The disk has room again: the search goes on.")


def _print_table(told: _Told) -> None:
    """The best trials, a line each, on standard output."""
    titles, names = told.started.fields, told.names
    ranked = told.ranked[:MOST_LINES]
    rows = [("trial", told.started.objective, *titles.values(), "epochs", "time", "outcome")]
    rows += [
        (
            str(trial.number),
            number(trial.value) if trial.value is not None else MISSING,
            *(shown(trial.values.get(path), names.get(path, {})) for path in titles),
            f"{trial.epochs:,}",
            took(trial.seconds),
            trial.outcome if not trial.same_as else f"same as {trial.same_as}",
        )
        for trial in ranked
    ]
    if ranked:
        print_table(rows)


def _tell_result(told: _Told, out: Path | None) -> None:
    finished, titles = told.finished, told.started.fields
    counts = {outcome: sum(trial.outcome == outcome for trial in told.trials) for outcome in ("pruned", "failed")}
    rest = "".join(f", {count} {outcome}" for outcome, count in counts.items() if count)
    verb = "The search is done" if finished.outcome == "completed" else "The search was stopped"
    trials = counted(finished.trials, "trial")
    tell(f"{verb} after {trials}{rest}, in {took(finished.seconds)} ({finished.search}).")
    if cut := cut_short(finished.outcome, told.under_way):
        tell(f"{capitalised(cut)}: --continue tries {'it' if len(told.under_way) == 1 else 'them'} anew.")
    if finished.best is None:
        tell("No trial was completed.")
        return
    tell(f"Best is trial {finished.best.number}: {told.said(finished.best.values)}.")
    if finished.importance:
        order: Sequence[str] = sorted(finished.importance, key=lambda path: -finished.importance[path])
        tell("What mattered: " + ", ".join(f"{titles[path]} {finished.importance[path]:.0%}" for path in order) + ".")
    if out:
        tell(f"The best trial’s project is in “{out}”.")


def _result(told: _Told, out: Path | None) -> dict[str, object]:
    started, finished = told.started, told.finished
    return {
        "search": finished.search,
        "outcome": finished.outcome,
        "objective": started.objective,
        "better": started.better,
        "fields": dict(started.fields),
        "trials": [asdict(trial) for trial in told.trials],
        "best": asdict(finished.best) if finished.best else None,
        "importance": dict(finished.importance),
        "seconds": finished.seconds,
        "project": str(out) if out else None,
    }
