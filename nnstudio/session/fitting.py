"""Which templates fit the data that are open: asked after every edit, so worked out once for the same data."""

from __future__ import annotations

from nnstudio.session.document import State
from nnstudio.spec.data import DataSpec
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.model import Model
from nnstudio.spec.networks.template import NetworkTemplate
from nnstudio.spec.shapes import walk

NO_DATA = "It is made for the data: open some first."


class Fitting:
    """Answers for the state of a moment, and remembers the answers as long as data and facts stay what they are."""

    def __init__(self) -> None:
        self._of: tuple[DataSpec | None, DataFacts | None] = (None, None)
        self._problems: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def problem(self, template: NetworkTemplate, state: State) -> str:
        """Why a template does not fit; empty when it does."""
        data, facts = self._follow(state)
        if data is None or facts is None:
            return NO_DATA
        if template.key not in self._problems:
            self._problems[template.key] = template.problem(data, facts)
        return self._problems[template.key]

    def count(self, template: NetworkTemplate, state: State) -> int:
        """How many parameters a template that fits would have."""
        data, facts = self._follow(state)
        if template.key not in self._counts and data and facts:
            fitted = template.fitted(data, facts)
            self._counts[template.key] = walk(Model(fitted.rows), fitted.reading.given).count
        return self._counts[template.key]

    def _follow(self, state: State) -> tuple[DataSpec | None, DataFacts | None]:
        """The data and the facts of now; what is known of others is forgotten."""
        now = state.project.data, state.facts
        if now[0] is not self._of[0] or now[1] is not self._of[1]:
            self._of, self._problems, self._counts = now, {}, {}
        return now
