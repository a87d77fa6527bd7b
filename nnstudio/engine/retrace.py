"""A run whose numbers are none any more is learned again, watched, until it shows where that began."""

from __future__ import annotations

import numpy as np

from nnstudio.engine.origin import Found, Origin, Watcher
from nnstudio.engine.run import Run
from nnstudio.spec.errors import NotFiniteError
from nnstudio.spec.losses import Loss
from nnstudio.spec.model import Model, Row


def explained(error: NotFiniteError, run: Run) -> NotFiniteError:
    """The error of ``run`` with where it began and what to do.

    The last weights of the run are, where that is found, those in front of the mischief.
    """
    project, rate = run.given.project, run.learner.tuning.learning_rate
    origin = Origin("data") if not np.isfinite(run.given.examples.x).all() else _origin(run)
    return _in_words(error.what, origin, project.model, project.training.loss, rate)


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


def _in_words(what: str, origin: Origin | None, model: Model, loss: Loss, rate: float) -> NotFiniteError:
    """The error that says what became of the loss, where that began, and what to do."""
    if origin is None:
        return NotFiniteError(what, f"With a learning rate of {rate:g} the steps were too large.", SMALLER)
    row = dict(model.numbered()).get(origin.prefix)
    why = _why(origin, row, loss)
    if origin.where == "data":
        return NotFiniteError(what, why, "Fill or leave out such rows.")
    remedy = SMALLER if origin.steps else FROM_THE_START
    if origin.steps:
        why += f" With a learning rate of {rate:g} the steps were too large."
    return NotFiniteError(what, why, remedy, row_id=row.id if row else "")


SMALLER = "Choose a smaller learning rate, or clip the gradient. The best weights so far are kept."
FROM_THE_START = "No step had been made: standardise the data, or let the weights start smaller."


def _why(origin: Origin, row: Row | None, loss: Loss) -> str:
    layer = f"“{row.title}” ({origin.prefix})" if row else "a layer"
    match origin.where:
        case "data":
            return "The data hold values that are not finite numbers."
        case "forward":
            return f"It began in {layer}, where numbers up to {origin.largest:.2g} were too large to go on with."
        case "loss":
            return (
                f"It began in the loss: the network gave finite numbers, up to {origin.largest:.2g}, but "
                f"{loss.wording()} of them, or its gradient, is none."
            )
        case "backward":
            return f"It began on the way back, in {layer}: its gradient is the first that is not finite."
        case "step":
            return (
                f"It began in the step: a gradient of up to {origin.largest:.2g} made the weights of {layer} infinite."
            )
