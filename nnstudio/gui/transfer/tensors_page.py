"""Where every tensor goes: how many of each state, by which rule, and the table in which they can be paired by hand."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.gui.forms.field_row import FieldRow
from nnstudio.gui.panel import Banner, Button, ElidedLabel, Note
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.gui.transfer.line_table import LineTable
from nnstudio.gui.transfer.lines import STORY
from nnstudio.gui.transfer.pairing import Offer, PairingPopup, offers
from nnstudio.session.document import State
from nnstudio.session.starts import problem_of
from nnstudio.spec.events import ModelOpened
from nnstudio.spec.mapping import Line, Match, counts
from nnstudio.spec.model import MATCH, paths

HOW_TO_PAIR = "Enter or a double click gives the chosen tensor another partner of the same shape."
WAITING = "The file is being looked into."
NO_MATCH = "Nothing matches. Try another rule above, or pair by hand what has the same shape."
NO_NETWORK = "Open data first: the shapes of the network follow from them."


class TensorsPage(QWidget):
    """Renders the mapping of the document; what is paired becomes an edit."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._lines: tuple[Line, ...] = ()
        self._titles: dict[str, str] = {}
        self._group = QButtonGroup(self)
        self.filters: dict[Match | None, Button] = {None: self._filter_button(None, "Every tensor.")}
        self.filters |= {match: self._filter_button(match, STORY[match]) for match in Match}
        self.filters[None].setChecked(True)
        self.rule = FieldRow([MATCH], self._change_rule, aligned=False)
        self.forget = Button("Forget pairs", "link", studio.transfer.forget_pairs, "Let every tensor go by the rule.")
        self.table = LineTable(theme)
        self.table.pairing_asked.connect(self._ask)
        self.popup = PairingPopup(self._pair, self)
        self.problem, self.note = Banner("bad"), Note(role="small")
        self.hint = ElidedLabel(HOW_TO_PAIR, role="small")
        self._lay_out()

    def _filter_button(self, match: Match | None, help_: str) -> Button:
        button = Button("", tooltip=help_)
        button.setCheckable(True)
        button.clicked.connect(partial(self._filter, match))
        self._group.addButton(button)
        return button

    def _lay_out(self) -> None:
        states = QHBoxLayout()
        states.setSpacing(GRID // 2)
        for button in self.filters.values():
            states.addWidget(button)
        states.addStretch(1)
        rules = QHBoxLayout()
        rules.setSpacing(GRID)
        rules.addWidget(self.rule)
        rules.addWidget(self.forget)
        rules.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(rules)
        layout.addLayout(states)
        layout.addWidget(self.problem)
        layout.addWidget(self.note)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.hint)

    def render_state(self, state: State) -> None:
        """Show what becomes of the tensors now."""
        model = state.project.model
        self._lines, self._titles = state.mapping or (), {row.id: row.title for _, row in paths(model.rows)}
        found = counts(self._lines)
        self.filters[None].setText(f"All {len(self._lines):,}")
        for match in Match:
            self.filters[match].setText(f"{match.capitalize()} {found[match]:,}")
        self._render_rule(state)
        self._render_words(state)
        files = [state.files.get(start.path) for start in model.starts]
        types = [file.dtypes if isinstance(file, ModelOpened) else {} for file in files]
        self.table.render_lines(self._lines, types, self._titles)

    def _render_rule(self, state: State) -> None:
        start = state.project.model.start
        self.rule.setVisible(start is not None)
        self.rule.render_values({"by": start.by if start else "name"})
        self.forget.setVisible(bool(start and start.pairs))

    def _render_words(self, state: State) -> None:
        problem = problem_of(state.project.model, state.files)
        self.problem.show_problem(problem)
        said = "" if problem or state.mapping is not None else WAITING
        said = said or (NO_NETWORK if not problem and state.walked is None else "")
        said = said or (NO_MATCH if self._lines and not counts(self._lines)[Match.MATCHED] else "")
        self.note.setText(said)
        self.note.setVisible(bool(said))
        for widget in (self.table, self.hint, *self.filters.values()):
            widget.setVisible(bool(self._lines))

    def _filter(self, match: Match | None, _checked: bool = True) -> None:
        self.table.filter(match)

    def _change_rule(self, _: str, value: object) -> None:
        self._studio.transfer.match_by(value)  # type: ignore[arg-type]  # one of the choices of the field

    def _ask(self, line: Line, place: QPoint) -> None:
        if found := offers(line, self._lines, self._titles):
            self.popup.open_at(place, found)
        else:
            self._studio.notices.info("There is nothing of the same shape to pair this tensor with.")

    def _pair(self, offer: Offer) -> None:
        if offer.source is None:
            self._studio.transfer.unpair(offer.file, offer.place)
        else:
            self._studio.transfer.pair(offer.file, offer.place, offer.source)
