"""What a column holds: figures, a histogram or its values, and what it says about the target."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from nnstudio.gui.data.column_words import facts_of, relation_sentence
from nnstudio.gui.data.columns_delegate import HISTOGRAM_KINDS
from nnstudio.gui.data.columns_model import Entry
from nnstudio.gui.data.value_plots import Histogram, ShareBar, ValueBars
from nnstudio.gui.forms.form import LABEL_WIDTH
from nnstudio.gui.panel import ElidedLabel, Note
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.document import State
from nnstudio.spec.facts import ColumnProfile
from nnstudio.spec.words import moment


class ColumnFacts(QWidget):
    """The values of one column at a glance."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.histogram, self.values, self.share = Histogram(theme), ValueBars(theme), ShareBar(theme)
        self.relation = Note()
        self.facts = _Pairs()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        for widget in (self.facts, self.histogram, self.values, self.relation, self.share):
            layout.addWidget(widget)

    def render_entry(self, state: State, entry: Entry) -> None:
        """Show what is known of a column."""
        profile = entry.profile
        if profile is None or state.source is None:
            return
        self.facts.render_pairs(list(facts_of(profile, state.source.rows)))
        is_spread = entry.column.kind in HISTOGRAM_KINDS and bool(profile.histogram)
        self.histogram.setVisible(is_spread)
        self.values.setVisible(not is_spread and bool(profile.top))
        if is_spread:
            self.histogram.render_counts(profile.histogram, profile.low or 0.0, profile.high or 0.0, _moments(profile))
        else:
            rest = entry.present - sum(count for _, count in profile.top)
            self.values.render_counts(profile.top, profile.distinct - len(profile.top), rest)
        self._render_relation(state, entry.name)

    def _render_relation(self, state: State, name: str) -> None:
        data, facts = state.described, state.facts if state.source_is_current else None
        found = [relation for relation in facts.relations if relation.column == name] if facts else []
        sentence = relation_sentence(found[0], data) if found and data else ""
        self.relation.setText(sentence)
        self.relation.setVisible(bool(sentence))
        self.share.setVisible(bool(sentence))
        if found:
            self.share.render_share(found[0].strength, found[0].is_same)


def _moments(profile: ColumnProfile) -> tuple[str, str] | None:
    return (moment(profile.earliest), moment(profile.latest)) if profile.earliest else None


class _Pairs(QWidget):
    """Titles with their figures."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)
        self._labels: list[tuple[ElidedLabel, ElidedLabel]] = []

    def render_pairs(self, pairs: list[tuple[str, str]]) -> None:
        while len(self._labels) < len(pairs):
            self._add()
        for place, (title, text) in enumerate(self._labels):
            shown = place < len(pairs)
            for label, words in zip((title, text), pairs[place] if shown else ("", ""), strict=True):
                label.setText(words)
                label.setVisible(shown)

    def _add(self) -> None:
        title, text = ElidedLabel(role="muted"), ElidedLabel()
        row = len(self._labels)
        self._grid.addWidget(title, row, 0)
        self._grid.addWidget(text, row, 1)
        self._labels.append((title, text))
