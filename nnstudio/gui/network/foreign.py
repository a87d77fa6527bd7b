"""What is to be said of somebody's weights: the network that can be built of them, and which layers are guesses."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.gui.network.items import Item
from nnstudio.gui.network.verbs import Verbs
from nnstudio.gui.panel import Banner, Button, set_property
from nnstudio.session.document import State
from nnstudio.session.foreign import guess_words, offer_words

WHY = "The weights do not tell them, so they are proposed. Choose one to see why; what you change is no guess."


class ForeignBanner(Banner):
    """Offers to build the network of a file that was opened; later tells what of it is a guess. Hidden else."""

    def __init__(self, verbs: Verbs, parent: QWidget | None = None) -> None:
        super().__init__("info", parent)
        self._verbs = verbs
        self._said: tuple[str, ...] = ()
        self.hide()

    def show_state(self, state: State, chosen: Item | None) -> None:
        """Say what matters now: an offer, the guess that is chosen, or that there are guesses."""
        if state.offered:
            build, later = self._verbs.build_network, self._verbs.refuse_network
            self._tell(*offer_words(state.offered), {"Build its network": build, "Not now": later})
        elif chosen and chosen.row.guess and not chosen.is_heading:
            row_id = chosen.row.id
            self._tell("This layer is a guess.", chosen.row.guess, {"Keep it": lambda: self._verbs.accept([row_id])})
        elif words := guess_words(state.project):
            self._tell(words, WHY, {"Keep all": self._verbs.accept_all})
        else:
            self._said = ()
            self.hide()

    def _tell(self, title: str, text: str, verbs: dict[str, Callable[[], None]]) -> None:
        if (said := (title, text, *verbs)) == self._said:
            return
        self._said = said
        buttons = [Button(name, clicked=verb) for name, verb in verbs.items()]
        set_property(buttons[0], "role", "primary" if len(buttons) > 1 else "")
        self.say(title, text, buttons)
        self.show()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Take no more height than the words need at this width."""
        layout = self.layout()
        if layout is not None and layout.hasHeightForWidth():
            self.setMaximumHeight(layout.totalHeightForWidth(self.width()))
