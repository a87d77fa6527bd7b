"""What can be done to columns of the data: each verb is one edit that undo can name."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.spec.columns import Column, ColumnEncoding, Kind, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.project import Project
from nnstudio.spec.tasks import Task
from nnstudio.spec.words import counted

ROLE_TITLES = {Role.GROUP: "Group by", Role.WEIGHT: "Weigh rows by"}


class ColumnVerbs:
    """The verbs of the list of columns and of a column's details. Columns are named; no name changes nothing."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    @property
    def _project(self) -> Project:
        return self._studio.state.project

    @property
    def _data(self) -> DataSpec:
        return edits.data_of(self._project)

    @property
    def targets(self) -> list[str]:
        """The columns that are predicted now."""
        return [column.name for column in self._data.targets]

    @property
    def can_predict_more(self) -> bool:
        """Whether another column of numbers can be predicted beside those that are."""
        return self._data.task is Task.REGRESSION and bool(self._data.targets)

    def use(self, names: Collection[str], used: bool) -> None:
        """Let the network see columns, or not; where something is predicted, that stays."""
        verb, role = ("Use", Role.FEATURE) if used else ("Ignore", Role.IGNORE)
        if self._data.task is Task.RECONSTRUCTION:
            self._studio.apply(f"{verb} {_named(names)}", edits.set_role(self._project, set(names), role))
        else:
            self._studio.apply(f"{verb} {_named(names)}", edits.set_used(self._project, set(names), used))

    def give_role(self, names: Collection[str], role: Role) -> None:
        """Use columns for ``role``."""
        if role is Role.TARGET:
            self.predict(names)
        elif role in ROLE_TITLES:
            self._studio.apply(f"{ROLE_TITLES[role]} {_named(names)}", edits.set_role(self._project, set(names), role))
        else:
            verb = "Use" if role is Role.FEATURE else "Ignore"
            self._studio.apply(f"{verb} {_named(names)}", edits.set_role(self._project, set(names), role))

    def predict(self, names: Collection[str]) -> None:
        """Predict these columns and no others, once their values are known; several only where all are numbers."""
        source = self._studio.state.source
        if not names or source is None or not self._studio.state.source_is_current:
            return
        try:
            project = edits.set_targets(self._project, source, list(names))
        except DataError as error:
            self._studio.notices.error(error)
        else:
            self._studio.apply(f"Predict {_named(names)}", project)

    def understand(self, names: Collection[str], kind: Kind) -> None:
        """Say how the values are to be understood."""
        self._studio.apply(f"Read {_named(names)} as {kind.label}", edits.set_kind(self._project, set(names), kind))

    def encode_by(self, names: Collection[str], encoding: type[ColumnEncoding]) -> None:
        """Give columns another kind of encoding, where theirs allows it."""

        def changed(column: Column) -> ColumnEncoding:
            return encoding() if column.kind in encoding.kinds else column.encoded

        self._encode(names, changed, f"Encode {_named(names)} by {encoding.wording()}")

    def encode_with(self, names: Collection[str], encoding: type[ColumnEncoding], field: str, value: object) -> None:
        """Encode columns so, where their kind allows it, with this setting; their other settings stay.

        Raises `SpecError`.
        """

        def changed(column: Column) -> ColumnEncoding:
            if column.kind not in encoding.kinds:
                return column.encoded
            before = column.encoded if isinstance(column.encoded, encoding) else encoding()
            return with_field(before, field, value)

        self._encode(names, changed, f"Encode {_named(names)} otherwise", f"encoding {field} of {sorted(names)}")

    def encode_usually(self, names: Collection[str]) -> None:
        """Encode columns in the usual way of their kinds again."""
        project = edits.set_encoding(self._project, set(names), None)
        self._studio.apply(f"Encode {_named(names)} as usual", project)

    def _encode(
        self, names: Collection[str], change: Callable[[Column], ColumnEncoding], title: str, merge: str = ""
    ) -> None:
        """Give each column the encoding that ``change`` makes of it: one edit for all that get the same one."""
        wanted: dict[ColumnEncoding, set[str]] = {}
        chosen = set(names)
        for column in self._data.columns:
            if column.name in chosen:
                wanted.setdefault(change(column), set()).add(column.name)
        project = self._project
        for encoding, alike in wanted.items():
            project = edits.set_encoding(project, alike, encoding)
        self._studio.apply(title, project, merge)


def with_field(encoding: ColumnEncoding, field: str, value: object) -> ColumnEncoding:
    """The encoding with one setting changed. Raises `SpecError`."""
    changed: ColumnEncoding = replace(encoding, **{field: value})  # type: ignore[type-var]  # each is a dataclass
    return changed


def _named(names: Collection[str]) -> str:
    return next(iter(names)) if len(names) == 1 else counted(len(names), "column")
