"""Who gets to see which rows."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any, Literal

from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from nnstudio.gui.data import words
from nnstudio.gui.data.choices import likely_group
from nnstudio.gui.data.dice import DiceButton
from nnstudio.gui.data.split_bar import SplitBar, expected_rows
from nnstudio.gui.data.split_form import SplitForm
from nnstudio.gui.data.split_methods import TITLES, converted, lasting_of
from nnstudio.gui.dialogs.files import FileDialogs
from nnstudio.gui.forms import Form
from nnstudio.gui.forms.field_row import FieldRow, as_percent
from nnstudio.gui.panel import Button, ElidedLabel
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.spec.columns import Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.params import Field, Param, fields_of, write_fields
from nnstudio.spec.parts import Part
from nnstudio.spec.project import Project
from nnstudio.spec.splits import SPLIT, SPLITS, GroupSplit, RandomSplit, ShareSplit, Split

METHOD = Field(
    "method",
    str,
    "",
    Param("Method", SPLIT.help, labels=tuple(TITLES.values())),
    tuple(SPLITS.kinds),
)
CROSS = Field("cross", bool, False, Param("Cross-validate", "Judge by k-fold cross-validation, beside the split."))
FOLDS = Field("folds", int, 5, Param("in", "So many networks, each validated on another part.", 2, 50, unit="folds"))
ROWS: tuple[tuple[Part | Literal[""], str], ...] = (
    ("", "Export all rows, with their part…"),
    ("train", "Export training rows…"),
    ("validation", "Export validation rows…"),
    ("test", "Export test rows…"),
)
USUAL_FOLDS = 5
SEEDS = 10_000
"""A new seed is smaller than this: short enough to be told to someone."""


class SplitSection(QWidget):
    """The way of splitting, the parts as a bar and as fields, the seed, and cross-validation."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._before: dict[type[Split], Split] = {}
        self._lasting: dict[str, Any] = {}
        self._path = ""
        declared = {field.name: field for field in fields_of(RandomSplit)}
        self.method = Form((METHOD,), self._choose_method)
        helps = [cls.explanation() for cls in SPLITS.kinds.values()]
        self.method.offer("method", METHOD.choices, METHOD.param.labels, helps)
        self.bar = SplitBar(theme)
        self.bar.moved.connect(self._render_shares)
        self.bar.chosen.connect(self._apply)
        self.shares = FieldRow([as_percent(declared["validation"]), as_percent(declared["test"])], self._set_share)
        self.own = SplitForm(self._set_own, self._set_group)
        self.dice = DiceButton(theme)
        self.dice.clicked.connect(lambda _: self._new_seed())
        self.dealing = FieldRow([declared["seed"], declared["stratify"]], self._set, after={"seed": self.dice})
        self.folds = FieldRow([CROSS, FOLDS], self._set_folds, aligned=False)
        self._note = ElidedLabel(role="muted")
        self.rows = self._rows_button()
        self.heading = self._heading()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(self.heading)
        for widget in (self.bar, self.method, self.own, self.shares, self.dealing, self.folds):
            layout.addWidget(widget)

    def _heading(self) -> QHBoxLayout:
        title = QLabel("Split")
        title.setProperty("role", "title")
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(self._note)
        row.addWidget(self.rows)
        return row

    def _rows_button(self) -> Button:
        """Writes the rows of a part to a file; the Table tab shows them."""
        button = Button("Rows", "link", tooltip="Write the rows of a part to a file. The Table tab shows them.")
        files, menu = FileDialogs(self._studio, self), QMenu(button)
        for part, title in ROWS:
            menu.addAction(title).triggered.connect(lambda _, part=part: files.export_rows(part))
        button.setMenu(menu)
        button.setProperty("hasMenu", True)
        return button

    # rendering

    def render_state(self, state: State) -> None:
        """Show the split of a project that has data."""
        data = edits.data_of(state.project)
        self._remember(data)
        rows = state.facts.rows if state.facts and state.facts_are_current else None
        total = state.source.rows if state.source and state.source_is_current else None
        if rows is None and total is not None and isinstance(data.split, ShareSplit):
            rows = expected_rows(total, data.split)
        self._note.setText(words.split_note(data))
        self.method.render({"method": data.split.key})
        self.bar.render_split(data.split, rows)
        self.shares.setVisible(isinstance(data.split, ShareSplit))
        self._render_shares(data.split)
        self.own.render_state(state)
        self._render_dealing(data)
        self.folds.render_values({"cross": bool(data.split.folds), "folds": data.split.folds or USUAL_FOLDS})
        self.folds.editor("folds").setEnabled(bool(data.split.folds))

    def _remember(self, data: DataSpec) -> None:
        """What was set of each way of splitting, as long as the data stays."""
        if data.source.path != self._path:
            self._path = data.source.path
            self._before.clear()
            self._lasting.clear()
        self._before[type(data.split)] = data.split
        self._lasting |= lasting_of(data.split)

    def _render_shares(self, split: Split) -> None:
        if isinstance(split, ShareSplit):
            shares = {"validation": split.validation, "test": split.test}
            self.shares.render_values({name: round(100 * share, 4) for name, share in shares.items()})

    def _render_dealing(self, data: DataSpec) -> None:
        values = {name: value for name, value in write_fields(data.split).items() if name in ("seed", "stratify")}
        self.dealing.setVisible(bool(values))
        self.dealing.render_values(values)
        self.dealing.set_field_visible("stratify", "stratify" in values and data.task.is_classification)

    # what the user asks for

    def _choose_method(self, _name: str, key: object) -> None:
        kind = SPLITS.kinds[str(key)]
        project, state = self._studio.state.project, self._studio.state
        data = edits.data_of(project)
        profiles = state.source.columns if state.source and state.source_is_current else ()
        split = converted(data, kind, profiles, self._before.get(kind), self._lasting)
        if kind is GroupSplit and not data.with_role(Role.GROUP) and state.source:
            project = _grouped(project, likely_group(data, profiles, state.source.rows))
        self._studio.apply(f"Split {TITLES[kind.key].lower()}", edits.set_split(project, split))

    def _apply(self, split: Split) -> None:
        self._studio.apply("Change the split", edits.set_split(self._studio.state.project, split), merge="split")

    def _set_share(self, name: str, value: object) -> None:
        assert isinstance(value, int | float)
        self._set(name, round(value / 100, 6))

    def _set(self, name: str, value: object) -> None:
        split = edits.data_of(self._studio.state.project).split
        changed: Split = replace(split, **{name: value})  # type: ignore[type-var]  # every kind is a dataclass
        self._apply(changed)

    def _set_own(self, name: str, split: Split) -> None:
        project = edits.set_split(self._studio.state.project, split)
        self._studio.apply("Change the split", project, merge=f"split {name}")

    def _set_group(self, name: str) -> None:
        project = _grouped(self._studio.state.project, name)
        split = edits.data_of(self._studio.state.project).split
        self._studio.apply(f"Group by {name}", edits.set_split(project, split))

    def _set_folds(self, name: str, value: object) -> None:
        self._set("folds", value if name == "folds" else USUAL_FOLDS if value else 0)

    def _new_seed(self) -> None:
        """Another seed than the one in force."""
        seed = getattr(edits.data_of(self._studio.state.project).split, "seed", 0)
        self._set("seed", (seed + random.randrange(1, SEEDS)) % SEEDS)


def _grouped(project: Project, name: str) -> Project:
    return edits.set_role(project, {name}, Role.GROUP) if name else project
