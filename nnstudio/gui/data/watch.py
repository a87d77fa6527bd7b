"""What is to be looked at in the data, without what the user has put aside."""

from __future__ import annotations

from nnstudio.session.document import State
from nnstudio.session.finding import Finding
from nnstudio.session.findings import findings


class Watch:
    """Finds again only when the data, or what is known of it, is another; forgets what was put aside with the data."""

    def __init__(self) -> None:
        self._seen: tuple[object, ...] = ()
        self._found: tuple[Finding, ...] = ()
        self._aside: set[str] = set()
        self._path = ""

    def look(self, state: State) -> tuple[Finding, ...]:
        """All that is amiss in the data of ``state``, what matters most first."""
        data = state.project.data
        if data is None:
            return ()
        if data.source.path != self._path:
            self._path = data.source.path
            self._aside.clear()
        seen = (data, state.source, state.facts, state.described, state.data_problem)
        if len(self._seen) != len(seen) or any(old is not new for old, new in zip(self._seen, seen, strict=True)):
            self._seen, self._found = seen, findings(state)
        return tuple(finding for finding in self._found if finding.key not in self._aside)

    def put_aside(self, finding: Finding) -> None:
        """The user has read this."""
        self._aside.add(finding.key)
