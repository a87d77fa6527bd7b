"""What the network says to the example: the class with its probability, or the value, and what is true of it."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.gui.panel import ElidedLabel, Note, set_property
from nnstudio.gui.panel.offers import clear
from nnstudio.gui.predict.bars import ChanceBars, SeenBars
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.answers import error_words, ranked, rounded, standing, verdict
from nnstudio.session.asking import Asked
from nnstudio.spec.events import Answer
from nnstudio.spec.inputs import SeenValues

MOST_VALUES = 4
"""Targets that are drawn."""


class ValueAnswer(QWidget):
    """A predicted value, large, and where it lies among those of the training rows."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.value = ElidedLabel(role="muted"), ElidedLabel(role="figure")
        self.bars, self.standing = SeenBars(theme), Note(role="small")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for widget in (self.name, self.value, self.bars, self.standing):
            layout.addWidget(widget)

    def show_value(self, seen: SeenValues, value: float, truth: float | None) -> None:
        self.name.setText(f"Predicted {seen.name}")
        self.value.setText(rounded(value))
        self.value.explain(repr(value))
        self.bars.show_value(seen, value, truth)
        self.standing.setText(standing(seen, value))


class AnswerView(QWidget):
    """Renders an answer; nothing while there is none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.title, self.said = ElidedLabel(role="muted"), ElidedLabel(role="figure")
        self.verdict = Note()
        self.bars = ChanceBars(theme)
        self.values: list[ValueAnswer] = []
        self._stack = QVBoxLayout()
        self._stack.setSpacing(GRID)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        for widget in (self.title, self.said, self.bars):
            layout.addWidget(widget)
        layout.addLayout(self._stack)
        layout.addWidget(self.verdict)

    def show_answer(self, asked: Asked | None, answer: Answer | None) -> None:
        """Show what the network says to an example."""
        self.setVisible(asked is not None and answer is not None)
        if asked is None or answer is None:
            return
        form = asked.form
        truth = asked.taken.truth if asked.taken else ()
        for widget in (self.title, self.said):
            widget.setVisible(not form.seen)
        self.bars.setVisible(bool(form.classes))
        if form.classes:
            chances = ranked(form, answer, truth)
            self.title.setText(f"Predicted {form.target}")
            self.said.setText(chances[0].name)
            self.bars.show_chances(chances)
        elif not form.seen:
            self.title.setText("How far the network is from giving its input again")
            self.said.setText(f"{answer[0]:.4g}")
            self.said.explain(error_words(answer))
        self._show_values(asked, answer)
        words = verdict(form, answer, asked.taken)
        self.verdict.setVisible(bool(words))
        self.verdict.setText(words)
        role = "bad" if words.endswith("wrong.") else "good" if words.endswith("right.") else "muted"
        set_property(self.verdict, "role", role)

    def _show_values(self, asked: Asked, answer: Answer) -> None:
        seen = asked.form.seen[:MOST_VALUES]
        if len(seen) != len(self.values):
            clear(self._stack)
            self.values = [ValueAnswer(self._theme) for _ in seen]
            for view in self.values:
                self._stack.addWidget(view)
        truth = asked.taken.truth if asked.taken else ()
        for place, (view, each) in enumerate(zip(self.values, seen, strict=True)):
            true = truth[place] if place < len(truth) else None
            view.show_value(each, answer[place], true if isinstance(true, float) else None)
