"""How the weights in a model file came about, so far as the project beside them does not say."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.events import NumericPlan


@dataclass(frozen=True, slots=True)
class Provenance:
    """The numeric plan of the run, the epochs that it came to, and what nobody can do again from the project alone.

    ``departures`` are sentences, such as that the learning rate was changed while it trained. ``epochs`` is 0 where the
    run came to all of the project's, or to an end of its own.
    """

    plan: NumericPlan = field(default_factory=NumericPlan)
    epochs: int = 0
    departures: tuple[str, ...] = ()

    def departed(self, sentence: str) -> Provenance:
        """The same with one more sentence, unless it was said before."""
        if sentence in self.departures:
            return self
        return Provenance(self.plan, self.epochs, (*self.departures, sentence))

    def to_json(self) -> str:
        return json.dumps({"plan": asdict(self.plan), "epochs": self.epochs, "departures": list(self.departures)})

    @classmethod
    def from_json(cls, text: str) -> Provenance:
        """What `to_json` wrote, nothing where there is no text; raises `ModelFileError` for anything else."""
        if not text:
            return cls()
        try:
            content = json.loads(text)
            plan = NumericPlan(**content["plan"])
            found = cls(plan, int(content["epochs"]), tuple(map(str, content["departures"])))
            if int(plan.threads) < 1:
                raise ValueError(plan.threads)
        except (ValueError, TypeError, LookupError) as error:
            raise ModelFileError(
                "This model does not say how it was trained.", "What it says of its run is damaged.", details=str(error)
            ) from error
        return found
