"""What the run goes by while the fields say something else, and the button that gives it theirs."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from nnstudio.gui.panel import Button, Note
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID
from nnstudio.session.tuning import in_force, rates_words
from nnstudio.spec.events import ChangeRates

USE = (
    "Let this run go on with the rate and decay of the fields; a schedule is scaled by the rate. Enter in a field does "
    "so, too."
)


class RunRates(QWidget):
    """Seen only while a run could take over the learning rate or the weight decay of the project."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._said: tuple[ChangeRates | None, ChangeRates | None] = None, None
        self.words = Note()
        self.use = Button(
            "Use now",
            clicked=studio.trainer.use_rates,
            tooltip=USE,
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.words, 1)
        row.addWidget(self.use)
        self.hide()
        studio.document.changed.listen(lambda _old, _new: self._render())
        studio.run.changed.listen(self._render)

    def _render(self) -> None:
        """Events come many times a second; what is said changes seldom."""
        said = in_force(self._studio.run), self._studio.trainer.rates_to_use
        if said != self._said:
            self._said = said
            self.setVisible(said[1] is not None)
            if said[0]:
                self.words.setText(f"This run goes by {rates_words(said[0])}.")
