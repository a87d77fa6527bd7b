"""The search icons beside declared fields: each takes its field into the search, or out of it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from nnstudio.gui.forms import Form
from nnstudio.gui.forms.kind_form import KindForm
from nnstudio.gui.icons import icon
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.searcher import Searcher
from nnstudio.gui.theme import GRID, Theme

WIDTH, HEIGHT = 2 * GRID, 22
PATH = "searchPath"
"""The property of an editor that says which field it edits."""
POINTED = {QEvent.Type.Enter: True, QEvent.Type.Leave: False}
FOCUSED = {QEvent.Type.FocusIn: True, QEvent.Type.FocusOut: False}


class Fields(Protocol):
    """What shows declared fields: a form, or a row of them."""

    def label(self, name: str) -> QLabel | None: ...
    def editor(self, name: str) -> QWidget: ...


class SearchMark(QToolButton):
    """Stands at the right edge of a field's label.

    It is there while the field is searched, while all fields that can be are marked, and where pointer or keyboard is.
    """

    def __init__(
        self, label: QLabel, editor: QWidget, path: Callable[[], str], searcher: Searcher, theme: Theme
    ) -> None:
        super().__init__(label)
        self._label, self._editor, self._path = label, editor, path
        self._searcher, self._theme = searcher, theme
        self._is_pointed, self._is_focused = False, False
        self._shown: tuple[str, bool] = ("", False)
        self.setProperty("role", "mark")
        self.setCheckable(True)
        self.setFixedSize(WIDTH, HEIGHT)
        self.setIconSize(QSize(WIDTH - 1, WIDTH - 1))
        self.clicked.connect(lambda _: searcher.toggle(path()))
        self._title = label.text()
        label.setMinimumSize(label.sizeHint().width(), HEIGHT)
        for widget in (label, editor, self):
            widget.installEventFilter(self)
        QWidget.setTabOrder(editor, self)
        self.hide()

    def render_mark(self) -> None:
        """Follow the project, and what is pointed at."""
        path = self._path()
        self._editor.setProperty(PATH, path)
        searched = self._searcher.is_searched(path)
        stays = searched or self._searcher.marks_all
        wanted = stays or self._is_pointed or self._is_focused
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if stays else Qt.FocusPolicy.NoFocus)
        self.setVisible(wanted and (searched or self._searcher.can_search(path)))
        self._place()
        colours = self._theme.colours
        shown = colours.accent if searched else colours.muted, searched
        if not self.isHidden() and shown != self._shown:
            self._shown = shown
            self.setIcon(icon("magnifying-glass", shown[0]))
            self.setChecked(searched)
            title = self._editor.accessibleName()
            told = f"Do not search {title.lower()}" if searched else f"Search {title.lower()}"
            self.setAccessibleName(told)
            self.setToolTip(f"{told}. The Search tab says over what.")

    def _place(self) -> None:
        """Stand at the right edge; a title that would be covered is cut off before it."""
        self.move(self._label.width() - WIDTH, (self._label.height() - HEIGHT) // 2)
        room = self._label.width() - (0 if self.isHidden() else WIDTH)
        elided = self._label.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, room)
        self._label.setText(self._title if self.isHidden() else elided)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._label and kind is QEvent.Type.Resize:
            self._place()
        elif kind in POINTED and watched is not self:
            self._is_pointed = POINTED[kind]
            self.render_mark()
        elif kind in FOCUSED:
            self._is_focused = FOCUSED[kind]
            self.render_mark()
        return super().eventFilter(watched, event)


class FieldMarks(QObject):
    """The marks of what shows some fields; ``path`` says which field of the project one of them is."""

    def __init__(
        self, fields: Fields, names: Iterable[str], path: Callable[[str], str], studio: Studio, theme: Theme
    ) -> None:
        owner = fields if isinstance(fields, QObject) else None
        super().__init__(owner)
        self.marks = {
            name: SearchMark(label, fields.editor(name), partial(path, name), studio.searcher, theme)
            for name in names
            if (label := fields.label(name)) is not None
        }
        changed, marking = studio.document.changed, studio.searcher.marking
        stops = changed.listen(lambda _old, _new: self.render()), marking.listen(self.render)
        self.destroyed.connect(lambda: [stop() for stop in stops])
        theme.changed.connect(self.render)
        self.render()

    def render(self, _: object = None) -> None:
        """Follow the project."""
        for mark in self.marks.values():
            mark.render_mark()


def mark_kinds(kinds: KindForm[Any], owner: str, studio: Studio, theme: Theme) -> None:
    """Mark the choice between kinds, and the fields of whichever is chosen."""

    def mark(form: Form) -> None:
        FieldMarks(form, form.names, lambda name: f"{owner}.{name}", studio, theme)

    FieldMarks(kinds.choice, kinds.choice.names, lambda _: owner, studio, theme)
    mark(kinds.settings)
    kinds.formed.connect(mark)


def field_of(widget: QWidget | None) -> str:
    """The path of the field that a widget edits, or a part of it; empty where it edits none."""
    while widget is not None:
        if path := widget.property(PATH):
            return str(path)
        widget = widget.parentWidget()
    return ""
