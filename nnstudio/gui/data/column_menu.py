"""What can be asked of the columns that are chosen, as a menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from nnstudio.gui.data.column_verbs import ColumnVerbs
from nnstudio.gui.data.columns_model import Entry
from nnstudio.spec.columns import DEFAULTS, CategoryEncoding, ColumnEncoding, Kind, NumberEncoding, Role
from nnstudio.spec.params import fields_of
from nnstudio.spec.words import counted

WAYS: tuple[tuple[type[ColumnEncoding], str], ...] = ((NumberEncoding, "scale"), (CategoryEncoding, "code"))
"""The setting of each encoding that is worth a place in the menu."""


class ColumnMenu(QMenu):
    """The verbs for some columns; ``details`` opens the details of the one that was pointed at."""

    def __init__(
        self, entries: Sequence[Entry], verbs: ColumnVerbs, details: Callable[[], object], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._entries, self._verbs = entries, verbs
        self._names = [entry.name for entry in entries]
        self._add("&Details", details)
        self.addSeparator()
        self._add_target()
        self._add_roles()
        self.addSeparator()
        kinds = self.addMenu("&Understand as")
        add_kinds(kinds, entries, verbs)
        kinds.setEnabled(bool(kinds.actions()))
        self._add_ways(self.addMenu("&Encode as"))

    def _add(self, title: str, do: Callable[[], object], enabled: bool = True) -> QAction:
        action = self.addAction(title)
        action.triggered.connect(lambda _: do())
        action.setEnabled(enabled)
        return action

    def _add_target(self) -> None:
        numbers = all(entry.profile is not None and entry.profile.is_numeric for entry in self._entries)
        several = len(self._entries) > 1
        title = f"&Predict these {counted(len(self._entries), 'column')}" if several else "&Predict this column"
        new = not all(entry.is_target for entry in self._entries)
        predict = self._add(title, partial(self._verbs.predict, self._names), new and (numbers or not several))
        predict.setToolTip("Several can be predicted together where all of them are numbers." if several else "")
        more = [*self._verbs.targets, *(entry.name for entry in self._entries if not entry.is_target)]
        if new and numbers and self._verbs.can_predict_more:
            self._add("Predict, &too", partial(self._verbs.predict, more))

    def _add_roles(self) -> None:
        free = [entry.name for entry in self._entries if not entry.is_target]
        used, ignored = partial(self._verbs.give_role, free, Role.FEATURE), partial(self._verbs.use, free, False)
        self._add("U&se", used, any(entry.role is not Role.FEATURE for entry in self._entries if not entry.is_target))
        self._add("&Ignore", ignored, any(entry.is_used for entry in self._entries if not entry.is_target))
        one = self._entries[0] if len(self._entries) == 1 else None
        for role, title in ((Role.GROUP, "Use as &group"), (Role.WEIGHT, "Use as &weight")):
            action = self._add(title, partial(self._verbs.give_role, self._names, role))
            action.setCheckable(True)
            action.setChecked(one is not None and one.role is role)
            action.setEnabled(one is not None and one.role not in (role, Role.TARGET) and _can_be(one, role))

    def _add_ways(self, menu: QMenu) -> None:
        """Every way to encode that some of the columns allow, those of one encoding between two lines."""
        usual = menu.addAction("As &usual")
        usual.triggered.connect(lambda _: self._verbs.encode_usually(self._names))
        usual.setEnabled(any(entry.column.encoded != DEFAULTS[entry.column.kind] for entry in self._entries))
        for encoding, name in WAYS:
            if any(entry.column.kind in encoding.kinds for entry in self._entries):
                menu.addSeparator()
                self._add_way(menu, encoding, name)

    def _add_way(self, menu: QMenu, encoding: type[ColumnEncoding], name: str) -> None:
        field = next(field for field in fields_of(encoding) if field.name == name)
        for choice, label in zip(field.choices, field.param.labels, strict=True):
            action = menu.addAction(label)
            action.setCheckable(True)
            action.setChecked(all(_is_encoded(entry, encoding, name, choice) for entry in self._entries))
            encode = partial(self._verbs.encode_with, self._names, encoding, name, choice)
            action.triggered.connect(lambda _, encode=encode: encode())


def add_kinds(menu: QMenu, entries: Sequence[Entry], verbs: ColumnVerbs) -> None:
    """One action for each kind that the values of all of ``entries`` can be understood as."""
    names = [entry.name for entry in entries]
    for kind in kinds_of(entries):
        action = menu.addAction(kind.label.capitalize())
        action.triggered.connect(lambda _, kind=kind: verbs.understand(names, kind))
        action.setCheckable(True)
        action.setChecked(all(entry.column.kind is kind for entry in entries))


def kinds_of(entries: Sequence[Entry]) -> list[Kind]:
    """The kinds to choose from: pictures are pictures, and nothing else can become one."""
    if any(entry.column.kind is Kind.IMAGE for entry in entries):
        return []
    return [kind for kind in Kind if kind is not Kind.IMAGE]


def _can_be(entry: Entry, role: Role) -> bool:
    """Only numbers can weigh."""
    return role is not Role.WEIGHT or entry.profile is None or entry.profile.is_numeric


def _is_encoded(entry: Entry, encoding: type[ColumnEncoding], name: str, choice: str) -> bool:
    encoded = entry.column.encoded
    return isinstance(encoded, encoding) and getattr(encoded, name) == choice
