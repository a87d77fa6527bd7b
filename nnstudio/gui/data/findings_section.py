"""What the user should look at in the data: a sentence each, with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.gui.data.words import breakable, shortened
from nnstudio.gui.panel import Button, ElidedLabel, Note, plain_tip, set_property
from nnstudio.gui.theme import GRID
from nnstudio.session.finding import Finding, Fix

FEW, MOST = 2, 12
"""So many findings are shown at first, and at most."""

LEVELS = {"blocks": "bad", "warns": "warning", "informs": "info"}
LONGEST_TITLE = 38
"""Letters of a remedy; there is room for no more beside the edges of a narrow panel."""


class FindingCard(QFrame):
    """One finding: what and why, the button that puts it right, and × to put it aside.

    Signals
    -------
    fixed(Fix)
        A remedy was asked for.
    dismissed(Finding)
        The user has read it.
    """

    fixed = Signal(object)
    dismissed = Signal(object)

    def __init__(self, finding: Finding, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._finding = finding
        self.what, self._why = Note(role=""), Note(role="small")
        self.remedy = Button("", "link", lambda: self.fixed.emit(self._finding.fix))
        self.other = Button("", "link", lambda: self.fixed.emit(self._finding.other_fix))
        self.close_button = Button("×", "icon", lambda: self.dismissed.emit(self._finding), "Put it aside")
        self.close_button.setAccessibleName("Put it aside")
        top = QHBoxLayout()
        top.setSpacing(GRID // 2)
        top.addWidget(self.what, 1)
        top.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID // 2, GRID // 2, GRID // 2)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addWidget(self._why)
        layout.addLayout(self._remedies())
        self.render_finding(finding)

    def _remedies(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.remedy)
        row.addWidget(self.other)
        row.addStretch(1)
        return row

    @property
    def finding(self) -> Finding:
        return self._finding

    def render_finding(self, finding: Finding) -> None:
        """Show another finding."""
        self._finding = finding
        problem = finding.problem
        set_property(self, "level", LEVELS[finding.level])
        self.what.setText(breakable(problem.what))
        why = " ".join(filter(None, (problem.why, "" if finding.fix else problem.remedy)))
        self._why.setText(breakable(why))
        self._why.setVisible(bool(why))
        for button, fix in ((self.remedy, finding.fix), (self.other, finding.other_fix)):
            button.setText(shortened(fix.title, LONGEST_TITLE) if fix else "")
            button.setToolTip(plain_tip(f"{fix.title}. {problem.remedy}") if fix else "")
            button.setVisible(fix is not None)
        self.setAccessibleName(f"{problem.what} {why}".strip())


LEVELS = {"blocks": "bad", "warns": "warning", "informs": "info"}
LONGEST_TITLE = 38
"""Letters of a remedy; there is room for no more beside the edges of a narrow panel."""


class FindingCards(QWidget):
    """Some findings below each other.

    Signals
    -------
    fixed(Fix), dismissed(Finding)
        As those of the cards.
    """

    fixed = Signal(object)
    dismissed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[FindingCard] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GRID // 2)

    def render_findings(self, findings: Sequence[Finding]) -> None:
        """Show these, in cards that are used again."""
        for card, finding in zip(self.cards, findings, strict=False):
            if card.finding != finding:
                card.render_finding(finding)
        for finding in findings[len(self.cards) :]:
            self._add(finding)
        for card in self.cards[len(findings) :]:
            card.hide()
            card.deleteLater()
        del self.cards[len(findings) :]
        self.setVisible(bool(findings))

    def _add(self, finding: Finding) -> None:
        card = FindingCard(finding)
        card.fixed.connect(self.fixed)
        card.dismissed.connect(self.dismissed)
        self.cards.append(card)
        self._layout.addWidget(card)


class FindingsSection(QWidget):
    """All that is amiss in the data, what matters most first; the first few, unless all are asked for."""

    def __init__(
        self, fix: Callable[[Fix], object], dismiss: Callable[[Finding], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._findings: Sequence[Finding] = ()
        self._all = False
        title = QLabel("What to look at")
        title.setProperty("role", "title")
        self.count = QLabel()
        self.count.setProperty("role", "badge")
        self.toggle = Button("", "link", self._toggle)
        self.list = FindingCards()
        self.list.fixed.connect(fix)
        self.list.dismissed.connect(dismiss)
        self.more = ElidedLabel(role="small")
        heading = QHBoxLayout()
        heading.setSpacing(GRID)
        heading.addWidget(title)
        heading.addWidget(self.count)
        heading.addStretch(1)
        heading.addWidget(self.toggle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addLayout(heading)
        layout.addWidget(self.list)
        layout.addWidget(self.more)

    def render_findings(self, findings: Sequence[Finding]) -> None:
        """Show these, sorted as they are."""
        self._findings = findings
        shown = findings[: MOST if self._all else FEW]
        self.list.render_findings(shown)
        self.count.setText(f"{len(findings):,}")
        self.toggle.setText("Show fewer" if self._all else "Show all")
        self.toggle.setVisible(len(findings) > FEW)
        rest = len(findings) - len(shown)
        self.more.setText(f"and {rest:,} more")
        self.more.setVisible(self._all and rest > 0)
        self.setVisible(bool(findings))

    def _toggle(self) -> None:
        self._all = not self._all
        self.render_findings(self._findings)
