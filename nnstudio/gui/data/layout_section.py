"""What one example is: a row, a row read step by step, or a window over several rows."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.gui.data import words
from nnstudio.gui.data.choices import column_choice, first_date, offer_columns
from nnstudio.gui.forms import Form
from nnstudio.gui.forms.editors import Editor
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID
from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.spec.data import DataSpec
from nnstudio.spec.layouts import LAYOUT, LAYOUTS, Layout, SequenceLayout, WindowLayout
from nnstudio.spec.params import fields_of, write_fields

KIND = LAYOUTS.choice("layout", LAYOUT)
OF_PICTURES = {"row": "A picture", "sequence": "A picture, line by line"}
FILE_ORDER = "the order of the file"


class LayoutSection(QWidget):
    """How rows become examples."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._layout_kind: type[Layout] | None = None
        self.kind = Form((KIND,), self._choose)
        self.form = Form((), self._change)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(GRID)
        self._box.addWidget(self.kind)
        self._box.addWidget(self.form)
        self.form.hide()

    def render_state(self, state: State) -> None:
        """Show the layout of a project that has data."""
        data = edits.data_of(state.project)
        titles = OF_PICTURES if words.has_pictures(data) else _titles()
        helps = [LAYOUTS.kinds[key].explanation() for key in titles]
        self.kind.offer("layout", list(titles), list(titles.values()), helps)
        self.kind.render({"layout": data.layout.key})
        self._use_form(type(data.layout))
        if isinstance(data.layout, WindowLayout):
            offer_columns(self.form, "order", data.columns, FILE_ORDER)
        self.form.render(write_fields(data.layout))
        lines = isinstance(data.layout, SequenceLayout) and words.has_pictures(data)
        self.form.setVisible(bool(fields_of(type(data.layout))) and not lines)

    def _use_form(self, kind: type[Layout]) -> None:
        if kind is self._layout_kind:
            return
        self._layout_kind = kind
        old = self.form
        editors: dict[str, Editor] = {"order": column_choice()} if kind is WindowLayout else {}
        self.form = Form(fields_of(kind), self._change, editors=editors)
        self._box.replaceWidget(old, self.form)
        old.hide()
        old.deleteLater()

    def _choose(self, _name: str, key: object) -> None:
        layout = suggested_layout(LAYOUTS.kinds[str(key)], edits.data_of(self._studio.state.project))
        title = f"Example is {layout.title.lower()}"
        self._studio.apply(title, edits.set_layout(self._studio.state.project, layout))

    def _change(self, name: str, value: object) -> None:
        layout = edits.data_of(self._studio.state.project).layout
        changed: Layout = replace(layout, **{name: value})  # type: ignore[type-var]  # every kind is a dataclass
        project = edits.set_layout(self._studio.state.project, changed)
        self._studio.apply("Change what an example is", project, merge=f"layout {name}")


def _titles() -> dict[str, str]:
    return {key: cls.title for key, cls in LAYOUTS.kinds.items()}


def suggested_layout(kind: type[Layout], data: DataSpec) -> Layout:
    """A layout of that kind as one would begin with it: a window goes by the first column of dates."""
    return WindowLayout(order=first_date(data)) if kind is WindowLayout else kind()
