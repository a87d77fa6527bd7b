"""What a click asks for: verbs over the document, the live run and the engines. They know no widget.

`Studio` holds them all. May import ``jobs`` (which know how to speak to the engine process), ``runs``, ``session`` and
``spec``, and of ``gui`` nothing; of Qt what has threads and timers, and nothing that is painted.
"""

from nnstudio.gui.studio.studio import Studio

__all__ = ["Studio"]
