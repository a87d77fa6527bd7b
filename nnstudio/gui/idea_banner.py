"""An idea of a course in a few words, while the window points at its place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from nnstudio.gui.panel import Banner, Button
from nnstudio.session.ideas import IDEAS, Idea


class IdeaBanner(Banner):
    """Stands below the panels from when an idea is looked for until it is closed; leads through them all.

    ``show_idea`` takes the user to another one.
    """

    def __init__(self, show_idea: Callable[[Idea], object], parent: QWidget | None = None) -> None:
        super().__init__("info", parent)
        self._show_idea = show_idea
        self.setAccessibleName("Idea")
        self.hide()

    def tell(self, idea: Idea) -> None:
        """Say what ``idea`` is, and what to do to see it."""
        place = IDEAS.index(idea)
        about = f"The ideas of a course in their order: this is {place + 1} of {len(IDEAS)}."
        buttons = [
            Button(title, "quiet", partial(self._show_idea, IDEAS[at]), f"{IDEAS[at].title}. {about}")
            for title, at in (("Previous", place - 1), ("Next idea", place + 1))
            if 0 <= at < len(IDEAS)
        ]
        close = Button("Close", "quiet", self.hide, "Put these words away.")
        self.say(idea.title, f"{idea.sentence} Try it: {idea.to_try}", [*buttons, close])
        self.show()
