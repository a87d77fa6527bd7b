"""The window: Qt, its panels, and the thread that hears from the engine.

May import every room but ``cli``, and of the rooms below only what knows no torch. Views render and ask; they
never decide.
"""
