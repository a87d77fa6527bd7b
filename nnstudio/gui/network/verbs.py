"""What can be done to rows of the stack: each verb is one edit that undo can name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import update_wrapper
from typing import Concatenate, ParamSpec

from PySide6.QtWidgets import QWidget

from nnstudio.gui.dialogs.transfer import TransferDialogs
from nnstudio.gui.network.items import BRANCH
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.transferring import Transferring
from nnstudio.session import edits
from nnstudio.session.blocks import KnownBlock
from nnstudio.session.transfer import set_pace
from nnstudio.spec.errors import SpecError
from nnstudio.spec.files import rows_from_json, rows_to_json
from nnstudio.spec.initialisations import Initialisation
from nnstudio.spec.layers import LAYERS, LayerKind, Shape
from nnstudio.spec.layers.conversion import converted
from nnstudio.spec.model import RATE, THAW, Path, Row, paths
from nnstudio.spec.nesting import holds_tensors, outermost
from nnstudio.spec.project import Project
from nnstudio.spec.rebuilt import guesses
from nnstudio.spec.words import counted

P = ParamSpec("P")


def _refusable(verb: Callable[Concatenate[Verbs, P], None]) -> Callable[Concatenate[Verbs, P], None]:
    """Let a verb say in a notice why it cannot be done; the project stays as it is."""

    def done(verbs: Verbs, /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            verb(verbs, *args, **kwargs)
        except SpecError as error:
            verbs.refuse(error)

    return update_wrapper(done, verb)


class Verbs:
    """The verbs of the stack. Rows are named by their ids; an empty selection changes nothing."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    @property
    def _project(self) -> Project:
        return self._studio.state.project

    @property
    def transfer(self) -> Transferring:
        """What can be done with the chosen layers of a trained network."""
        return self._studio.transfer

    def save_layers(self, parent: QWidget) -> None:
        """Ask where to write the chosen layers with their weights."""
        TransferDialogs(self._studio, parent).save_layers()

    def insert_layers(self, parent: QWidget) -> None:
        """Ask for a file whose layers are put in with their weights."""
        TransferDialogs(self._studio, parent).insert_layers()

    def refuse(self, error: SpecError) -> None:
        """Say why something cannot be done."""
        self._studio.notices.error(error)

    @_refusable
    def add(self, kind: LayerKind, after: str = "") -> None:
        """Put a layer in behind the row ``after``, first into the branch ``after``, or at the end."""
        project, _ = edits.add_layer(self._project, kind, self._behind(after))
        self._studio.apply(f"Add {kind.title}", project)

    @_refusable
    def add_block(self, block: KnownBlock, shape: Shape | None, after: str = "") -> None:
        """Put a known block in behind the row ``after``, or at the end; ``shape`` is what it will get."""
        rows = block.rows(shape)
        self._studio.apply(f"Add {block.title}", edits.add_rows(self._project, rows, self._behind(after)))

    def add_branch(self, block: str) -> None:
        """Put an empty branch into a block: behind the others, or behind the one that is named."""
        row_id, _, number = block.partition(BRANCH)
        project = edits.add_branch(self._project, row_id, int(number) + 1 if number else None)
        self._studio.apply("Add a branch", project)

    @_refusable
    def paste(self, text: str, after: str = "") -> None:
        """Put copied layers in behind the row ``after``, or at the end; what is no layer is said in a notice."""
        rows = [edits.copy_of(row) for row in rows_from_json(text)]
        name = rows[0].title if len(rows) == 1 else counted(len(rows), "layer")
        self._studio.apply(f"Paste {name}", edits.add_rows(self._project, rows, self._behind(after)))

    def copied(self, item_ids: Collection[str]) -> str:
        """Rows as text for the clipboard, with all that they hold."""
        return rows_to_json(outermost(self._project.model.rows, item_ids))

    def cut(self, item_ids: Collection[str]) -> None:
        """Take rows out; who calls this has put them on the clipboard."""
        row_ids = [one for one in item_ids if BRANCH not in one]
        self._studio.apply(f"Cut {self._name(row_ids)}", edits.remove_layers(self._project, row_ids))

    def _behind(self, item_id: str) -> Path | None:
        """Where something new comes to stand: behind a row, or first into a branch."""
        if not item_id:
            return None
        row_id, _, number = item_id.partition(BRANCH)
        *outer, place = self._project.model.path(row_id)
        return (*outer, place, int(number), 0) if number else (*outer, place + 1)

    def remove(self, item_ids: Collection[str]) -> None:
        """Take rows out, and branches where no row is chosen, with all that they hold."""
        if row_ids := [one for one in item_ids if BRANCH not in one]:
            self._studio.apply(f"Remove {self._name(row_ids)}", edits.remove_layers(self._project, row_ids))
            return
        project = self._project
        for row_id, _, number in sorted((one.partition(BRANCH) for one in item_ids), key=_number, reverse=True):
            project = edits.remove_branch(project, row_id, int(number))
        self._studio.apply("Remove a branch" if len(item_ids) == 1 else f"Remove {len(item_ids)} branches", project)

    def duplicate(self, row_ids: Collection[str]) -> None:
        project = self._project
        for row in outermost(project.model.rows, row_ids):
            project, _ = edits.duplicate_layer(project, row.id)
        self._studio.apply(f"Duplicate {self._name(row_ids)}", project)

    @_refusable
    def move(self, row_ids: Collection[str], path: Path) -> None:
        """Let rows stand together in front of what is at ``path`` now."""
        self._studio.apply(f"Move {self._name(row_ids)}", edits.move_layers(self._project, row_ids, path))

    def move_up(self, row_ids: Collection[str], folded: Collection[str] = ()) -> None:
        """Let rows stand together one place further up, also into and out of blocks that are not folded."""
        self._nudge(row_ids, False, folded)

    def move_down(self, row_ids: Collection[str], folded: Collection[str] = ()) -> None:
        self._nudge(row_ids, True, folded)

    @_refusable
    def _nudge(self, row_ids: Collection[str], down: bool, folded: Collection[str]) -> None:
        self._studio.apply(f"Move {self._name(row_ids)}", edits.nudge_layers(self._project, row_ids, down, folded))

    def rename(self, row_id: str, name: str, merge: str = "") -> None:
        self._studio.apply("Rename a layer", edits.rename_layer(self._project, row_id, name), merge)

    def build_network(self) -> None:
        """Replace the stack by the network of the weights file that was opened."""
        self._studio.build_network()

    def refuse_network(self) -> None:
        """Do not build the network of the weights file that was opened."""
        self._studio.document.offer(None)

    def accept(self, row_ids: Collection[str]) -> None:
        """Keep layers that were proposed as they are."""
        self._studio.apply(f"Keep {self._name(row_ids)}", edits.accept_guesses(self._project, row_ids))

    def accept_all(self) -> None:
        """Keep all layers that were proposed."""
        row_ids = [row.id for row in guesses(self._project.model.rows)]
        self._studio.apply("Keep all guesses", edits.accept_guesses(self._project, row_ids))

    def toggle_lock(self, row_ids: Collection[str]) -> None:
        """Lock rows, or unlock them where all are locked already; layers without tensors have nothing to lock."""
        rows = [row for row in self._rows(row_ids) if row.locked or holds_tensors(row)]
        self.lock([row.id for row in rows], not all(row.locked for row in rows))

    def lock(self, row_ids: Sequence[str], locked: bool) -> None:
        project = self._project
        for row_id in row_ids:
            project = edits.lock_layer(project, row_id, locked)
        self._studio.apply(f"{'Lock' if locked else 'Unlock'} {self._name(row_ids)}", project)

    def lock_parameter(self, row_id: str, parameter: str, locked: bool) -> None:
        name = f"{'Lock' if locked else 'Unlock'} {parameter}"
        self._studio.apply(name, edits.lock_parameter(self._project, row_id, parameter, locked))

    def change_pace(self, row_id: str, field: str, value: object) -> None:
        """Let a layer learn faster or slower (``rate``), or begin in another epoch (``thaw``)."""
        name = {RATE.name: "Change the rate", THAW.name: "Change the epoch"}[field]
        project = set_pace(self._project, row_id, **{field: value})
        self._studio.apply(name, project, f"layer {row_id} {field}")

    def change_field(self, row_id: str, field: str, value: object) -> None:
        """Give a layer another setting; typing into one field is undone together. Raises `SpecError`."""
        row = self._project.model.row(row_id)
        changed = replace(row.kind, **{field: value})  # type: ignore[type-var]  # every kind is a dataclass
        project = edits.change_layer(self._project, row_id, changed)
        self._studio.apply(f"Change {row.title}", project, f"layer {row_id} {field}")

    def initialise(self, row_id: str, value: Initialisation, field: str = "") -> None:
        """Say what the weights of a layer start with; typing into one ``field`` is undone together."""
        project = edits.initialise_layer(self._project, row_id, value)
        name = f"Initialise {self._project.model.row(row_id).title}"
        self._studio.apply(name, project, f"layer {row_id} initialise {field}" if field else "")

    def change_kind(self, row_id: str, key: str) -> None:
        """Make a layer one of another kind; settings that both have stay."""
        row = self._project.model.row(row_id)
        kind = converted(row.kind, LAYERS.kinds[key])
        project = edits.change_layer(self._project, row_id, kind)
        self._studio.apply(f"Change {row.kind.title} to {kind.title}", project)

    def _rows(self, row_ids: Collection[str]) -> list[Row]:
        return [row for _, row in paths(self._project.model.rows) if row.id in row_ids]

    def _name(self, row_ids: Collection[str]) -> str:
        rows = outermost(self._project.model.rows, row_ids)
        return rows[0].title if len(rows) == 1 else counted(len(rows), "layer")


def _number(parts: tuple[str, str, str]) -> int:
    """The number of the branch in the identity of a heading."""
    return int(parts[2])
