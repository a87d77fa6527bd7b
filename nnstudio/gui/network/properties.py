"""What can be set on the chosen layer: its name, its kind, its declared fields, its locks."""

from __future__ import annotations

from functools import partial
from html import escape

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from nnstudio.gui.forms.kind_form import KindForm
from nnstudio.gui.network.actions import RowActions
from nnstudio.gui.network.costs import cost, short_cost
from nnstudio.gui.network.items import Item
from nnstudio.gui.network.layer_form import KIND, NAME, LayerForm
from nnstudio.gui.network.lesson import LessonFold
from nnstudio.gui.network.listing import SCROLL_BAR
from nnstudio.gui.network.pace import LayerPace
from nnstudio.gui.network.seen_weights import SeenWeights
from nnstudio.gui.network.tensors import TensorList
from nnstudio.gui.network.verbs import Verbs
from nnstudio.gui.panel import MARGIN, Note, VerticalScroll
from nnstudio.gui.search_marks import FieldMarks
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.spec.initialisations import INITIALISATIONS, INITIALISE, Default, Initialisation, offered
from nnstudio.spec.initialised import gain_of
from nnstudio.spec.model import Row
from nnstudio.spec.nesting import has_tensors

LINKS = Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
PROBE = (1, 1, 1)
"""Stands in for an input that is not known, or that the layer cannot take."""
MANY = "Delete removes them, L locks them, Alt+Up and Alt+Down move them. Choose one to see its settings."


