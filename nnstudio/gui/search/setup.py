"""What is searched and how: the fields with their ranges, the method, the budget."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from nnstudio.gui.forms import Form
from nnstudio.gui.panel import Button, Note, VerticalScroll
from nnstudio.gui.search.span_row import SpanRow
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID
from nnstudio.session import searching
from nnstudio.session.document import State
from nnstudio.spec.errors import SpecError
from nnstudio.spec.params import Field, Param, fields_of, write_fields
from nnstudio.spec.project import Project
from nnstudio.spec.search import Search, SearchedField, Span, threads_each
from nnstudio.spec.searched.places import Place, find, places
from nnstudio.spec.searched.trial import caution, field_problem, problem
from nnstudio.spec.words import counted

SIDE_BY_SIDE = 112 * GRID
"""Pixels; in less the settings stand below the fields."""


class _Scroll(VerticalScroll):
    """Can become as narrow as its ``sides`` are below one another, where they stand side by side now."""

    def __init__(self, content: QWidget, sides: QBoxLayout) -> None:
        super().__init__(content)
        self._sides = sides

    def minimumSizeHint(self) -> QSize:
        hint, sides = super().minimumSizeHint(), self._sides
        items = (sides.itemAt(place) for place in range(sides.count()))
        widest = max(item.minimumSize().width() for item in items if item)
        return hint - QSize(sides.minimumSize().width() - widest, 0)


class SetupPage(QWidget):
    """Renders the search of the project; every change is an edit that can be undone."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.rows: dict[tuple[str, bool], SpanRow] = {}
        """By the path, and whether the field is there."""
        self.add = Button("Add a field", tooltip="Take a field into the search.")
        self.add.setMenu(QMenu(self.add))
        self.add.setProperty("hasMenu", True)
        self.add.menu().aboutToShow.connect(self._fill_menu)
        self.suggest = Button("Suggest fields", "", self._suggest, "Those that mostly matter, over their usual ranges.")
        self.clean = Button("Leave out what is gone", "", self._clean, "Fields whose layer or kind is not there.")
        self.settings = Form(fields_of(Search), self._set)
        self.note = Note(role="small")
        self._fields = QVBoxLayout()
        self._fields.setSpacing(GRID // 2)
        self._lay_out()
        self.destroyed.connect(studio.preferred.listen(lambda _: self._say_threads()))

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for button in (self.add, self.suggest, self.clean):
            buttons.addWidget(button)
        buttons.addStretch(1)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(GRID)
        left.addWidget(Note("Fields", "strong"))
        left.addLayout(self._fields)
        left.addLayout(buttons)
        right.addWidget(Note("How", "strong"))
        right.addWidget(self.settings)
        right.addWidget(self.note)
        for column in (left, right):
            column.addStretch(1)
        content = QWidget()
        whole = QVBoxLayout(content)
        whole.setContentsMargins(0, 0, GRID // 2, 0)
        self._sides = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._sides.setSpacing(2 * GRID)
        whole.addLayout(self._sides)
        whole.addStretch(1)
        self._sides.addLayout(left, 3)
        self._sides.addLayout(right, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(_Scroll(content, self._sides))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = event.size().width() >= SIDE_BY_SIDE
        self._sides.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    # rendering

    def render_state(self, state: State) -> None:
        """Show the search of the project."""
        project = state.project
        self._render_rows(project)
        self.settings.render(write_fields(project.search))
        self._say_threads()
        self.clean.setVisible(searching.is_stale(project))
        trouble = problem(project)
        self.note.setText(str(trouble) if trouble else caution(project) or _size(project.search))

    def _say_threads(self) -> None:
        """Say beside the trials at a time how many threads each has: the preferred ones are shared."""
        at_once = self._studio.state.project.search.at_once
        threads = threads_each(self._studio.preferences.threads, at_once)
        self.settings.set_hint("at_once", f"trials, {counted(threads, 'thread')} each" if threads else "trials")

    def _render_rows(self, project: Project) -> None:
        wanted = {(field.path, _place(project, field.path) is not None): field for field in project.search.fields}
        for key in [key for key in self.rows if key not in wanted]:
            row = self.rows.pop(key)
            row.hide()
            row.deleteLater()
        for place, (key, field) in enumerate(wanted.items()):
            if key not in self.rows:
                self.rows[key] = self._make_row(project, field)
            if self._fields.indexOf(self.rows[key]) != place:
                self._fields.insertWidget(place, self.rows[key])
            trouble = field_problem(project, field)
            is_grid = project.search.method == "grid"
            self.rows[key].show_span(field.span, str(trouble) if trouble else "", is_grid=is_grid)

    def _make_row(self, project: Project, field: SearchedField) -> SpanRow:
        place = _place(project, field.path) or _lost(field)
        toggle = self._studio.searcher.toggle
        row = SpanRow(place, lambda span: self._set_span(place, span), lambda: toggle(place.path))
        row.edit.setEnabled(_place(project, field.path) is not None)
        return row

    # what the user asks for

    def _fill_menu(self) -> None:
        """Offer every field that can be searched and is not."""
        menu, project = self.add.menu(), self._studio.state.project
        menu.clear()
        menu.setToolTipsVisible(True)
        for place in places(project):
            if project.search.span(place.path) is None:
                action = menu.addAction(place.title.replace("&", "&&"))
                action.setToolTip(place.field.param.help)
                action.triggered.connect(lambda _=False, place=place: self._studio.searcher.toggle(place.path))

    def _set_span(self, place: Place, span: Span) -> None:
        project = searching.set_span(self._studio.state.project, place.path, span)
        title = place.title[0].lower() + place.title[1:]
        self._studio.apply(f"Change the range of {title}", project, merge=f"search {place.path}")

    def _set(self, name: str, value: object) -> None:
        project = self._studio.state.project
        changed = replace(project.search, **{name: value})  # type: ignore[arg-type]  # the field has checked it
        title = self.settings.editor(name).accessibleName().lower()
        self._studio.apply(f"Change {title}", searching.set_search(project, changed), merge=f"search.{name}")

    def _suggest(self) -> None:
        self._studio.apply("Suggest fields to search", searching.suggest_fields(self._studio.state.project))

    def _clean(self) -> None:
        self._studio.apply("Leave out of the search what is gone", searching.clean(self._studio.state.project))


def _place(project: Project, path: str) -> Place | None:
    try:
        return find(project, path)
    except SpecError:
        return None


def _lost(field: SearchedField) -> Place:
    """Stands for a field that is not there any more."""
    return Place(field.path, field.path, Field("gone", float, 0.0, Param("Gone", "It is not there any more.")), 0.0)


def _size(search: Search) -> str:
    """How many trials there are going to be."""
    if search.method != "grid" or not search.fields:
        return ""
    return f"The grid has {search.grid_size:,} combinations."
