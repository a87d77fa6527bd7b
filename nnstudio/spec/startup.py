"""Words of the command line that choose what starts, before anything else is loaded."""

from __future__ import annotations

NEW_WINDOW = "--new-window"
"""Opens a window of its own, whatever is open already."""
TRY_DISPLAY = "--try-display"
"""As the only word it opens a window for nobody, in a process of its own, which may abort: the doctor asks for it."""
