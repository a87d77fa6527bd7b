"""The stack of layers: rows that can be dragged, locked and edited, and the settings of the chosen one.

`panel.NetworkPanel` is what the window uses. May import ``spec``, ``session`` and the shared parts of ``gui``.
"""
