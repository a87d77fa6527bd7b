"""Colours by their role, light and dark: those of the window, and of whatever it writes to be looked at."""

from __future__ import annotations

from dataclasses import dataclass


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
    number: str
    """Numbers in code, that are words: `validation` is too light for those."""
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
    neutral="#ebedf1",
    line="#dfe2e7",
    faint="#7e8696",
    scroll="#cdd2da",
    veil="#e6f4f5f7",
    text="#1d2129",
    muted="#646b78",
    accent="#2563c9",
    accent_hover="#1f56b0",
    on_accent="#ffffff",
    selection="#e6edf9",
    validation="#cf6e0c",
    good="#187747",
    bad="#c0362c",
    warning="#8f5d10",
    warning_ground="#fff4de",
    warning_line="#e3bd68",
    bad_ground="#fdecea",
    bad_line="#e5a19a",
    number="#9d530a",
    linear="#4f84e0",
    convolution="#0f8f9c",
    pooling="#6b7789",
    normalisation="#b07b33",
    activation="#359669",
    regularisation="#a171ce",
    reshaping="#818690",
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
    faint="#788191",
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
    number="#f0a04b",
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


def contrast(first: str, second: str) -> float:
    """How well one colour can be told from another: from 1 (the same) to 21 (black on white), after WCAG 2.2."""
    low, high = sorted(map(_luminance, (first, second)))
    return (high + 0.05) / (low + 0.05)


def ink_on(ground: str, colours: Colours) -> str:
    """The colour for words on ``ground``: the one of the theme's that can be read best there."""
    return max((colours.on_accent, colours.text), key=lambda ink: contrast(ink, ground))


def _luminance(colour: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
