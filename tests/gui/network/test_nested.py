"""Blocks in the list: headings and indentation, folding, going in and out, dropping between levels, copy and paste."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest

from nnstudio.gui.network.gaps import gap_paths
from nnstudio.gui.network.items import items_of
from nnstudio.gui.network.panel import NetworkPanel
from nnstudio.gui.network.places import INDENT, places
from nnstudio.gui.network.sentences import size_note
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.session.blocks import KNOWN_BLOCKS
from nnstudio.session.preflight import preflight
from nnstudio.spec import nesting
from nnstudio.spec.files import rows_from_json
from nnstudio.spec.layers import Branches, Conv2d, Dropout, Linear, ReLU, Repeat
from nnstudio.spec.model import Path, Row
from tests.gui.fakes import open_iris
from tests.spec.nested import rows

Key = Qt.Key
ALT, CONTROL, NONE = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.NoModifier,
)
LEFT = Qt.MouseButton.LeftButton
STACK = rows(Linear(8), (Branches(), [Linear(8), ReLU()], []), (Repeat(3), [Linear(8)]), Linear(3))
"""a Linear, b: (c Linear, d ReLU | nothing), e: thrice (f Linear), g Linear."""
SHOWN = ["a", "b", "b/0", "c", "d", "b/1", "e", "e/0", "f", "g"]


@pytest.fixture
def nested(empty_panel: NetworkPanel, studio: Studio) -> NetworkPanel:
    """The panel with iris and `STACK`; the list has the focus."""
    open_iris(studio, network=False)
    show(studio, STACK)
    empty_panel.resize(340, 1100)
    empty_panel.view.setFocus()
    return empty_panel


def show(studio: Studio, stack: tuple[Row, ...]) -> None:
    studio.apply("Build", edits.with_rows(studio.state.project, stack))


def ids(panel: NetworkPanel) -> list[str]:
    return [item.id for item in panel.model.items]


def listed(studio: Studio) -> str:
    """The stack as it can be read: ``ab(cd|)e(f)g``."""

    def text(stack: tuple[Row, ...]) -> str:
        return "".join(row.id + (f"({'|'.join(map(text, row.branches))})" if row.branches else "") for row in stack)

    return text(studio.state.project.model.rows)


def press(panel: NetworkPanel, key: Key, held: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(panel.view, key, held)


def middle(panel: NetworkPanel, item_id: str) -> QPoint:
    return panel.view.visualRect(panel.model.index_of(item_id)).center()


# what is shown


def test_rows_of_a_block_stand_below_their_headings(nested: NetworkPanel) -> None:
    assert ids(nested) == SHOWN
    assert [item.depth for item in nested.model.items] == [0, 0, 1, 1, 1, 1, 0, 1, 1, 0]
    headings = [item for item in nested.model.items if item.is_heading]
    assert [(item.title, item.shapes, item.summary) for item in headings] == [
        ("Branch 1", "8 → 8", ""),
        ("Branch 2", "8 → 8", "passes the input on"),
        ("Each time", "8 → 8", ""),
    ]
    assert [item.prefix for item in nested.model.items if not item.is_heading] == [
        "0",
        "1",
        "1.0.0",
        "1.0.1",
        "2",
        "2.0.0",
        "3",
    ]


def test_a_block_says_how_it_joins_and_what_it_holds(nested: NetworkPanel) -> None:
    block, repeat = (nested.model.items[place] for place in (1, 6))
    assert (block.summary, block.shapes, block.figures) == ("added up", "8 → 8", "72")
    assert (repeat.summary, repeat.figures) == ("3 times", "216")
    assert block.accessible_text == "Branches, 8 to 8, 72 parameters, unfolded"
    assert nested.model.items[3].accessible_text == "Linear, 8 to 8, 72 parameters, level 2"
    assert nested.model.items[5].accessible_text == "Branch 2, 8 to 8, level 2, passes the input on"


def test_the_cost_of_the_network_is_told(nested: NetworkPanel, studio: Studio) -> None:
    walked = studio.state.walked
    assert walked is not None
    assert walked.multiply_adds == 32 + 64 + 3 * 64 + 24
    assert "312 multiply-adds an example" in size_note(walked)[1]
    tooltip = nested.model.index_of("b").data(Qt.ItemDataRole.ToolTipRole)
    assert "64 multiply-adds an example · 96 bytes kept for the way back" in tooltip
    assert "<code>1.0.0.weight</code>" in nested.model.index_of("c").data(Qt.ItemDataRole.ToolTipRole)


def test_a_lock_of_a_block_shows_on_what_it_holds(nested: NetworkPanel, studio: Studio) -> None:
    nested.view.choose(["b"])
    press(nested, Key.Key_L)
    assert studio.document.undo_name == "Lock Branches"
    inner = nested.model.items[3]
    assert (inner.held, inner.figures, inner.row.locked) == (True, "72 · frozen", False)
    nested.view.choose(["c"])
    lock = nested.properties.tensors.layer_lock
    assert (lock.isChecked(), lock.isEnabled()) == (True, False)
    room = places(nested.view.visualRect(nested.model.index_of("c")), inner)
    QTest.mouseClick(nested.view.viewport(), LEFT, NONE, room.lock.center())
    assert studio.document.undo_name == "Lock Branches"


def test_trouble_in_a_folded_block_shows_on_the_block(nested: NetworkPanel, studio: Studio) -> None:
    show(studio, nesting.replaced(STACK, "d", [Row("d", Conv2d())]))
    assert nested.model.items[4].severity == "bad"
    nested.view.fold("b", True)
    assert nested.model.items[1].sentence.startswith("Convolution 2d needs pictures")
    nested.view.fold("b", False)
    assert nested.model.items[1].severity == ""


def test_without_data_blocks_are_listed_too(studio: Studio) -> None:
    project = studio.state.project
    studio.document.open(replace(project, model=replace(project.model, rows=STACK)))
    items = items_of(studio.state, preflight(studio.state))
    assert [item.id for item in items] == SHOWN
    assert {item.shapes for item in items} == {""}


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_headings_and_guides_are_painted(nested: NetworkPanel, theme: Theme, choice: str) -> None:
    theme.choose(choice)
    rect = nested.view.visualRect(nested.model.index_of("c"))
    picture = nested.view.viewport().grab().toImage()
    ratio = picture.devicePixelRatio()
    guide = picture.pixelColor(round((INDENT // 2) * ratio), round(rect.center().y() * ratio))
    assert guide.name() == theme.colours.line


# folding


def test_a_click_on_the_triangle_folds_and_unfolds(nested: NetworkPanel, studio: Studio) -> None:
    before = studio.document.undo_name
    item = nested.model.items[1]
    at = places(nested.view.visualRect(nested.model.index(1)), item).fold.center()
    QTest.mouseClick(nested.view.viewport(), LEFT, NONE, at)
    assert ids(nested) == ["a", "b", "e", "e/0", "f", "g"]
    assert nested.model.items[1].is_folded
    QTest.mouseClick(nested.view.viewport(), LEFT, NONE, at)
    assert ids(nested) == SHOWN
    assert studio.document.undo_name == before


def test_left_goes_out_and_folds_and_right_unfolds_and_goes_in(nested: NetworkPanel) -> None:
    nested.view.choose(["d"])
    chosen = []
    for key in (Key.Key_Left, Key.Key_Left, Key.Key_Left, Key.Key_Right, Key.Key_Right, Key.Key_Right):
        press(nested, key)
        chosen.append((*nested.view.chosen, len(ids(nested))))
    assert chosen == [("b/0", 10), ("b", 10), ("b", 6), ("b", 10), ("b/0", 10), ("c", 10)]


def test_what_was_chosen_in_a_block_leaves_the_choice_to_it(nested: NetworkPanel) -> None:
    nested.view.choose(["d"])
    nested.view.fold("b", True)
    assert nested.view.chosen == ["b"]
    nested.view.fold("b", False)
    assert nested.view.chosen == ["b"]


# adding and removing


def test_a_layer_is_put_in_behind_the_chosen_row_of_a_branch(nested: NetworkPanel, studio: Studio) -> None:
    nested.view.choose(["c"])
    nested.layer_palette.picked.emit(Dropout)
    (added,) = nested.view.chosen
    assert studio.state.project.model.path(added) == (1, 0, 1)


def test_a_layer_is_put_first_into_the_chosen_branch(nested: NetworkPanel, studio: Studio) -> None:
    nested.view.choose(["b/1"])
    nested.layer_palette.picked.emit(Dropout)
    (added,) = nested.view.chosen
    assert studio.state.project.model.path(added) == (1, 1, 0)


def test_a_new_block_is_chosen_with_its_empty_branches_below(nested: NetworkPanel) -> None:
    nested.view.choose(["g"])
    nested.layer_palette.picked.emit(Branches)
    (added,) = nested.view.chosen
    assert ids(nested)[-3:] == [added, f"{added}/0", f"{added}/1"]


def test_a_template_is_one_edit(nested: NetworkPanel, studio: Studio) -> None:
    nested.view.choose(["a"])
    nested.layer_palette.picked.emit(KNOWN_BLOCKS[0])
    assert studio.document.undo_name == "Add Residual block"
    block, bend = studio.state.project.model.rows[1:3]
    assert (block.name, bend.kind) == ("Residual block", ReLU())
    assert nested.view.chosen == [block.id, bend.id]
    assert studio.state.walked is not None
    assert studio.state.walked.problem is None
    studio.document.undo()
    assert listed(studio) == "ab(cd|)e(f)g"


def test_branches_are_added_and_removed(nested: NetworkPanel, studio: Studio) -> None:
    nested.view.choose(["b/0"])
    press(nested, Key.Key_B, CONTROL)
    assert listed(studio) == "ab(cd||)e(f)g"
    assert nested.view.chosen == ["b/2"]
    assert studio.document.undo_name == "Add a branch"
    nested.view.choose(["b/0", "b/1"])
    press(nested, Key.Key_Delete)
    assert listed(studio) == "ab()e(f)g"
    assert studio.document.undo_name == "Remove 2 branches"
    studio.document.undo()
    nested.view.choose(["b/0"])
    press(nested, Key.Key_Delete)
    assert (listed(studio), studio.document.undo_name) == ("ab(|)e(f)g", "Remove a branch")


def test_only_branches_take_another_branch(nested: NetworkPanel) -> None:
    actions = {action.text(): action for action in nested.row_actions.menu.actions()}
    enabled = {}
    for item_id in ("a", "b", "b/1", "e", "e/0"):
        nested.view.choose([item_id])
        enabled[item_id] = [actions[name].isEnabled() for name in ("Add a branch", "Duplicate", "Rename")]
    assert enabled == {
        "a": [False, True, True],
        "b": [True, True, True],
        "b/1": [True, False, False],
        "e": [False, True, True],
        "e/0": [False, False, False],
    }


def test_a_block_is_duplicated_with_all_that_it_holds(nested: NetworkPanel, studio: Studio) -> None:
    nested.view.choose(["b", "c"])
    press(nested, Key.Key_D, CONTROL)
    block, copy = studio.state.project.model.rows[1:3]
    assert [[row.kind for row in branch] for branch in copy.branches] == [[Linear(8), ReLU()], []]
    assert copy.branches[0][0].id != block.branches[0][0].id
    assert studio.document.undo_name == "Duplicate Branches"


# moving


def test_alt_and_arrows_move_into_and_out_of_blocks(nested: NetworkPanel, studio: Studio) -> None:
    nested.view.choose(["a"])
    seen = []
    for _ in range(5):
        press(nested, Key.Key_Down, ALT)
        seen.append(listed(studio))
    assert seen == [
        "b(acd|)e(f)g",
        "b(cad|)e(f)g",
        "b(cda|)e(f)g",
        "b(cd|a)e(f)g",
        "b(cd|)ae(f)g",
    ]
    assert nested.view.chosen == ["a"]
    press(nested, Key.Key_Up, ALT)
    assert listed(studio) == "b(cd|a)e(f)g"


def test_alt_and_arrows_go_past_a_folded_block(nested: NetworkPanel, studio: Studio) -> None:
    nested.view.fold("b", True)
    nested.view.choose(["a"])
    press(nested, Key.Key_Down, ALT)
    assert listed(studio) == "b(cd|)ae(f)g"


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (0, [(0,)]),
        (1, [(1,)]),
        (2, [(1, 0, 0)]),
        (3, [(1, 0, 0)]),
        (4, [(1, 0, 1)]),
        (5, [(1, 0, 2)]),
        (6, [(2,), (1, 1, 0)]),
        (7, [(2, 0, 0)]),
        (9, [(3,), (2, 0, 1)]),
        (10, [(4,)]),
    ],
)
def test_every_gap_has_its_places(nested: NetworkPanel, gap: int, expected: list[Path]) -> None:
    assert gap_paths(nested.model.items, gap) == expected


@pytest.mark.parametrize(("x", "expected"), [(2, "b(cd|)ae(f)g"), (60, "b(cd|a)e(f)g")])
def test_the_indentation_decides_between_a_branch_and_behind_its_block(
    nested: NetworkPanel, studio: Studio, x: int, expected: str
) -> None:
    data = nested.model.mimeData([nested.model.index_of("a"), nested.model.index_of("b/0")])
    y = nested.view.visualRect(nested.model.index_of("b/1")).bottom()
    nested.view.dropEvent(QDropEvent(QPointF(x, y), Qt.DropAction.MoveAction, data, LEFT, NONE))
    assert listed(studio) == expected
    assert studio.document.undo_name == "Move Linear"


def test_a_block_is_not_dropped_into_itself(nested: NetworkPanel, studio: Studio) -> None:
    before = studio.document.undo_name
    data = nested.model.mimeData([nested.model.index_of("b")])
    at = QPointF(middle(nested, "c"))
    nested.view.dropEvent(QDropEvent(at, Qt.DropAction.MoveAction, data, LEFT, NONE))
    assert (listed(studio), studio.document.undo_name) == ("ab(cd|)e(f)g", before)


# copy and paste


def test_layers_are_copied_as_text_and_pasted_with_new_identities(nested: NetworkPanel, studio: Studio) -> None:
    nested.view.choose(["a", "b", "c"])
    press(nested, Key.Key_C, CONTROL)
    text = QGuiApplication.clipboard().text()
    assert [row.id for row in rows_from_json(text)] == ["a", "b"]
    nested.view.choose(["b/1"])
    press(nested, Key.Key_V, CONTROL)
    first, second = studio.state.project.model.row("b").branches[1]
    assert (first.kind, second.kind, len(second.branches)) == (Linear(8), Branches(), 2)
    assert "a" not in {first.id, second.id}
    assert studio.document.undo_name == "Paste 2 layers"


def test_cut_layers_are_gone_and_on_the_clipboard(nested: NetworkPanel, studio: Studio) -> None:
    nested.view.choose(["d"])
    press(nested, Key.Key_X, CONTROL)
    assert (listed(studio), studio.document.undo_name) == ("ab(c|)e(f)g", "Cut ReLU")
    assert [row.id for row in rows_from_json(QGuiApplication.clipboard().text())] == ["d"]


def test_other_text_on_the_clipboard_is_for_the_window(nested: NetworkPanel) -> None:
    nested.view.choose(["a"])
    QGuiApplication.clipboard().setText("a,b\n1,2\n")
    paste = next(action for action in nested.row_actions.menu.actions() if action.text() == "Paste")
    assert paste.shortcut() == QKeySequence("Ctrl+V")
    nested.row_actions.refresh()
    assert not paste.isEnabled()


def test_layers_that_cannot_be_read_are_a_notice(nested: NetworkPanel, studio: Studio) -> None:
    nested.verbs.paste('{"format": "nnstudio-layers", "version": 1}')
    assert "another version" in studio.notices.all[-1].what
    assert listed(studio) == "ab(cd|)e(f)g"


def test_what_would_be_nested_too_deep_is_refused_with_a_sentence(nested: NetworkPanel, studio: Studio) -> None:
    block = Row("0", Repeat(1))
    for level in range(1, nesting.DEEPEST + 1):
        block = Row(str(level), Repeat(1), branches=((block,),))
    show(studio, (block, Row("z", ReLU())))
    assert nesting.depth((block,)) == nesting.DEEPEST
    before = studio.state.project
    nested.verbs.add(Linear(3), "1/0")
    assert studio.state.project is not before  # as deep as can be
    before, copied = studio.state.project, nested.verbs.copied(["2"])
    nested.verbs.paste(copied, "1/0")
    nested.verbs.add_block(KNOWN_BLOCKS[0], (4,), "1/0")
    assert studio.state.project is before
    said = [notice.what for notice in studio.notices.all[-2:]]
    assert said == ["Blocks can stand in each other 64 levels deep, and no deeper."] * 2
