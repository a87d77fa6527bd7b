"""Which layers are chosen: what the list of layers, the code and the diagram have in common."""

from __future__ import annotations

from collections.abc import Iterable

from nnstudio.session.listeners import Listeners


class Choice:
    """The identities of the chosen rows, the current one last. ``changed()`` is told when others are chosen.

    A row that is gone may still be named here until another one is chosen: views pass over what they do not know.
    """

    def __init__(self) -> None:
        self.changed: Listeners[[]] = Listeners()
        self.rows: tuple[str, ...] = ()

    def choose(self, row_ids: Iterable[str]) -> None:
        """Let these rows be the chosen ones, and none else."""
        rows = tuple(dict.fromkeys(row_ids))
        if rows != self.rows:
            self.rows = rows
            self.changed.tell()
