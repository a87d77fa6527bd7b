"""Everything about one column, or what several have in common: what it is for, what it holds, what it becomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.gui.data.column_facts import ColumnFacts
from nnstudio.gui.data.column_menu import kinds_of
from nnstudio.gui.data.column_verbs import ColumnVerbs
from nnstudio.gui.data.column_words import ROLE_HELPS, becomes, unencoded
from nnstudio.gui.data.columns_model import Entry, entries_of
from nnstudio.gui.data.encoding_section import EncodingSection
from nnstudio.gui.data.findings_section import FindingCards
from nnstudio.gui.data.words import breakable
from nnstudio.gui.forms import Form
from nnstudio.gui.panel import Button, ElidedLabel, Note
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.document import State
from nnstudio.session.finding import Finding, Fix
from nnstudio.spec.columns import KIND, ROLE, Kind, Role
from nnstudio.spec.words import counted

FOR_MANY = (Role.FEATURE, Role.IGNORE, Role.TARGET)
"""Roles that several columns can have at once."""
MOST_NAMES = 50


class ColumnDetails(QWidget):
    """Shows the columns that were chosen; keyboard: Escape goes back, Alt with the arrows to the neighbours.

    Signals
    -------
    closed()
        The user wants the list back.
    moved(int)
        The user wants the column before (-1) or behind (1).
    """

    closed = Signal()
    moved = Signal(int)

    def __init__(
        self,
        verbs: ColumnVerbs,
        theme: Theme,
        fix: Callable[[Fix], object],
        dismiss: Callable[[Finding], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._verbs = verbs
        self._names: list[str] = []
        self.title = Note(role="heading")
        self.all_names = ElidedLabel(role="small")
        self.findings = FindingCards()
        self.findings.fixed.connect(fix)
        self.findings.dismissed.connect(dismiss)
        self.meaning = Form((KIND, ROLE), self._change)
        self.facts = ColumnFacts(theme)
        self.encoding = EncodingSection(verbs)
        self.unencoded, self.becomes = Note(), Note(role="small")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(self._heading())
        parts: tuple[QWidget, ...] = (self.title, self.all_names, self.findings, self.meaning, self.facts)
        for widget in (*parts, self.encoding, self.unencoded, self.becomes):
            layout.addWidget(widget)
        layout.addStretch(1)

    def _heading(self) -> QHBoxLayout:
        self.back = Button("← All columns", "link", self.closed.emit, "Back to the list (Escape)")
        self.before = Button("↑", "icon", lambda: self.moved.emit(-1), "The column before (Alt+Up)")
        self.behind = Button("↓", "icon", lambda: self.moved.emit(1), "The next column (Alt+Down)")
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.back)
        row.addStretch(1)
        for button, keys, by in ((self.before, "Alt+Up", -1), (self.behind, "Alt+Down", 1)):
            button.setAccessibleName(button.toolTip())
            row.addWidget(button)
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda by=by: self.moved.emit(by))
        return row

    @property
    def names(self) -> list[str]:
        """The columns that are shown; none while the list is."""
        return self._names

    def show_columns(self, names: list[str]) -> None:
        """Be about these columns from now on."""
        self._names = names

    def render_state(self, state: State, findings: Sequence[Finding]) -> None:
        """Show the columns that were chosen, as far as they are still there."""
        chosen = set(self._names)
        shown = [entry for entry in entries_of(state, findings) if entry.name in chosen]
        if not shown:
            self.closed.emit()
            return
        is_one = len(shown) == 1
        self.title.setText(breakable(shown[0].name) if is_one else counted(len(shown), "column"))
        self.all_names.setText(", ".join(entry.name for entry in shown[:MOST_NAMES]))
        self.all_names.setVisible(not is_one)
        for button in (self.before, self.behind):
            button.setVisible(is_one)
        self.findings.render_findings([finding for finding in findings if finding.column in chosen])
        self._render_meaning(shown)
        self.facts.setVisible(is_one and shown[0].profile is not None)
        if is_one:
            self.facts.render_entry(state, shown[0])
        self._render_numbers(state, shown)

    def _render_meaning(self, shown: Sequence[Entry]) -> None:
        first, kinds = shown[0], kinds_of(shown)
        roles = list(Role) if len(shown) == 1 else list(FOR_MANY)
        self.meaning.offer("role", roles, [role.label for role in roles], [ROLE_HELPS[role] for role in roles])
        self.meaning.set_field_enabled("kind", bool(kinds))
        kinds = kinds or list(Kind)
        self.meaning.offer("kind", kinds, [kind.label.capitalize() for kind in kinds])
        same_kind = all(entry.column.kind is first.column.kind for entry in shown)
        same_role = all(entry.role is first.role for entry in shown)
        self.meaning.render(
            {"kind": first.column.kind if same_kind else None, "role": first.role if same_role else None}
        )

    def _render_numbers(self, state: State, shown: Sequence[Entry]) -> None:
        data = state.project.data
        assert data is not None
        seen = [entry.column for entry in shown if entry.role is Role.FEATURE]
        self.encoding.setVisible(bool(seen))
        if seen:
            self.encoding.render_columns(seen)
        self.unencoded.setText("" if seen else unencoded(shown[0].role, data.task))
        self.unencoded.setVisible(not seen)
        facts = state.facts if state.facts_are_current else None
        text = becomes(shown[0].name, facts) if facts and seen and len(shown) == 1 else ""
        self.becomes.setText(text)
        self.becomes.setVisible(bool(text))

    def _change(self, name: str, value: object) -> None:
        if name == "kind":
            self._verbs.understand(self._names, Kind(str(value)))
        else:
            self._verbs.give_role(self._names, Role(str(value)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
