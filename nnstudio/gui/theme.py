"""The colours and the size of the text in force, and the style sheet that is drawn from them; follows the system."""

from __future__ import annotations

import re
from dataclasses import fields
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from nnstudio.resources import resource
from nnstudio.session.colours import DARK, LIGHT, Colours

GRID = 8
"""Pixels; every margin and gap is a multiple or a half of it."""


USUAL_SIZE = 13
"""Pixels of the usual text."""


def scaled(pixels: float) -> int:
    """A length that grows with the text: ``pixels`` beside text of the usual size."""
    size = QGuiApplication.font().pixelSize()
    return round(pixels * size / USUAL_SIZE) if size > 0 else round(pixels)


class Theme(QObject):
    """The colours in force and the size of the text. One for the whole program; panels ask it when they paint.

    Signals
    -------
    changed(Colours)
        Light became dark or the other way round, or the text has another size; whatever was painted with fixed colours
        paints again, and whatever was measured is measured again.
    """

    changed = Signal(object)

    def __init__(self, app: QApplication, choice: str = "system", percent: int = 100) -> None:
        super().__init__(app)
        self._app = app
        self._choice = choice
        self._percent = percent
        self.colours = LIGHT
        QApplication.setStyle("Fusion")
        app.setFont(_font(percent))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        self.choose(choice)

    @property
    def choice(self) -> str:
        """``system``, ``light`` or ``dark``."""
        return self._choice

    @property
    def percent(self) -> int:
        """How large the text is beside the usual one."""
        return self._percent

    def choose(self, choice: str) -> None:
        """Follow the ``system``, or stay ``light`` or ``dark``."""
        self._choice = choice
        dark = choice == "dark" or (choice == "system" and system_is_dark())
        self.colours = DARK if dark else LIGHT
        self._app.setPalette(_palette(self.colours))
        self._app.setStyleSheet(_style_sheet(self.colours))
        self.changed.emit(self.colours)

    def resize(self, percent: int) -> None:
        """Let the text, and what grows with it, have another size: so many percent of the usual one."""
        if percent != self._percent:
            self._percent = percent
            self._app.setFont(_font(percent))
            self.choose(self._choice)

    def _follow_system(self) -> None:
        self.choose(self._choice)


def system_is_dark() -> bool:
    """Whether the desktop is dark now."""
    return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark


def _font(percent: int) -> QFont:
    font = QFont(["Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans"])
    font.setPixelSize(round(USUAL_SIZE * percent / 100))
    return font


def _style_sheet(colours: Colours) -> str:
    template = Template(resource("style/window.qss").read_text(encoding="utf-8"))
    roles = {field.name: getattr(colours, field.name) for field in fields(colours)}
    shade = "dark" if colours is DARK else "light"
    sheet = template.substitute(roles, images=resource("style").as_posix(), shade=shade)
    return "\n".join(line if line.startswith(FIXED) else _LENGTH.sub(_scaled, line) for line in sheet.splitlines())


FIXED = ("QScrollBar", "QMainWindow", "QSplitter")
"""What lines of the style sheet that do not grow with the text begin with."""
_LENGTH = re.compile(r"(?<![\w.])([2-9]|[1-9]\d)px")
"""Every length but that of a line of one pixel."""


def _scaled(length: re.Match[str]) -> str:
    return f"{scaled(int(length[1]))}px"


def _palette(colours: Colours) -> QPalette:
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, colour in {
        roles.Window: colours.ground,
        roles.Base: colours.surface,
        roles.AlternateBase: colours.ground,
        roles.Button: colours.raised,
        roles.WindowText: colours.text,
        roles.Text: colours.text,
        roles.ButtonText: colours.text,
        roles.PlaceholderText: colours.muted,
        roles.ToolTipBase: colours.raised,
        roles.ToolTipText: colours.text,
        roles.Highlight: colours.accent,
        roles.HighlightedText: colours.on_accent,
        roles.Link: colours.accent,
    }.items():
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.muted))
    return palette
