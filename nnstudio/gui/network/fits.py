"""Whole networks as their popup lists them: grouped, found by any word about them, with what speaks against each."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.gui.network.kinds import Heading
from nnstudio.session.document import State
from nnstudio.session.fitting import Fitting
from nnstudio.spec.networks.template import NetworkTemplate
from nnstudio.spec.networks.templates import NETWORK_TEMPLATES


@dataclass(frozen=True, slots=True)
class Fit:
    """A whole network, and why it does not fit the data (empty when it does)."""

    kind: NetworkTemplate
    problem: str = ""
    parameters: int = 0

    @property
    def sentence(self) -> str:
        """What the list says below the title: what speaks against it, or what it is."""
        return self.problem or self.kind.explanation()

    @property
    def effect(self) -> str:
        """How large it would be, in a few words."""
        return "does not fit" if self.problem else f"{in_words(self.parameters)} parameters"


def fits(text: str, state: State, fitting: Fitting) -> list[Heading | Fit]:
    """The networks that ``text`` finds, each below its group; what does not fit stays in its place."""
    words = text.lower().split()
    listed: list[Heading | Fit] = []
    for template in NETWORK_TEMPLATES:
        about = f"{template.title} {template.key} {template.group} {template.explanation()}".lower()
        if all(word in about for word in words):
            heading = Heading(template.group)
            listed += [] if heading in listed else [heading]
            problem = fitting.problem(template, state)
            listed.append(Fit(template, problem, 0 if problem else fitting.count(template, state)))
    return listed


def first(listed: list[Heading | Fit]) -> int:
    """Which entry is chosen at first: one that fits, or else any; -1 when there is none."""
    entries = {place: entry for place, entry in enumerate(listed) if isinstance(entry, Fit)}
    fitting = (place for place, entry in entries.items() if not entry.problem)
    return next(fitting, next(iter(entries), -1))


def in_words(count: int) -> str:
    """``912``, ``14.9 k`` or ``11.2 M``."""
    if count < 10_000:
        return f"{count:,}"
    return f"{count / 1e3:,.1f} k" if count < 1_000_000 else f"{count / 1e6:,.1f} M"
