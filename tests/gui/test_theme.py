"""Both themes are complete, readable, and follow what the user or the system chooses."""

from __future__ import annotations

from dataclasses import fields

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from nnstudio.gui import theme as theme_module
from nnstudio.gui.theme import Theme
from nnstudio.resources import resource
from nnstudio.session.colours import DARK, LIGHT, Colours


def luminance(colour: QColor) -> float:
    """Relative luminance, after WCAG 2.2."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def contrast(first: str, second: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    low, high = sorted((luminance(QColor(first)), luminance(QColor(second))))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_role_is_a_colour(colours: Colours) -> None:
    for field in fields(colours):
        assert QColor(getattr(colours, field.name)).isValid(), field.name


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    "ground", ["ground", "surface", "raised", "selection", "warning_ground", "bad_ground", "hover"]
)
@pytest.mark.parametrize("words", ["text", "muted"])
def test_words_can_be_read(colours: Colours, ground: str, words: str) -> None:
    assert contrast(getattr(colours, words), getattr(colours, ground)) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("words", "ground"), [("on_accent", "accent"), ("bad", "surface"), ("accent", "surface")])
def test_accents_can_be_read(colours: Colours, words: str, ground: str) -> None:
    assert contrast(getattr(colours, words), getattr(colours, ground)) >= 4.5


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


def test_training_has_the_accent(theme: Theme) -> None:
    assert theme.colours.train == LIGHT.accent
