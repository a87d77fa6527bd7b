"""What the search says in words, derived from what is known of it alone."""

from __future__ import annotations

from nnstudio.session.live_search import LiveSearch, SearchStatus, Trial
from nnstudio.session.sentences import cut_short, number, took
from nnstudio.spec.events import KnownSearch
from nnstudio.spec.search import Search
from nnstudio.spec.words import counted


def status(search: LiveSearch) -> str:
    """Such as ``12 of 50 trials · best validation loss 0.043 in trial 7``."""
    if search.status is SearchStatus.STARTING:
        return "The search starts …"
    if search.started is None:
        return ""
    parts = [_counted(search), _best(search)]
    if search.status is SearchStatus.PAUSED:
        parts.insert(0, "Paused")
    elif search.status is SearchStatus.STOPPING:
        parts.insert(0, "Stopping")
    elif search.finished is not None:
        under_way = [trial.number for trial in search.trials.values() if trial.state == "stopped"]
        parts.append(cut_short(search.finished.outcome, under_way))
        parts.append(took(search.finished.seconds) if search.finished.seconds else "")
    return " · ".join(filter(None, parts))


def plan(search: Search) -> str:
    """What a search is going to do: ``3 fields · random · 50 trials``."""
    labels = {"tpe": "TPE", "random": "random", "grid": "grid"}
    trials = counted(search.planned, "trial") if search.planned else ""
    minutes = f"{search.minutes:g} min" if search.minutes else ""
    return " · ".join(filter(None, (counted(len(search.fields), "field"), labels[search.method], trials, minutes)))


def _counted(search: LiveSearch) -> str:
    planned = search.started.trials if search.started else 0
    of = f"{search.done:,} of {planned:,}" if planned else f"{search.done:,}"
    return f"{of} {'trial' if (planned or search.done) == 1 else 'trials'}"


def _best(search: LiveSearch) -> str:
    best, started = search.best, search.started
    if best is None or best.value is None or started is None:
        return ""
    return f"best {started.objective} {number(best.value)} in trial {best.number:,}"


def outcome(trial: Trial) -> str:
    """How a trial ended, or how far it is."""
    match trial.state:
        case "running":
            return f"epoch {trial.epoch:,} of {trial.epochs:,}" if trial.epochs else "starting"
        case "pruned":
            return f"pruned at epoch {trial.epoch:,}"
        case "stopped":
            return "not counted"
        case "completed" if trial.same_as:
            return f"same as {trial.same_as:,}"
    return trial.state


def told(trial: Trial, is_best: bool) -> str:
    """What a trial came to, in a sentence for its tooltip."""
    judged = f"{number(trial.value)}" if trial.value is not None else "no result"
    words = f"Trial {trial.number:,}{' (best)' if is_best else ''}: {judged}, {outcome(trial)}."
    if trial.state == "stopped":
        words += " The search ended while it was under way; it is tried anew when the search goes on."
    return f"{words} {trial.error}".strip()


def interrupted_title(known: KnownSearch) -> str:
    """That a search could go on, and how far it is."""
    name = f"The search “{known.name}”" if known.name else "A search"
    of = f"{known.done:,} of {known.trials:,} trials" if known.trials else f"{known.done:,} trials"
    return f"{name} was interrupted after {of}."
