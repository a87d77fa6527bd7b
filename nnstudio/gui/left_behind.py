"""What a crash or a power cut left behind: offered until it is taken up again or given up."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from nnstudio.gui.panel import Banner, Button
from nnstudio.gui.studio import Studio
from nnstudio.session.listeners import Listeners
from nnstudio.session.sentences import interrupted_sentence
from nnstudio.spec.events import InterruptedRun
from nnstudio.spec.words import counted

if TYPE_CHECKING:
    from nnstudio.runs.unsaved import Unsaved


SHOWN_NAMES = 3
"""Most names of runs that a sentence lists."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be taken up again by a verb, or given up; ``key`` tells it from the others."""

    key: Hashable
    what: str
    text: str
    verb: str
    take_up: Callable[[], object]
    give_up: Callable[[], object]


class LeftBehind:
    """Unsaved projects first, then runs that could go on, then those that waited.

    ``changed()`` is told when other things are offered.
    """

    def __init__(self, studio: Studio) -> None:
        self.changed: Listeners[[]] = Listeners()
        self.offers: tuple[Offer, ...] = ()
        self._studio = studio
        self._projects: list[Unsaved] = []
        self._runs: tuple[InterruptedRun, ...] = ()
        self._waited: list[Unsaved] = []
        self._later: set[Hashable] = set()
        studio.autosaver.found.connect(self._hear_projects)
        studio.autosaver.waited.connect(self._hear_waited)
        studio.interrupted.listen(self._hear_runs)
        studio.run.changed.listen(self._look)

    def put_off(self, offer: Offer) -> None:
        """Ask again at the next start."""
        self._later.add(offer.key)
        self._look()

    def _hear_projects(self, found: list[Unsaved]) -> None:
        self._projects = found
        self._look()

    def _hear_waited(self, waited: list[Unsaved]) -> None:
        self._waited = waited
        self._look()

    def _hear_runs(self, runs: tuple[InterruptedRun, ...]) -> None:
        self._runs = runs
        self._look()

    def _look(self) -> None:
        """Tell of other offers; runs tell of themselves many times a second, and seldom change them."""
        offers = tuple(offer for offer in self._all() if offer.key not in self._later)
        if [offer.key for offer in offers] != [offer.key for offer in self.offers]:
            self.offers = offers
            self.changed.tell()

    def _all(self) -> Iterator[Offer]:
        """All that is left behind; nothing while a run goes on, beside which no other project or run can be opened."""
        if self._studio.run.status.is_busy:
            return
        for project in self._projects:
            yield self._of_project(project)
        for run in self._runs:
            yield self._of_run(run)
        if self._waited:
            yield self._of_queue(self._waited)

    def _of_project(self, found: Unsaved) -> Offer:
        when = time.strftime("%Y-%m-%d at %H:%M", time.localtime(found.changed))
        return Offer(
            found.folder,
            f"“{found.name}” has changes that were not saved when nnstudio ended.",
            f"The last one was made on {when}. Restore opens the project with them, unsaved as they were.",
            "Restore",
            lambda: self._settle(found, restore=True),
            lambda: self._settle(found, restore=False),
        )

    def _of_run(self, found: InterruptedRun) -> Offer:
        return Offer(
            found.run,
            interrupted_sentence(found),
            "It goes on from its last checkpoint and ends as if nothing had happened.",
            "Resume",
            lambda: self._resume(found),
            lambda: self._studio.discard_run(found),
        )

    def _of_queue(self, waited: list[Unsaved]) -> Offer:
        one, names = len(waited) == 1, ", ".join(f"“{run.name}”" for run in waited[:SHOWN_NAMES])
        others = f" and {len(waited) - SHOWN_NAMES} more" if len(waited) > SHOWN_NAMES else ""
        return Offer(
            tuple(run.folder for run in waited),
            f"{counted(len(waited), 'run')} {'was' if one else 'were'} waiting in the queue when nnstudio ended.",
            f"{names}{others} {'is' if one else 'are'} trained as {'it was' if one else 'they were'} when put there.",
            "Train",
            lambda: self._settle_queue(train=True),
            lambda: self._settle_queue(train=False),
        )

    def _settle_queue(self, *, train: bool) -> None:
        waited, self._waited = self._waited, []
        saver = self._studio.autosaver
        if train:
            self._studio.trainer.take_up([(run.name, run.project) for run in waited])
        for run in waited:
            (saver.discard_queued if train else saver.discard)(run)
        self._look()

    def _resume(self, found: InterruptedRun) -> None:
        self._runs = tuple(each for each in self._runs if each is not found)
        self._studio.resume_run(found)

    def _settle(self, found: Unsaved, *, restore: bool) -> None:
        """Take a project up again, or give it up; then the next one is offered."""
        self._projects = [each for each in self._projects if each is not found]
        if restore:
            self._studio.restore(found)
        else:
            self._studio.autosaver.discard(found)
        self._look()


class LeftBehindBanner(Banner):
    """Offers what is left behind, one after the other; “Later” puts one off to the next start.

    It is `hold` back while the welcome page stands in front, which offers all of it at once.
    """

    def __init__(self, left: LeftBehind, parent: QWidget | None = None) -> None:
        super().__init__("warning", parent)
        self._left = left
        self._is_held = False
        self.offer: Offer | None = None
        self.hide()
        left.changed.listen(self._render)

    def hold(self, held: bool) -> None:
        """Say nothing while another place asks the same."""
        self._is_held = held
        self._render()

    def _render(self) -> None:
        offer = self._left.offers[0] if self._left.offers and not self._is_held else None
        if (offer.key if offer else None) == (self.offer.key if self.offer else None):
            return
        self.offer = offer
        self.setVisible(offer is not None)
        if offer:
            later = Button("Later", "quiet", lambda: self._left.put_off(offer), "Ask again at the next start.")
            discard = Button("Discard", "quiet", offer.give_up)
            self.say(offer.what, offer.text, [later, discard, Button(offer.verb, "primary", offer.take_up)])
