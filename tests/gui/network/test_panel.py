"""The panel does what mouse and keyboard ask for, and shows what the document says."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QDrag, QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from nnstudio.gui.network.glyphs import SIGN
from nnstudio.gui.network.model import ROWS_FORMAT
from nnstudio.gui.network.panel import NetworkPanel
from nnstudio.gui.network.places import places
from nnstudio.gui.network.sentences import BAD_DATA, NO_DATA, NO_LAYERS, READING
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.spec.errors import DataError
from nnstudio.spec.layers import Conv2d, Dropout, Linear, ReLU, Softmax
from tests.gui.fakes import open_iris, started
from tests.gui.network.conftest import Build

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
MOVE = Qt.DropAction.MoveAction


def titles(panel: NetworkPanel) -> list[str]:
    return [item.title for item in panel.model.items]


def ids(panel: NetworkPanel) -> list[str]:
    return [item.row.id for item in panel.model.items]


def severities(panel: NetworkPanel) -> list[str]:
    return [item.severity for item in panel.model.items]


def click(panel: NetworkPanel, row: int, modifier: Qt.KeyboardModifier = NONE) -> None:
    middle = panel.view.visualRect(panel.model.index(row)).center()
    QTest.mouseClick(panel.view.viewport(), LEFT, modifier, middle)


def press(panel: NetworkPanel, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(panel.view, key, modifier)


def lock_of(panel: NetworkPanel, row: int) -> QPoint:
    return places(panel.view.visualRect(panel.model.index(row)), panel.model.items[row]).lock.center()


# showing


def test_the_header_counts_parameters(panel: NetworkPanel, studio: Studio) -> None:
    assert panel.header.note.text() == "131 parameters · 131 trainable"
    studio.apply("Lock", edits.lock_layer(studio.state.project, ids(panel)[0], True))
    assert panel.header.note.text() == "131 parameters · 51 trainable"


def test_a_very_large_network_is_counted_in_millions(panel: NetworkPanel, build: Build) -> None:
    build(Linear(50_000), Linear(400), Linear(3))
    assert panel.header.note.text() == "20.3 M parameters · 20.3 M trainable"
    assert "20,251,603 parameters" in panel.header.note.toolTip()


def test_the_input_of_the_network_is_said(panel: NetworkPanel) -> None:
    assert panel.input.text() == "Input 4 numbers"
    assert titles(panel) == ["Linear", "ReLU", "Linear · output"]


def test_without_data_the_panel_asks_for_it_and_layers_can_be_edited(empty_panel: NetworkPanel) -> None:
    assert empty_panel.empty.text() == NO_DATA
    assert not empty_panel.suggest.isEnabled()
    empty_panel.verbs.add(Linear(16))
    assert empty_panel.view.isVisible()
    assert titles(empty_panel) == ["Linear · output"]


def test_data_without_layers_offers_to_suggest_some(empty_panel: NetworkPanel, studio: Studio) -> None:
    open_iris(studio, network=False)
    assert empty_panel.empty.text() == NO_LAYERS
    assert not empty_panel.view.isVisible()
    QTest.mouseClick(empty_panel.suggest, LEFT)
    assert titles(empty_panel) == ["Linear", "ReLU", "Linear", "ReLU", "Linear · output"]
    assert not empty_panel.empty.isVisible()


def test_data_that_is_read_or_cannot_be_used_is_said(panel: NetworkPanel, studio: Studio) -> None:
    studio.document.open(studio.state.project)
    assert panel.empty.text() == READING
    studio.document.found_problem(edits.data_of(studio.state.project), DataError("No rows."))
    assert panel.empty.text() == BAD_DATA


def test_advice_can_be_followed_by_a_click_and_undone(panel: NetworkPanel, studio: Studio, build: Build) -> None:
    build(Linear(16), Linear(3))
    assert severities(panel) == ["", "warning"]
    panel.view.choose([ids(panel)[1]])
    assert panel.banner.title == "Two linear layers in a row are one."
    assert [button.text() for button in panel.banner.buttons] == ["Add ReLU", "Dismiss"]
    QTest.mouseClick(panel.banner.buttons[0], LEFT)
    assert titles(panel) == ["Linear", "ReLU", "Linear · output"]
    assert severities(panel) == ["", "", ""]
    assert studio.document.undo_name == "Add ReLU"
    studio.document.undo()
    assert severities(panel) == ["", "warning"]


def test_advice_that_is_dismissed_is_not_said_again(panel: NetworkPanel, studio: Studio, build: Build) -> None:
    build(Linear(16), Linear(3))
    panel.view.choose([ids(panel)[1]])
    QTest.mouseClick(panel.banner.buttons[-1], LEFT)
    assert severities(panel) == ["", ""]
    assert panel.banner.isHidden()
    studio.apply("Rename", edits.rename_layer(studio.state.project, ids(panel)[0], "first"))
    assert severities(panel) == ["", ""]
    studio.new_project()
    build(Linear(16), Linear(3))
    assert severities(panel) == ["", "warning"]


def test_what_is_only_to_be_known_is_said_quietly_with_both_remedies(panel: NetworkPanel, build: Build) -> None:
    build(Linear(2_000), ReLU(), Linear(100), ReLU(), Linear(3))
    assert severities(panel) == ["", "", "note", "", ""]
    panel.view.choose([ids(panel)[2]])
    assert panel.banner.property("level") == "info"
    assert [button.text() for button in panel.banner.buttons] == ["Add Dropout", "Weight decay", "Dismiss"]
    QTest.mouseClick(panel.banner.buttons[1], LEFT)
    assert severities(panel) == ["", "", "", "", ""]


def test_signs_differ_in_shape_and_colour(panel: NetworkPanel, build: Build) -> None:
    """Painted rows: a disc blocks, a triangle warns, a ring tells."""
    seen = []
    for kinds in ([Linear(16), Linear(3)], [Linear(2_000), ReLU(), Linear(100), ReLU(), Linear(3)], [Conv2d()]):
        build(*kinds)
        row = next(place for place, severity in enumerate(severities(panel)) if severity)
        room = places(panel.view.visualRect(panel.model.index(row)), panel.model.items[row]).lower
        image = panel.view.viewport().grab(QRect(room.left(), room.top(), SIGN, room.height())).toImage()
        seen.append([[image.pixel(x, y) for x in range(image.width())] for y in range(image.height())])
    assert len({str(picture) for picture in seen}) == 3


def test_an_impossible_layer_is_explained_and_fixed_by_one_click(panel: NetworkPanel, build: Build) -> None:
    build(Linear(16), Softmax(), Linear(5))
    assert severities(panel) == ["", "", "bad"]
    assert panel.banner.title.startswith("The network gives 5 numbers for each row")
    (fix,) = panel.banner.buttons
    QTest.mouseClick(fix, LEFT)
    assert severities(panel) == ["", "", ""]
    assert not panel.banner.isVisible()


def test_a_layer_that_cannot_take_its_input_is_explained(panel: NetworkPanel, build: Build) -> None:
    build(Linear(16), Conv2d(), Linear(3))
    assert panel.banner.title == "Convolution 2d needs pictures (channels × height × width), but gets 16."
    assert panel.header.note.text() == "one layer cannot work"


def test_a_warning_is_explained_at_its_row(panel: NetworkPanel, build: Build) -> None:
    build(Linear(3), Softmax())
    click(panel, 0)
    assert not panel.banner.isVisible()
    click(panel, 1)
    assert panel.banner.title == "Softmax before cross-entropy slows learning down."


def test_a_network_that_is_locked_as_a_whole_can_be_unlocked(panel: NetworkPanel) -> None:
    panel.view.selectAll()
    press(panel, Qt.Key.Key_L)
    assert [button.text() for button in panel.banner.buttons] == ["Unlock all"]


def test_rows_can_be_edited_while_a_run_is_under_way(panel: NetworkPanel, studio: Studio) -> None:
    studio.run.start(studio.state.project)
    studio.run.receive([started()])
    press(panel, Qt.Key.Key_D, CONTROL)
    assert len(panel.model.items) == 4


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_every_kind_of_row_is_painted(panel: NetworkPanel, build: Build, theme: Theme, choice: str) -> None:
    build(Linear(16), Dropout(), Conv2d(), Linear(3))
    theme.choose(choice)
    panel.verbs.toggle_lock([ids(panel)[0]])
    panel.verbs.rename(ids(panel)[1], "A very long name of a layer that was given to it in a hurry")
    picture = panel.view.grab().toImage()
    assert not picture.isNull()
    colour = panel.view.palette().base().color()
    assert colour.name() == theme.colours.surface


def test_the_mouse_points_at_locks(panel: NetworkPanel) -> None:
    send_move(panel, lock_of(panel, 0))
    assert panel.view.viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor
    send_move(panel, QPoint(80, 20))
    assert panel.view.viewport().cursor().shape() is Qt.CursorShape.ArrowCursor


def send_move(panel: NetworkPanel, point: QPoint) -> None:
    at = QPointF(point)
    nothing = Qt.MouseButton.NoButton
    panel.view.mouseMoveEvent(QMouseEvent(QMouseEvent.Type.MouseMove, at, at, nothing, nothing, NONE))


def test_quick_clicks_on_a_lock_toggle_each_time(panel: NetworkPanel, studio: Studio) -> None:
    QTest.mouseClick(panel.view.viewport(), LEFT, NONE, lock_of(panel, 0))
    QTest.mouseDClick(panel.view.viewport(), LEFT, NONE, lock_of(panel, 0))
    assert studio.state.project.model.rows[0].locked
    assert panel.view.viewport().findChild(QLineEdit) is None


def test_a_double_click_renames(panel: NetworkPanel) -> None:
    QTest.mouseClick(panel.view.viewport(), LEFT, NONE, QPoint(80, 20))
    QTest.mouseDClick(panel.view.viewport(), LEFT, NONE, QPoint(80, 20))
    assert isinstance(panel.view.viewport().findChild(QLineEdit), QLineEdit)


# choosing


def test_arrow_keys_choose_the_row_whose_settings_are_shown(panel: NetworkPanel) -> None:
    click(panel, 0)
    press(panel, Qt.Key.Key_Down)
    assert panel.view.chosen == [ids(panel)[1]]
    assert "ReLU" in panel.properties.headline.text()
    press(panel, Qt.Key.Key_Up)
    assert "Linear" in panel.properties.headline.text()


def test_several_rows_are_said_to_be_chosen(panel: NetworkPanel) -> None:
    click(panel, 0)
    click(panel, 2, SHIFT)
    assert panel.properties.headline.text() == "<b>3 layers</b>"
    assert panel.properties.form is not None
    assert not panel.properties.form.isVisible()


def test_the_selection_survives_edits_by_the_row(panel: NetworkPanel, studio: Studio) -> None:
    chosen = ids(panel)[2]
    panel.view.choose([chosen])
    studio.apply("Insert", edits.move_layers(studio.state.project, {ids(panel)[0]}, (3,)))
    assert panel.view.chosen == [chosen]
    studio.apply("Lock", edits.lock_layer(studio.state.project, ids(panel)[0], True))
    studio.document.undo()
    assert panel.view.chosen == [chosen]


def test_another_network_chooses_its_first_row(panel: NetworkPanel, build: Build) -> None:
    panel.view.choose([ids(panel)[2]])
    build(Linear(8), Linear(3))
    assert panel.view.chosen == [ids(panel)[1]]
    build()
    assert panel.view.current is None
    build(Linear(8), Linear(3))
    assert panel.view.chosen == [ids(panel)[0]]


# changing


def test_delete_removes_what_is_chosen_and_chooses_a_neighbour(panel: NetworkPanel) -> None:
    click(panel, 1)
    neighbour = ids(panel)[2]
    press(panel, Qt.Key.Key_Delete)
    assert titles(panel) == ["Linear", "Linear · output"]
    assert panel.view.chosen == [neighbour]


def test_delete_at_the_end_chooses_the_row_before(panel: NetworkPanel) -> None:
    click(panel, 2)
    press(panel, Qt.Key.Key_Delete)
    assert panel.view.chosen == [ids(panel)[1]]


def test_several_rows_go_and_come_back_chosen(panel: NetworkPanel, studio: Studio) -> None:
    gone = ids(panel)[:2]
    click(panel, 0)
    click(panel, 1, CONTROL)
    press(panel, Qt.Key.Key_Delete)
    assert titles(panel) == ["Linear · output"]
    assert studio.document.undo_name == "Remove 2 layers"
    studio.document.undo()
    assert panel.view.chosen == gone
    studio.document.redo()
    assert panel.view.chosen == ids(panel)


def test_duplicate_chooses_the_copy(panel: NetworkPanel, studio: Studio) -> None:
    click(panel, 0)
    press(panel, Qt.Key.Key_D, CONTROL)
    assert titles(panel) == ["Linear", "Linear", "ReLU", "Linear · output"]
    assert panel.view.chosen == [ids(panel)[1]]
    studio.document.undo()
    assert titles(panel) == ["Linear", "ReLU", "Linear · output"]
    assert len(panel.view.chosen) == 1


def test_alt_and_arrows_move_and_stay_on_the_row(panel: NetworkPanel) -> None:
    chosen = ids(panel)[0]
    click(panel, 0)
    press(panel, Qt.Key.Key_Down, ALT)
    assert (ids(panel).index(chosen), panel.view.chosen) == (1, [chosen])
    press(panel, Qt.Key.Key_Up, ALT)
    press(panel, Qt.Key.Key_Up, ALT)
    assert ids(panel).index(chosen) == 0


def test_several_rows_move_together(panel: NetworkPanel) -> None:
    first, second, third = ids(panel)
    click(panel, 1)
    click(panel, 2, SHIFT)
    press(panel, Qt.Key.Key_Up, ALT)
    assert ids(panel) == [second, third, first]
    assert panel.view.chosen == [second, third]


def test_f2_renames_in_the_row(panel: NetworkPanel, studio: Studio, qtbot: QtBot) -> None:
    click(panel, 1)
    press(panel, Qt.Key.Key_F2)
    editor = panel.view.viewport().findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    QTest.keyClicks(editor, "Bend")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: studio.state.project.model.rows[1].name == "Bend")
    assert titles(panel)[1] == "Bend"


def test_a_click_on_the_lock_locks_and_leaves_the_choice(panel: NetworkPanel, studio: Studio) -> None:
    click(panel, 1)
    chosen = panel.view.chosen
    QTest.mouseClick(panel.view.viewport(), LEFT, NONE, lock_of(panel, 0))
    assert studio.state.project.model.rows[0].locked
    assert panel.model.items[0].figures == "80 · frozen"
    assert panel.view.chosen == chosen
    QTest.mouseClick(panel.view.viewport(), LEFT, NONE, lock_of(panel, 0))
    assert not studio.state.project.model.rows[0].locked


def test_a_press_that_leaves_the_lock_locks_nothing(panel: NetworkPanel, studio: Studio) -> None:
    QTest.mousePress(panel.view.viewport(), LEFT, NONE, lock_of(panel, 0))
    QTest.mouseRelease(panel.view.viewport(), LEFT, NONE, lock_of(panel, 2))
    assert not any(row.locked for row in studio.state.project.model.rows)


def test_l_locks_what_has_tensors_and_unlocks_when_all_is_locked(panel: NetworkPanel, studio: Studio) -> None:
    panel.view.selectAll()
    press(panel, Qt.Key.Key_L)
    assert [row.locked for row in studio.state.project.model.rows] == [True, False, True]
    press(panel, Qt.Key.Key_L)
    assert not any(row.locked for row in studio.state.project.model.rows)


def test_l_on_a_layer_without_tensors_does_nothing(panel: NetworkPanel) -> None:
    click(panel, 1)
    press(panel, Qt.Key.Key_L)
    assert panel.view.chosen == [ids(panel)[1]]
    assert not panel.model.items[1].row.locked


# dragging


def drag(send: Callable[[QDropEvent], None], kind: type[QDropEvent], data: QMimeData, y: float) -> QDropEvent:
    position = QPointF(60, y)
    event = kind(position if kind is QDropEvent else position.toPoint(), MOVE, data, LEFT, NONE)
    send(event)
    return event


def test_a_dragged_row_shows_its_line_and_moves_where_it_is_dropped(panel: NetworkPanel, studio: Studio) -> None:
    moved = ids(panel)[0]
    data = panel.model.mimeData([panel.model.index(0)])
    bottom = float(panel.view.visualRect(panel.model.index(2)).bottom())
    drag(panel.view.dragEnterEvent, QDragEnterEvent, data, 5.0)  # type: ignore[arg-type]
    drag(panel.view.dragMoveEvent, QDragMoveEvent, data, bottom)  # type: ignore[arg-type]
    without = panel.view.grab().toImage()
    panel.view.dragLeaveEvent(None)  # type: ignore[arg-type]
    assert panel.view.grab().toImage() != without
    event = drag(panel.view.dropEvent, QDropEvent, data, bottom)
    assert ids(panel)[2] == moved
    assert event.dropAction() is Qt.DropAction.IgnoreAction
    assert studio.document.undo_name == "Move Linear"


def test_a_file_is_left_to_the_window(panel: NetworkPanel) -> None:
    data = QMimeData()
    data.setText("/data/iris.csv")
    event = drag(panel.view.dragEnterEvent, QDragEnterEvent, data, 5.0)  # type: ignore[arg-type]
    assert not event.isAccepted()
    assert panel.model.mimeTypes() == [ROWS_FORMAT]


def test_a_drag_carries_the_rows_that_are_chosen(panel: NetworkPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    carried: list[tuple[QMimeData, QSize]] = []

    def exec_(drag: QDrag, _: Qt.DropAction) -> Qt.DropAction:
        carried.append((drag.mimeData(), drag.pixmap().size()))
        return Qt.DropAction.IgnoreAction

    monkeypatch.setattr(QDrag, "exec", exec_)
    click(panel, 0)
    click(panel, 1, CONTROL)
    panel.view.startDrag(MOVE)
    ((data, size),) = carried
    assert json.loads(bytes(data.data(ROWS_FORMAT).data())) == ids(panel)[:2]
    assert size.height() == 28 * panel.view.devicePixelRatioF()


@pytest.mark.parametrize(("y", "place"), [(0, 0), (20, 0), (30, 1), (60, 1), (75, 2), (500, 3)])
def test_the_drop_place_is_the_nearest_gap(panel: NetworkPanel, y: int, place: int) -> None:
    assert panel.view.place_at(QPoint(50, y)) == place


# menus


def test_the_menu_shows_the_verbs_with_their_shortcuts(panel: NetworkPanel) -> None:
    click(panel, 0)
    shown = {
        action.text(): action.shortcut().toString() for action in panel.row_actions.menu.actions() if action.text()
    }
    assert shown == {
        "Add a layer…": "Ins",
        "Cut": "Ctrl+X",
        "Copy": "Ctrl+C",
        "Paste": "Ctrl+V",
        "Duplicate": "Ctrl+D",
        "Remove": "Del",
        "Add a branch": "Ctrl+B",
        "Move up": "Alt+Up",
        "Move down": "Alt+Down",
        "Freeze up to here": "",
        "Cut after this layer": "",
        "Save chosen layers as…": "",
        "Insert layers from file…": "",
        "Rename": "F2",
        "Lock": "L",
    }


def test_a_right_click_opens_the_menu(panel: NetworkPanel) -> None:
    click(panel, 0)
    panel.view.customContextMenuRequested.emit(panel.view.visualRect(panel.model.index(0)).center())
    assert panel.row_actions.menu.isVisible()
    panel.row_actions.menu.close()


def test_what_cannot_be_done_is_disabled(panel: NetworkPanel, build: Build) -> None:
    build(Linear(3), ReLU())
    click(panel, 1)
    actions = {action.text(): action for action in panel.row_actions.menu.actions()}
    assert not actions["Lock"].isEnabled()
    click(panel, 0)
    assert actions["Lock"].isEnabled()
    build()
    assert not actions["Remove"].isEnabled()


def test_long_names_are_whole_in_the_tooltip(panel: NetworkPanel) -> None:
    panel.verbs.rename(ids(panel)[0], "x" * 300)
    assert "x" * 300 in panel.model.index(0).data(Qt.ItemDataRole.ToolTipRole)


def test_a_panel_that_is_gone_stops_listening(studio: Studio, theme: Theme) -> None:
    before = len(studio.document.changed._functions)
    panel = NetworkPanel(studio, theme)
    assert len(studio.document.changed._functions) == before + 1
    panel.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert len(studio.document.changed._functions) == before


def test_in_a_low_panel_each_layer_has_one_line(panel: NetworkPanel, theme: Theme) -> None:
    roomy = panel.view.whole_height
    panel.resize(340, 400)
    assert panel.view.whole_height == 3 * 30 < roomy
    for choice in ("light", "dark"):
        theme.choose(choice)
        painted = panel.view.viewport().grab().toImage()
        bar = places(panel.view.visualRect(panel.model.index(0)), panel.model.items[0]).bar.center()
        assert painted.pixelColor(bar) == QColor(theme.colours.linear)
    panel.resize(340, 700)
    assert panel.view.whole_height == roomy


def test_a_layer_is_locked_in_a_low_panel_too(panel: NetworkPanel, studio: Studio) -> None:
    panel.resize(340, 400)
    lock = places(panel.view.visualRect(panel.model.index(0)), panel.model.items[0]).lock.center()
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=lock)
    assert studio.state.project.model.rows[0].locked


def test_the_keyboard_adds_a_layer_behind_the_chosen_one(panel: NetworkPanel, studio: Studio) -> None:
    panel.view.choose([ids(panel)[1]])
    QTest.keyClick(panel.view, Qt.Key.Key_Insert)
    assert panel.layer_palette.isVisible()
    QTest.keyClicks(panel.layer_palette.search, "dropout")
    QTest.keyClick(panel.layer_palette.search, Qt.Key.Key_Return)
    assert [row.kind.title for row in studio.state.project.model.rows] == ["Linear", "ReLU", "Dropout", "Linear"]
    assert panel.view.hasFocus()
