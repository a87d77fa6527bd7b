"""Both themes are complete, readable, and follow what the user or the system chooses."""

from __future__ import annotations

from dataclasses import fields

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from nnstudio.gui import theme as theme_module
from nnstudio.gui.evaluate.confusion import DEEPEST, heat
from nnstudio.gui.painting import between
from nnstudio.gui.results.batch_grids import STRONGEST
from nnstudio.gui.theme import Theme, scaled
from nnstudio.resources import resource
from nnstudio.session.colours import DARK, LIGHT, Colours, contrast, ink_on
from nnstudio.spec.layers import LAYERS

GROUNDS = ["ground", "surface", "raised", "hover", "neutral", "selection", "warning_ground", "bad_ground"]
"""What words and graphics are laid on: rows under the pointer, chosen rows and banners among them."""
WORDS = ["text", "muted", "accent", "good", "bad", "warning", "number"]
FAMILIES = sorted({kind.family for kind in LAYERS.kinds.values()})
GRAPHICS = ["train", "validation", "faint", *FAMILIES]
AA_WORDS, AA_GRAPHICS = 4.5, 3.0
"""What WCAG 2.2 asks for at level AA of words (1.4.3), and of lines and signs that say something (1.4.11)."""


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_role_is_a_colour(colours: Colours) -> None:
    for field in fields(colours):
        assert QColor(getattr(colours, field.name)).isValid(), field.name


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_words_and_graphics_can_be_told_from_every_ground(colours: Colours, ground: str) -> None:
    behind = getattr(colours, ground)
    found = {role: contrast(getattr(colours, role), behind) for role in (*WORDS, *GRAPHICS)}
    assert {role: ratio for role, ratio in found.items() if ratio < (AA_WORDS if role in WORDS else AA_GRAPHICS)} == {}


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_words_on_filled_buttons_and_pills_can_be_read(colours: Colours) -> None:
    for ink, ground in (
        ("on_accent", "accent"),
        ("on_accent", "accent_hover"),
        ("surface", "nesting"),
        ("surface", "bad"),
    ):
        assert contrast(getattr(colours, ink), getattr(colours, ground)) >= AA_WORDS, (ink, ground)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_words_on_tinted_cells_can_be_read(colours: Colours) -> None:
    cells = [heat(colours, share, right) for share in (0.0, 0.25, 0.5, 0.75, 1.0) for right in (True, False)]
    cells += [between(colours.surface, role, STRONGEST) for role in (colours.accent, colours.validation)]
    assert min(contrast(colours.text, cell.name()) for cell in cells) >= AA_WORDS
    layers = [between(colours.raised, colours.family(family), 22 / 255).name() for family in FAMILIES]
    assert min(contrast(colours.muted, layer) for layer in layers) >= AA_WORDS
    marked = between(colours.surface, colours.accent, 0.06).name()
    assert contrast(colours.muted, marked) >= AA_WORDS


def test_cells_of_a_report_are_no_deeper_than_those_of_the_window() -> None:
    sheet = resource("report/report.css").read_text(encoding="utf-8")
    assert f"calc(var(--v) * {100 * DEEPEST:.0f}%)" in sheet


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["train", "validation", "pooling"])
def test_words_on_the_parts_of_the_data_can_be_read(colours: Colours, ground: str) -> None:
    shade = getattr(colours, ground)
    assert contrast(ink_on(shade, colours), shade) >= AA_WORDS


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#2563c9", "#2563c9") == 1


def test_the_style_sheet_names_no_colour_itself() -> None:
    sheet = resource("style/window.qss").read_text(encoding="utf-8")
    assert "#" not in sheet.replace("#palette", "")


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_the_style_sheet_is_filled_in_and_its_pictures_exist(qapp: QApplication, theme: Theme, choice: str) -> None:
    theme.choose(choice)
    sheet = qapp.styleSheet()
    assert "$line" not in sheet
    assert theme.colours.ground in sheet
    for name in ("check", "dash", "chevron"):
        assert resource(f"style/{name}-{choice}.svg").as_posix() in sheet


def test_choosing_tells_and_repaints(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    label = QLabel("x")
    qtbot.addWidget(label)
    with qtbot.waitSignal(theme.changed) as told:
        theme.choose("dark")
    assert told.args == [DARK]
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == DARK.ground
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == DARK.text


def test_it_follows_the_system_live_unless_a_theme_is_chosen(
    qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_dark = True
    monkeypatch.setattr(theme_module, "system_is_dark", lambda: is_dark)
    hints = QGuiApplication.styleHints()
    theme.choose("system")
    is_dark = False
    with qtbot.waitSignal(theme.changed) as told:
        hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert told.args == [LIGHT]
    theme.choose("dark")
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert theme.colours is DARK


def test_the_style_sheet_grows_with_the_text_but_not_its_lines(qapp: QApplication, theme: Theme) -> None:
    usual = qapp.styleSheet()
    theme.resize(200)
    large = qapp.styleSheet()
    assert "font-size: 12px" in usual
    assert "font-size: 24px" in large
    assert "font-size: 12px" not in large
    assert usual.count("1px solid") == large.count("1px solid") > 0
    assert "QScrollBar:vertical { width: 10px" in large, "the panels leave so much room for it"
    theme.resize(100)
    assert qapp.styleSheet() == usual


def test_another_size_is_told_once_and_the_same_one_never(qtbot: QtBot, theme: Theme) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.resize(125)
    assert scaled(100) == 123
    with qtbot.assertNotEmitted(theme.changed):
        theme.resize(125)


def test_training_has_the_accent(theme: Theme) -> None:
    assert theme.colours.train == LIGHT.accent
