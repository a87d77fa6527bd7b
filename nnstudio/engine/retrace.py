"""A run whose numbers are none any more is learned again, watched, until it shows where that began."""

from __future__ import annotations

import numpy as np

from nnstudio.engine.origin import Found, Origin, Watcher
from nnstudio.engine.run import Run
from nnstudio.engine.trained import Trained
from nnstudio.spec.errors import NotFiniteError
from nnstudio.spec.losses import Loss


def explained(error: NotFiniteError, run: Run) -> NotFiniteError:
    """The error of ``run`` with where it began and what to do.

    The last weights of the run are, where that is found, those in front of the mischief.
    """
    origin = Origin("data") if not np.isfinite(run.given.examples.x).all() else _origin(run)
    return _in_words(error.what, origin, run)


def _origin(run: Run) -> Origin | None:
    again = run.again()
    if again is None:
        return None
    origin = _watched(again)
    if origin is not None:
        run.learner.module.load_state_dict(again.learner.module.state_dict())
    return origin


def _watched(run: Run) -> Origin | None:
    """Train till a number is not finite; None where that does not happen again, or takes too long."""
    watcher = Watcher(run.learner, run.given.project.model, run.batches_before)
    run.learner.learn = watcher  # type: ignore[method-assign]  # stands in for it
    try:
        for _ in run.events(""):
            continue
    except Found as found:
        return found.origin
    except NotFiniteError:
        return None
    return None


def _in_words(what: str, origin: Origin | None, run: Run) -> NotFiniteError:
    """The error that says what became of the loss, where that began, and what to do."""
    project, rate = run.given.project, run.learner.tuning.learning_rate
    too_large = f"With a learning rate of {rate:g} the steps were too large."
    smaller = f"Choose a smaller learning rate, or clip the gradient. {_kept(run.learner.trained, origin)}".strip()
    if origin is None:
        return NotFiniteError(what, too_large, smaller)
    row = dict(project.model.numbered()).get(origin.prefix)
    why = _why(origin, f"“{row.title}” ({origin.prefix})" if row else "a layer", project.training.loss)
    if origin.where == "data":
        return NotFiniteError(what, why, "Fill or leave out such rows.")
    row_id = row.id if row else ""
    if not origin.steps and origin.where != "step":
        return NotFiniteError(what, why, FROM_THE_START, row_id=row_id)
    return NotFiniteError(what, f"{why} {too_large}", smaller, row_id=row_id)


FROM_THE_START = "No step had been made: standardise the data, or let the weights start smaller."


def _kept(trained: Trained, origin: Origin | None) -> str:
    if trained.best_epoch:
        return "The best weights so far are kept."
    return "The weights in front of that are kept." if origin is not None else ""


def _why(origin: Origin, layer: str, loss: Loss) -> str:
    largest = f"{origin.largest:.2g}"
    match origin.where:
        case "data":
            return "The data hold values that are not finite numbers."
        case "forward":
            return f"It began in {layer}: what it gave is not finite; the largest number that went in was {largest}."
        case "loss":
            made = f"what {loss.wording()} makes of them is not finite"
            return f"It began in the loss: the network gave finite numbers, up to {largest}, but {made}."
        case "backward":
            return f"It began on the way back, in {layer}: its gradient is the first that is not finite."
        case "step":
            return f"It began in the step: by a gradient of up to {largest} the weights of {layer} became infinite."
