"""A network that was rebuilt from somebody's weights: its rows, and how far they can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nnstudio.spec.layers import Shape
from nnstudio.spec.model import Row, paths

Certainty = Literal["exact", "known", "guessed", "part", "none"]
"""How a network was rebuilt.

``exact``: the file says all of it. ``known``: it has the names and shapes of a network that is known. ``guessed``: a
plain stack, in which some layers are proposed. ``part``: only some of the layers could be put together. ``none``: not
at all.
"""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The network that a weights file seems to hold.

    ``what`` says in words what it is, to stand behind “This is”; ``notes`` are sentences on it, such as why it could
    not be rebuilt. The rows carry the module paths of the file as names, so that its weights find them, and their
    guesses. ``input_shape`` is that of an example that they take; ``unused`` are tensors of the file without a row.
    """

    certainty: Certainty
    what: str = ""
    rows: tuple[Row, ...] = ()
    input_shape: Shape | None = None
    notes: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    @property
    def guesses(self) -> tuple[Row, ...]:
        """The rows that were proposed, at any depth."""
        return guesses(self.rows)


def guesses(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Those of ``rows``, at any depth, that were proposed and are neither changed nor accepted yet."""
    return tuple(row for _, row in paths(rows) if row.guess)
