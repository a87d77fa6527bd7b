"""The ideas of a course as actions: each leads to the place where it is seen."""

from __future__ import annotations

from nnstudio.gui.actions.action import Action
from nnstudio.session.ideas import IDEAS, Idea


def _idea(idea: Idea) -> Action:
    return Action(
        f"idea.{idea.key}",
        "Help/Find an idea",
        idea.title,
        lambda shell: shell.show_idea(idea),
        idea.sentence,
    )


IDEA_ACTIONS = tuple(map(_idea, IDEAS))
