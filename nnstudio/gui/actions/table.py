"""Everything that the window can be asked for, as one table: menus, toolbar, shortcuts and palette come from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from nnstudio.gui.actions import needs
from nnstudio.gui.actions.action import Action
from nnstudio.gui.actions.files import FILE
from nnstudio.gui.actions.ideas import IDEA_ACTIONS
from nnstudio.gui.actions.training import TRAINING
from nnstudio.gui.actions.transfer import TRANSFER
from nnstudio.gui.studio import Studio
from nnstudio.spec.networks.template import NetworkTemplate
from nnstudio.spec.networks.templates import NETWORK_TEMPLATES

ThemeChoice = Literal["system", "light", "dark"]


# when


def _has_data(studio: Studio) -> bool:
    return studio.state.project.data is not None


# rows that are alike


def _template(template: NetworkTemplate) -> Action:
    return Action(
        f"template.{template.key}",
        "Model/Use a template",
        template.title,
        lambda shell: shell.studio.use_template(template),
        template.explanation(),
        enabled=lambda studio: not studio.fitting.problem(template, studio.state),
        needs=lambda studio: studio.fitting.problem(template, studio.state),
    )


PANELS = ("Data", "Network", "Training", "Results")
RESULTS = {
    "Curves": "How loss and metrics go from epoch to epoch, while training and after it.",
    "Table": "The rows of the file, to be looked through, sorted and searched.",
    "Batches": "What the network is given: the tensors of one batch after the other, as an epoch hands them out.",
    "Evaluate": "How good the trained network is, and where it is wrong, on rows that you choose.",
    "Inspect": "One training step in slow motion: a row through every layer, its loss, gradients and new weights.",
    "Predict": "What the trained network says of a row, a picture, or a whole file.",
    "Runs": "All that was trained: to be compared, restored and exported.",
    "Search": "Trying many settings by itself: by grid, at random, or learning from trials.",
    "Diagram": "The network drawn from input to output.",
    "Code": "The network and its whole training as PyTorch code, live as you edit.",
    "Transfer": "Starting from weights that were trained on something else, step by step.",
}
"""The views of the results in the order of their tabs, and what each is for."""


def _panel(number: int, name: str) -> Action:
    return Action(
        f"panel.{name}",
        "View",
        f"{name} panel",
        lambda shell: shell.toggle_panel(name),
        f"Show or hide the {name.lower()} panel.",
        f"Ctrl+{number}",
        checked=lambda shell: shell.is_panel_shown(name),
    )


def _result(name: str) -> Action:
    return Action(
        f"result.{name}",
        "View/Results",
        f"Show {name.lower()}",
        lambda shell: shell.show_result(name),
        RESULTS[name],
    )


def _theme(choice: ThemeChoice, title: str) -> Action:
    return Action(
        f"theme.{choice}",
        "View/Theme",
        title,
        lambda shell: shell.studio.prefer(replace(shell.studio.preferences, theme=choice)),
        "Colours of the window.",
        checked=lambda shell: shell.studio.preferences.theme == choice,
    )


# the table

EDIT = (
    Action(
        "undo", "Edit", "Undo", lambda s: s.studio.document.undo(), "Take the last edit back.", "Ctrl+Z",
        "arrow-counter-clockwise", lambda studio: bool(studio.document.undo_name),
        says=lambda studio: f"Undo {_within(studio.document.undo_name)}".strip(),
        needs="No edit is left to take back.",
    ),
    Action(
        "redo", "Edit", "Redo", lambda s: s.studio.document.redo(), "Make the edit again.", "Ctrl+Shift+Z",
        "arrow-clockwise", lambda studio: bool(studio.document.redo_name),
        says=lambda studio: f"Redo {_within(studio.document.redo_name)}".strip(),
        needs="No edit was taken back.",
    ),
    Action(
        "paste", "Edit", "Paste data", lambda s: s.files.paste(),
        "Open the table, or the file, that lies on the clipboard.", "Ctrl+V", separated=True,
    ),
    Action(
        "preferences", "Edit", "Preferences…", lambda s: s.show_preferences(),
        "Colours, size, threads, folders, and what is kept.", "Ctrl+,", separated=True,
    ),
)  # fmt: skip
DATA = (
    Action(
        "change_reading", "Data", "Change how the file is read…", lambda s: s.change_reading(),
        "Delimiter, encoding, sheet, size of the pictures: see at once what each does.", enabled=_has_data,
        needs=needs.DATA,
    ),
    Action(
        "read_again", "Data", "Read the file again", lambda s: s.studio.read_again(),
        "Look at the file as it is now.", enabled=_has_data,
        needs=needs.DATA,
    ),
    Action(
        "locate", "Data", "Locate the file…", lambda s: s.files.locate(),
        "Say where the file of the project lies now.", enabled=_has_data,
        needs=needs.DATA,
    ),
    Action(
        "show_encoded", "Data", "What the network sees…", lambda s: s.show_encoded(),
        "The encoded tensor, number by number.", separated=True,
        enabled=lambda studio: bool(studio.state.facts and studio.state.facts.features),
        needs="Data with at least one column to learn from come first.",
    ),
    Action(
        "export_rows", "Data", "Export rows with their part…", lambda s: s.files.export_rows(),
        "Write every row as CSV, with the part of the split that it belongs to.",
        enabled=lambda studio: studio.state.facts is not None,
        needs=needs.READ_DATA,
    ),
)  # fmt: skip
MODEL = (
    Action(
        "suggest", "Model", "Suggest a network", lambda s: s.studio.suggest_network(),
        "Replace the stack by one that fits the data.", enabled=lambda studio: studio.state.facts is not None,
        needs=needs.READ_DATA,
    ),
    *map(_template, NETWORK_TEMPLATES),
    Action(
        "start_trained", "Model", "Start from trained weights", lambda s: s.studio.start_from_last_run(),
        "Let the next run go on from the best weights of the last one.",
        enabled=lambda studio: studio.run.finished is not None, separated=True,
        needs="Needs a run that has ended, with this project.",
    ),
    Action(
        "start_fresh", "Model", "Start fresh", lambda s: s.studio.start_fresh(),
        "Let the next run start from random weights.",
        enabled=lambda studio: bool(studio.state.project.model.starts),
        needs="Training starts fresh already.",
    ),
    Action(
        "load_weights", "Model", "Load weights…", lambda s: s.transfer.choose_weights(),
        "Let the next run start from a weights file, with the network that it may carry.",
    ),
    *TRANSFER,
)  # fmt: skip
VIEW = (
    *(_panel(number, name) for number, name in enumerate(PANELS, start=1)),
    *map(_result, RESULTS),
    Action("reset_layout", "View", "Reset layout", lambda s: s.reset_layout(), "Put every panel back to its place."),
    Action(
        "notices", "View", "Notices", lambda s: s.toggle_notices(), "Show or hide what happened.", "Ctrl+J",
        separated=True,
    ),
    _theme("system", "Follow the system"),
    _theme("light", "Light"),
    _theme("dark", "Dark"),
    Action(
        "palette", "View", "Search actions…", lambda s: s.show_palette(), "Find any action by its name.",
        "Ctrl+Shift+P", "magnifying-glass", separated=True,
    ),
)  # fmt: skip
HELP = (
    Action(
        "welcome", "Help", "Welcome", lambda s: s.show_welcome(), "Samples, templates and recent files to begin with."
    ),
    *IDEA_ACTIONS,
    Action(
        "shortcuts", "Help", "Keyboard shortcuts", lambda s: s.show_shortcuts(), "Every shortcut on one sheet.", "F1"
    ),
    Action(
        "explain",
        "Help",
        "Explain this field",
        lambda s: s.explain(),
        "Say what the field or button is for that has the keyboard.",
        "Shift+F1",
    ),
    Action("about", "Help", "About nnstudio", lambda s: s.show_about(), "Version and diagnostics to copy."),
)
ACTIONS: tuple[Action, ...] = (*FILE, *EDIT, *DATA, *MODEL, *TRAINING, *VIEW, *HELP)


def _within(name: str) -> str:
    """The name of an edit inside a sentence: ``Add layer`` becomes ``add layer``, ``ReLU`` stays."""
    first, _, rest = name.partition(" ")
    return f"{first.lower()} {rest}".strip() if first[1:].islower() else name
