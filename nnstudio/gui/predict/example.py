"""One example: its inputs at the left, what the network says at the right, and what it would say otherwise."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from nnstudio.gui.exporting import WriteFile
from nnstudio.gui.forms.editors import ChoiceEdit
from nnstudio.gui.panel import Banner, Button, ElidedLabel, VerticalScroll
from nnstudio.gui.predict.answer import AnswerView
from nnstudio.gui.predict.fields import CellEdit
from nnstudio.gui.predict.form import InputsForm
from nnstudio.gui.predict.picture import PictureField
from nnstudio.gui.predict.steps import StepsTable
from nnstudio.gui.predict.whatif import WhatIf
from nnstudio.gui.studio.asker import Asker
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.answers import as_text, remarks, taken_words
from nnstudio.session.asking import Asked
from nnstudio.spec.parts import PART_WORDS, PARTS, Part


class TakeBar(QWidget):
    """What a row begins with: a typical one, or one of the data.

    Signals
    -------
    asked(str, int, bool)
        The row of that number of a part of the split is wanted; or the mistake of that number.
    """

    asked = Signal(str, int, bool)

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asker = asker
        self._mistake = 0
        self.typical = Button(
            "Typical", "", asker.be_typical, "Begin with medians and most frequent values of the training rows."
        )
        self.part = ChoiceEdit()
        self.part.setAccessibleName("Rows to take from")
        self.part.setToolTip("From which part of the split a row is taken; the network has not learned from test rows.")
        self.part.setMinimumContentsLength(8)
        self.number = CellEdit(6 * GRID)
        self.number.setAccessibleName("Number of the row to take")
        self.number.setToolTip("Which row of that part is put into the form, counted from 1.")
        self.number.setPlaceholderText("row")
        self.next = Button("Next", "", lambda: self._go(self._number + 1), "Take the next of these rows.")
        self.mistake = Button("Next mistake", "", self._next_mistake, "Take the next row that the network gets wrong.")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        for widget in (self.typical, self.part, self.number, self.next, self.mistake):
            row.addWidget(widget)
        self.part.edited.connect(self._change_part)
        self.number.returnPressed.connect(self._typed)
        self.number.stepped.connect(lambda steps: self._go(self._number + steps))

    def show_asked(self, asked: Asked) -> None:
        """Offer the parts that there are, and say which row is shown."""
        offered = [part for part, size in zip(PARTS, asked.form.parts, strict=True) if size]
        self.part.offer(offered, [PART_WORDS[part].capitalize() for part in offered])
        self.part.show_value(self._asker.part)
        for widget in (self.part, self.number, self.next, self.mistake):
            widget.setVisible(bool(offered))
        self.typical.setVisible(asked.form.picture is None)
        taken = asked.taken
        if taken and taken.total and not self._mistake:
            self.number.setText(str(taken.number))

    @property
    def _number(self) -> int:
        text = self.number.text().strip()
        return int(text) if text.isascii() and text.isdigit() else 0

    def _typed(self) -> None:
        self._go(self._number or 1)

    def _go(self, number: int) -> None:
        self._mistake = 0
        self._ask(number)

    def _next_mistake(self) -> None:
        self._mistake += 1
        self.number.clear()
        self._ask(self._mistake)

    def _ask(self, number: int) -> None:
        self._asker.take(self._asker.part, number, mistaken=self._mistake > 0)

    def _change_part(self, part: Part) -> None:
        self._mistake = 0
        self._asker.take(part, 1)


class ExamplePage(QWidget):
    """Renders what an `Asker` knows, and asks it for more."""

    def __init__(self, asker: Asker, write_file: WriteFile, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asker = asker
        self.take = TakeBar(asker)
        self.copy = Button("Copy", "link", tooltip="Put the row on the clipboard, to be pasted into a spreadsheet.")
        self.copy.setMenu(QMenu(self.copy))
        self.copy.setProperty("hasMenu", True)
        self.copy.menu().addAction("Row and prediction", lambda: self._copy(with_answer=True))
        self.copy.menu().addAction("Row", lambda: self._copy(with_answer=False))
        self.where = ElidedLabel(role="small")
        self.problem, self.remarks = Banner("bad"), Banner("warning")
        self.form, self.steps, self.picture = InputsForm(theme), StepsTable(), PictureField(asker.take_picture)
        self.answer = AnswerView(theme)
        self.whatif = WhatIf(theme, write_file)
        self._lay_out()
        self._listen()

    def _lay_out(self) -> None:
        head, line = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.take)
        head.addStretch(1)
        line.addWidget(self.where, 1)
        line.addWidget(self.copy)
        self._inputs = QStackedWidget()
        for widget in (self.form, self.steps, self.picture):
            self._inputs.addWidget(widget)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(GRID, 0, GRID, 0)
        column.setSpacing(GRID)
        column.addWidget(self.answer)
        column.addWidget(self.remarks)
        column.addWidget(self.whatif)
        column.addStretch(1)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self._inputs)
        self._split.addWidget(VerticalScroll(right))
        self._inputs.setMinimumWidth(24 * GRID)
        right.setMinimumWidth(24 * GRID)
        self._split.setSizes([44 * GRID, 50 * GRID])
        self._split.setStretchFactor(0, 4)
        self._split.setStretchFactor(1, 5)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(head)
        layout.addLayout(line)
        layout.addWidget(self.problem)
        layout.addWidget(self._split, 1)
        layout.addStretch()  # takes the room while there is nothing but a problem, which else would be as tall

    def _listen(self) -> None:
        asker = self._asker
        self.form.entered.connect(lambda at, cell: asker.enter(0, at, cell))
        self.form.visited.connect(lambda at: asker.go_to(0, at))
        self.steps.entered.connect(asker.enter)
        self.steps.visited.connect(asker.go_to)
        for stop in (asker.changed.listen(self.render_example), asker.answered.listen(self.render_answer)):
            self.destroyed.connect(stop)

    # rendering

    def render_example(self) -> None:
        """Show the example as it is now."""
        asked, error = self._asker.asked, self._asker.error
        self.problem.show_problem(error, level="warning" if asked else "bad")
        for widget in (self.take, self.copy, self.where, self._split):
            widget.setVisible(asked is not None)
        if asked is None:
            return
        self.take.show_asked(asked)
        self.copy.setVisible(asked.form.picture is None)
        self._render_inputs(asked)
        self.where.setText(self._where(asked))
        said = remarks(asked)
        self.remarks.setVisible(bool(said))
        self.remarks.say("", "\n".join(said[:3]))

    def _render_inputs(self, asked: Asked) -> None:
        if asked.form.picture:
            self._inputs.setCurrentWidget(self.picture)
            self.picture.show_asked(asked)
        elif asked.form.steps > 1:
            self._inputs.setCurrentWidget(self.steps)
            self.steps.steps.show_asked(asked)
        else:
            self._inputs.setCurrentWidget(self.form)
            self.form.show_row(asked.form.inputs, asked.cells[0])

    def _where(self, asked: Asked) -> str:
        if taken := taken_words(asked.taken, PART_WORDS[self._asker.part]):
            return taken
        if not asked.form.is_measured:
            return f"Ranges are estimated, since the training rows cannot be read. {asked.form.why_not}"
        if asked.form.picture:
            return ""
        return "Made up: change any input, and see what the network says."

    def render_answer(self) -> None:
        """Show what the network says as it is now."""
        asker, asked = self._asker, self._asker.asked
        self.answer.show_answer(asked, asker.answer)
        is_drawn = asked is not None and asker.answer is not None and bool(asked.cells)
        self.whatif.setVisible(is_drawn)
        if asked and asker.answer and asker.swept and is_drawn:
            self.whatif.show_curve(asked, *asker.swept, asker.answer)

    def _copy(self, *, with_answer: bool) -> None:
        if asked := self._asker.asked:
            QGuiApplication.clipboard().setText(as_text(asked, self._asker.answer if with_answer else None))