class LayerProperties(QWidget):
    """Shows one row of the stack, with a form for each kind that was shown so far."""

    def __init__(
        self, studio: Studio, verbs: Verbs, actions: RowActions, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._studio, self._verbs, self._theme = studio, verbs, theme
        self._item: Item | None = None
        self._about = ("", "")
        self._forms: dict[str, LayerForm] = {}
        self._marks: dict[str, FieldMarks] = {}
        self.form: LayerForm | None = None
        self.headline = QLabel()
        self.headline.setWordWrap(True)
        self.headline.setTextFormat(Qt.TextFormat.RichText)
        self.headline.setTextInteractionFlags(LINKS)
        self.cost = Note(role="small")
        self.more = QToolButton()
        self.more.setText("⋯")
        self.more.setToolTip("More to do with this layer")
        self.more.setAccessibleName("More")
        self.more.clicked.connect(lambda _: actions.open(self._below_more()))
        self.initialisation = KindForm(INITIALISATIONS, INITIALISE, self._initialise, self._set_initialisation)
        self.tensors = TensorList(self._lock_layer, self._lock_parameter, theme)
        self.weights = SeenWeights(studio, self.tensors.show_seen)
        self.pace = LayerPace(self._change_pace)
        self.lesson = LessonFold()
        self._lesson_is_open, self._sentence = False, ""
        self.headline.linkActivated.connect(lambda _: self._toggle_lesson())
        theme.changed.connect(self._write_anew)
        self._many = Note(MANY)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GRID)
        self._layout.addLayout(self._heading())
        self._layout.addWidget(self.lesson)
        self._layout.addWidget(self._many)
        for widget in (self.initialisation, self.weights, self.tensors, self.pace):
            self._layout.addWidget(widget)
        self._layout.addStretch(1)

    def _heading(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.headline)
        words.addWidget(self.cost)
        row.addLayout(words, 1)
        row.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def set_margin(self, right: int) -> None:
        """Keep pixels free at the right."""
        self._layout.setContentsMargins(0, 0, right, MARGIN)

    def show_item(self, item: Item, count: int) -> None:
        """Show the settings of a row, for a branch those of its block, or how many are chosen."""
        self._item = item
        is_only = count == 1
        kind = type(item.row.kind)
        self._sentence = f"<b>{escape(kind.title)}</b>&nbsp; {escape(kind.explanation())}"
        self.lesson.setVisible(self._lesson_is_open and is_only)
        self.headline.setText(f"{self._sentence} {self.lesson.link}" if is_only else f"<b>{count} layers</b>")
        self.cost.setText(short_cost(item.step))
        self.cost.setToolTip(cost(item.step))
        self.cost.setVisible(is_only and item.after is not None and not item.is_heading)
        self._many.setVisible(not is_only)
        self.lesson.show_kind(kind)
        form = self._form_for(item.row)
        form.setVisible(is_only)
        form.show_row(item.row)
        self._marks[item.row.kind.key].render()
        self.tensors.setVisible(is_only)
        self.tensors.show_item(item)
        self.pace.show_item(item, is_only)
        self._show_weights(item, is_only)

    def _show_weights(self, item: Item, is_only: bool) -> None:
        """Show how the weights of a row start, and what they are."""
        kinds = _initialisations(item)
        self.initialisation.setVisible(is_only and bool(kinds))
        if kinds:
            self.initialisation.offer(kinds)
            self.initialisation.show_value(item.row.initialisation or Default(), self._gain(item.row), item.row.id)
        has_some = is_only and not item.row.is_block and has_tensors(item.row.kind.key)
        self.weights.setVisible(has_some)
        self.weights.show_item(item if has_some else None)

    def refresh(self) -> None:
        """Follow what is not of the row itself: its weights, and the activation behind it."""
        self.weights.refresh()
        if self._item and self._item.row.initialisation:
            self.initialisation.choice.set_hint("kind", self._gain(self._item.row))

    def _write_anew(self) -> None:
        """Rich text keeps the colour that links had when it was set."""
        text = self.headline.text()
        self.headline.clear()
        self.headline.setText(text)

    def _toggle_lesson(self) -> None:
        self._lesson_is_open = not self._lesson_is_open
        self.lesson.setVisible(self._lesson_is_open)
        self.headline.setText(f"{self._sentence} {self.lesson.link}")

    def _gain(self, row: Row) -> str:
        """The gain of a row's initialisation in words: ``gain 1.41``."""
        walked = self._studio.state.walked
        gain = gain_of(walked, row.id) if walked and row.initialisation and row.initialisation.needs_sides else None
        return f"gain {gain:.3g}" if gain else ""

    def _form_for(self, row: Row) -> LayerForm:
        """The form of the row's kind, made when it is needed first; one that holds something wrong is not kept."""
        old, self._about, about = self.form, (row.id, row.kind.key), self._about
        if old and old.has_problem and about != self._about:
            del self._forms[about[1]]
            old.deleteLater()
        if row.kind.key not in self._forms:
            form = LayerForm(type(row.kind), partial(self._edited, type(row.kind)), self)
            self._marks[row.kind.key] = FieldMarks(form, form.names, self._search_path, self._studio, self._theme)
            self._forms[row.kind.key] = form
            self._layout.insertWidget(3, form)
        self.form = self._forms[row.kind.key]
        if old and old is not self.form:
            self._replace(old, self.form)
        return self.form

    def _replace(self, old: LayerForm, new: LayerForm) -> None:
        """Show another form; who has just chosen another kind goes on there."""
        goes_on = old.editor(KIND).hasFocus()
        old.hide()
        new.show()
        if goes_on:
            new.editor(KIND).setFocus()

    def _search_path(self, field: str) -> str:
        """Which field of the project a field of the form is."""
        row = f"layer.{self._item.row.id}" if self._item else ""
        return row if field == KIND else f"{row}.{field}"

    def _edited(self, kind: type, field: str, value: object) -> None:
        """The form of a ``kind`` was edited; a list that still hung open when another layer came counts no more."""
        if self._item is None or type(self._item.row.kind) is not kind:
            return
        row_id = self._item.row.id
        if field == NAME:
            self._verbs.rename(row_id, str(value), f"layer {row_id} name")
        elif field == KIND:
            self._verbs.change_kind(row_id, str(value))
        else:
            self._verbs.change_field(row_id, field, value)

    def _initialise(self, value: Initialisation) -> None:
        assert self._item is not None
        self._verbs.initialise(self._item.row.id, value)

    def _set_initialisation(self, field: str, value: Initialisation) -> None:
        assert self._item is not None
        self._verbs.initialise(self._item.row.id, value, field)

    def _lock_layer(self, locked: bool) -> None:
        assert self._item is not None
        self._verbs.lock([self._item.row.id], locked)

    def _lock_parameter(self, name: str, locked: bool) -> None:
        assert self._item is not None
        self._verbs.lock_parameter(self._item.row.id, name, locked)

    def _change_pace(self, field: str, value: object) -> None:
        assert self._item is not None
        self._verbs.change_pace(self._item.row.id, field, value)

    def _below_more(self) -> QPoint:
        return self.more.mapToGlobal(QPoint(0, self.more.height()))


def _initialisations(item: Item) -> dict[str, type[Initialisation]]:
    """The kinds that do something to a row's weights, by their keys."""
    if item.row.is_block:
        return {}
    shape = (item.after and item.before) or PROBE
    return {kind.key: kind for kind in offered(item.row.kind.parameters(shape))}


class PropertiesScroll(VerticalScroll):
    """Scrolls the settings, and wishes for the height that they need; its bar stands in the margin beside them."""

    def __init__(self, properties: LayerProperties) -> None:
        super().__init__(properties)
        self._properties = properties
        self._wanted = 0
        self.verticalScrollBar().rangeChanged.connect(self._keep_width)
        self._keep_width(0, 0)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._wanted)

    def _keep_width(self, low: int, high: int) -> None:
        self._properties.set_margin(0 if high > low else SCROLL_BAR)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest and watched is self._properties:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        layout = self._properties.layout()
        assert layout is not None
        wanted = layout.totalHeightForWidth(self.viewport().width()) if layout.hasHeightForWidth() else -1
        wanted = wanted if wanted >= 0 else layout.totalSizeHint().height()
        if wanted != self._wanted:
            self._wanted = wanted
            self.updateGeometry()
