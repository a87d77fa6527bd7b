"""What the models of tables and lists have in common."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
"""The parent of what has none: Qt's methods take it where they are told no other, and nobody changes it."""
MISSING = "missing"
"""What stands in a cell that is empty."""
