"""Where a run that has ended can be taken up again, to be trained for longer: at its end, or at its best epoch."""

from __future__ import annotations

from collections.abc import Sequence

from nnstudio.engine.recovery import Content
from nnstudio.engine.thinned import cut
from nnstudio.spec.events import ChangeRates, EpochDone


def from_last(ending: Content, patience: int) -> Content:
    """Go on where the run ended, to the bits that it would have had if it had been longer.

    Where it ended because nothing got better, that is waited for anew.
    """
    waited = ending["epochs"] - max(ending["best_epoch"], ending["waits_since"])
    return {**ending, "waits_since": ending["epochs"]} if 0 < patience <= waited else ending


def from_best(ending: Content, epochs: Sequence[EpochDone], rates: ChangeRates) -> Content:
    """Go on from the best weights of a run, as if what came behind its best epoch had not been.

    The optimiser and the random numbers begin anew; the schedule goes on from that epoch, with the ``rates`` that were
    in force in it.
    """
    best = ending["best_epoch"]
    kept = [done for done in epochs if done.epoch <= best]
    return {
        **ending,
        "epochs": best,
        "batches": 0,
        "seconds": sum(done.seconds for done in kept),
        "module": ending["best"],
        "average": None,
        "waits_since": 0,
        "update": None,
        "schedule": [(done.validation or done.train)["loss"] for done in kept],
        "rates": {"learning_rate": rates.learning_rate, "weight_decay": rates.weight_decay},
        "tally": None,
        "losses": cut(ending["losses"], best * ending["schedule"]["batches"]),
        "random": None,
    }
