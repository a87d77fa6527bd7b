"""One thing that the window can be asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nnstudio.gui.actions.shell import Shell
from nnstudio.gui.studio import Studio


def always(_: Studio) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be asked for.

    ``menu`` is a path (``File/Open recent``). ``says`` gives a title that follows the state, ``shown`` hides the row
    where it makes no sense, ``checked`` makes it a tick. A line is drawn before a ``separated`` row. What can be asked
    for only while it is ``enabled`` says in a sentence what it ``needs``.
    """

    id: str
    menu: str
    title: str
    run: Callable[[Shell], object]
    help: str
    shortcut: str = ""
    icon: str = ""
    enabled: Callable[[Studio], bool] = always
    says: Callable[[Studio], str] | None = None
    shown: Callable[[Studio], bool] = always
    checked: Callable[[Shell], bool] | None = None
    separated: bool = False
    needs: str | Callable[[Studio], str] = ""

    def title_in(self, studio: Studio) -> str:
        """What the action is called now."""
        return self.says(studio) if self.says else self.title

    def needs_in(self, studio: Studio) -> str:
        """What has to be there, or be over, before it can be asked for."""
        return self.needs if isinstance(self.needs, str) else self.needs(studio)
