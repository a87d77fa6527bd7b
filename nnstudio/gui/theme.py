"""Colours by their role, light and dark, and the style sheet that is drawn from them; follows the system live."""

from __future__ import annotations

from dataclasses import dataclass, fields
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from nnstudio.resources import resource

GRID = 8
"""Pixels; every margin and gap is a multiple or a half of it."""


@dataclass(frozen=True, slots=True)
class Colours:
    """One value for each role. ``family`` colours mark the layers of a family."""

    ground: str
    surface: str
    raised: str
    """Fields, buttons and rows on a surface."""
    hover: str
    """The same under the pointer."""
    neutral: str
    """Badges, and the ground of a progress bar."""
    line: str
    faint: str
    """Outlines that must be seen, and words of what cannot be used now."""
    scroll: str
    veil: str
    """Covers the window while something is held over it; lets it shine through."""
    text: str
    muted: str
    accent: str
    accent_hover: str
    on_accent: str
    selection: str
    validation: str
    good: str
    bad: str
    warning: str
    warning_ground: str
    warning_line: str
    bad_ground: str
    bad_line: str
    linear: str
    convolution: str
    pooling: str
    normalisation: str
    activation: str
    regularisation: str
    reshaping: str
    recurrent: str
    embedding: str
    attention: str
    nesting: str

    @property
    def train(self) -> str:
        """Training is drawn in the accent everywhere."""
        return self.accent

    def family(self, name: str) -> str:
        """The colour of a layer family."""
        return str(getattr(self, name))


LIGHT = Colours(
    ground="#f4f5f7",
    surface="#ffffff",
    raised="#ffffff",
    hover="#eef0f4",
    neutral="#e9ebef",
    line="#dfe2e7",
    faint="#a3a9b4",
    scroll="#cdd2da",
    veil="#e6f4f5f7",
    text="#1d2129",
    muted="#646b78",
    accent="#2563c9",
    accent_hover="#1f56b0",
    on_accent="#ffffff",
    selection="#e6edf9",
    validation="#d9730d",
    good="#1a7f4b",
    bad="#c0362c",
    warning="#b7791f",
    warning_ground="#fff4de",
    warning_line="#e3bd68",
    bad_ground="#fdecea",
    bad_line="#e5a19a",
    linear="#4f84e0",
    convolution="#0f8f9c",
    pooling="#7a8699",
    normalisation="#c2883a",
    activation="#3aa673",
    regularisation="#a77bd1",
    reshaping="#8a8f98",
    recurrent="#c2557a",
    embedding="#7d8f2e",
    attention="#b5533c",
    nesting="#5a6b85",
)
DARK = Colours(
    ground="#16181d",
    surface="#1e2127",
    raised="#252931",
    hover="#2e333d",
    neutral="#2c313b",
    line="#343a45",
    faint="#6b7383",
    scroll="#464d5a",
    veil="#e616181d",
    text="#e6e8ec",
    muted="#9aa2b0",
    accent="#6ea2ff",
    accent_hover="#8ab4ff",
    on_accent="#10131a",
    selection="#22345a",
    validation="#f0a04b",
    good="#4cc38a",
    bad="#ff7b72",
    warning="#d8a343",
    warning_ground="#352c1a",
    warning_line="#8a7136",
    bad_ground="#3a2222",
    bad_line="#92524d",
    linear="#5b8de0",
    convolution="#35b3c0",
    pooling="#8793a8",
    normalisation="#d0a055",
    activation="#45ab7a",
    regularisation="#b78be0",
    reshaping="#8a92a0",
    recurrent="#e07a9c",
    embedding="#a9bb55",
    attention="#e08a72",
    nesting="#93a4c0",
)


class Theme(QObject):
    """The colours in force. One for the whole program; panels ask it when they paint.

    Signals
    -------
    changed(Colours)
        Light became dark or the other way round; whatever was painted with fixed colours paints again.
    """

    changed = Signal(object)

    def __init__(self, app: QApplication, choice: str = "system") -> None:
        super().__init__(app)
        self._app = app
        self._choice = choice
        self.colours = LIGHT
        QApplication.setStyle("Fusion")
        app.setFont(_font())
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        self.choose(choice)

    def choose(self, choice: str) -> None:
        """Follow the ``system``, or stay ``light`` or ``dark``."""
        self._choice = choice
        system_is_dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        dark = choice == "dark" or (choice == "system" and system_is_dark)
        self.colours = DARK if dark else LIGHT
        self._app.setPalette(_palette(self.colours))
        self._app.setStyleSheet(_style_sheet(self.colours))
        self.changed.emit(self.colours)

    def _follow_system(self) -> None:
        self.choose(self._choice)


def _font() -> QFont:
    font = QFont(["Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans"])
    font.setPixelSize(13)
    return font


def _style_sheet(colours: Colours) -> str:
    template = Template(resource("style/window.qss").read_text(encoding="utf-8"))
    roles = {field.name: getattr(colours, field.name) for field in fields(colours)}
    shade = "dark" if colours is DARK else "light"
    return template.substitute(roles, images=resource("style").as_posix(), shade=shade)


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
