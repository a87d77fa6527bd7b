"""What can be done to rows of the stack: each verb is one edit that undo can name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from nnstudio.gui.network.items import has_tensors
from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.spec.layers import LAYERS, LayerKind
from nnstudio.spec.model import Row
from nnstudio.spec.params import fields_of
from nnstudio.spec.project import Project


class Verbs:
    """The verbs of the stack. Rows are named by their ids; an empty selection changes nothing."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    @property
    def _project(self) -> Project:
        return self._studio.state.project

    def add(self, kind: LayerKind, after: str = "") -> str:
        """Put a layer in behind the row ``after``, or at the end; gives the new row's id."""
        index = self._project.model.index(after) + 1 if after else None
        project, row_id = edits.add_layer(self._project, kind, index)
        self._studio.apply(f"Add {kind.title}", project)
        return row_id

    def remove(self, row_ids: Collection[str]) -> None:
        self._studio.apply(f"Remove {self._name(row_ids)}", edits.remove_layers(self._project, row_ids))

    def duplicate(self, row_ids: Collection[str]) -> None:
        project = self._project
        for row_id in row_ids:
            project, _ = edits.duplicate_layer(project, row_id)
        self._studio.apply(f"Duplicate {self._name(row_ids)}", project)

    def move(self, row_ids: Collection[str], index: int) -> None:
        """Let rows stand together in front of the row that is at ``index`` now."""
        self._studio.apply(f"Move {self._name(row_ids)}", moved(self._project, row_ids, index))

    def move_up(self, row_ids: Collection[str]) -> None:
        if row_ids:
            first = min(map(self._project.model.index, row_ids))
            self.move(row_ids, max(0, first - 1))

    def move_down(self, row_ids: Collection[str]) -> None:
        if row_ids:
            last = max(map(self._project.model.index, row_ids))
            self.move(row_ids, last + 2)

    def rename(self, row_id: str, name: str, merge: str = "") -> None:
        self._studio.apply("Rename a layer", edits.rename_layer(self._project, row_id, name), merge)

    def toggle_lock(self, row_ids: Collection[str]) -> None:
        """Lock rows, or unlock them where all are locked already; layers without tensors have nothing to lock."""
        rows = [row for row in self._rows(row_ids) if row.locked or has_tensors(row.kind.key)]
        self.lock([row.id for row in rows], not all(row.locked for row in rows))

    def lock(self, row_ids: Sequence[str], locked: bool) -> None:
        project = self._project
        for row_id in row_ids:
            project = edits.lock_layer(project, row_id, locked)
        self._studio.apply(f"{'Lock' if locked else 'Unlock'} {self._name(row_ids)}", project)

    def lock_parameter(self, row_id: str, parameter: str, locked: bool) -> None:
        name = f"{'Lock' if locked else 'Unlock'} {parameter}"
        self._studio.apply(name, edits.lock_parameter(self._project, row_id, parameter, locked))

    def change_field(self, row_id: str, field: str, value: object) -> None:
        """Give a layer another setting; typing into one field is undone together. Raises `SpecError`."""
        row = self._project.model.row(row_id)
        changed = replace(row.kind, **{field: value})  # type: ignore[type-var]  # every kind is a dataclass
        project = edits.change_layer(self._project, row_id, changed)
        self._studio.apply(f"Change {row.title}", project, f"layer {row_id} {field}")

    def change_kind(self, row_id: str, key: str) -> None:
        """Make a layer one of another kind; settings that both have stay."""
        row = self._project.model.row(row_id)
        kind = converted(row.kind, LAYERS.kinds[key])
        project = edits.change_layer(self._project, row_id, kind)
        self._studio.apply(f"Change {row.kind.title} to {kind.title}", project)

    def _rows(self, row_ids: Collection[str]) -> list[Row]:
        return [row for row in self._project.model.rows if row.id in row_ids]

    def _name(self, row_ids: Collection[str]) -> str:
        rows = self._rows(row_ids)
        return rows[0].title if len(rows) == 1 else f"{len(rows)} layers"


def moved(project: Project, row_ids: Collection[str], index: int) -> Project:
    """The same project with some rows gathered in front of the row that was at ``index``."""
    rows = project.model.rows
    chosen = [row for row in rows if row.id in row_ids]
    before = [row for row in rows[:index] if row.id not in row_ids]
    after = [row for row in rows[index:] if row.id not in row_ids]
    return edits.with_rows(project, [*before, *chosen, *after])


def converted(kind: LayerKind, wanted: type[LayerKind]) -> LayerKind:
    """A layer of the ``wanted`` kind with the settings that it has in common with ``kind``."""
    common = {field.name for field in fields_of(type(kind))} & {field.name for field in fields_of(wanted)}
    return wanted(**{name: getattr(kind, name) for name in common})
