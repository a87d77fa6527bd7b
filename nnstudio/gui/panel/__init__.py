"""The quiet surface that every panel stands on, and the few widgets that panels share.

Colours come from the style sheet by dynamic properties (``role``, ``level``), so that nothing here names one.
"""

from nnstudio.gui.panel.cards import Card, CardRow, Figure
from nnstudio.gui.panel.choice import Choice
from nnstudio.gui.panel.labels import ElidedLabel, Note, Still
from nnstudio.gui.panel.offers import Banner, Button, ButtonRole, EmptyState, Level
from nnstudio.gui.panel.pages import Pages
from nnstudio.gui.panel.progress import ProgressLine
from nnstudio.gui.panel.rows import ButtonRow
from nnstudio.gui.panel.style import MARGIN, set_property
from nnstudio.gui.panel.surface import PageScroll, Panel, PanelBody, PanelHeader, VerticalScroll
from nnstudio.gui.panel.tips import literal_tip, plain_tip

__all__ = [
    "MARGIN",
    "Banner",
    "Button",
    "ButtonRole",
    "ButtonRow",
    "Card",
    "CardRow",
    "Choice",
    "ElidedLabel",
    "EmptyState",
    "Figure",
    "Level",
    "Note",
    "PageScroll",
    "Pages",
    "Panel",
    "PanelBody",
    "PanelHeader",
    "ProgressLine",
    "Still",
    "VerticalScroll",
    "literal_tip",
    "plain_tip",
    "set_property",
]
