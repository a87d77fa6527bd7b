"""Questions before something would be lost."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QMessageBox, QWidget

from nnstudio.gui.panel import set_property

Answer = Literal["save", "discard", "cancel"]
Buttons = QMessageBox.StandardButton


def ask_unsaved(parent: QWidget, name: str) -> Answer:
    """Whether to save the project ``name`` before it is closed."""
    box = QMessageBox(QMessageBox.Icon.Question, "nnstudio", f"Save the changes to “{name}”?", parent=parent)
    box.setInformativeText("They are lost if you do not save them.")
    box.setStandardButtons(Buttons.Save | Buttons.Discard | Buttons.Cancel)
    box.button(Buttons.Discard).setText("Don’t save")
    set_property(box.button(Buttons.Save), "role", "primary")
    box.setDefaultButton(Buttons.Save)
    answers: dict[int, Answer] = {Buttons.Save.value: "save", Buttons.Discard.value: "discard"}
    return answers.get(box.exec(), "cancel")


def ask_end_run(parent: QWidget, waiting: int = 0) -> bool:
    """Whether to close the window although a run is under way, and others wait for it."""
    others = f", and {waiting} more wait{'s' if waiting == 1 else ''}" if waiting else ""
    what = f"A run is under way{others}. End it and close?"
    kept = " What waits is offered at the next start." if waiting else ""
    later = "It can go on from its last checkpoint at the next start."
    about = f"{later} To have what it has learned now, cancel and press Stop and keep.{kept}"
    return _ask_end(parent, what, about)


def ask_end_search(parent: QWidget) -> bool:
    """Whether to close the window although a search is under way."""
    return _ask_end(
        parent,
        "A search is under way. End it and close?",
        "The trials that are done are kept, and the search can go on another time; those under way begin anew.",
    )


def _ask_end(parent: QWidget, what: str, about: str) -> bool:
    box = QMessageBox(QMessageBox.Icon.Warning, "nnstudio", what, parent=parent)
    box.setInformativeText(about)
    end = box.addButton("End and close", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(Buttons.Cancel)
    box.setDefaultButton(Buttons.Cancel)
    box.exec()
    return box.clickedButton() is end
