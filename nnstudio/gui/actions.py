"""Everything that the window can be asked for, as one table: menus, toolbar, shortcuts and palette come from it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

from nnstudio.gui.action import Action
from nnstudio.gui.idea_actions import IDEA_ACTIONS
from nnstudio.gui.studio import Studio
from nnstudio.gui.training_actions import TRAINING
from nnstudio.gui.transfer_actions import TRANSFER
from nnstudio.resources import resource
from nnstudio.session.preferences import MOST_RECENT
from nnstudio.spec.exports import EXPORTS
from nnstudio.spec.files import SUFFIX
from nnstudio.spec.networks.template import NetworkTemplate
from nnstudio.spec.networks.templates import NETWORK_TEMPLATES

ThemeChoice = Literal["system", "light", "dark"]


# when


def _is_idle(studio: Studio) -> bool:
    return not studio.run.status.is_busy


def _has_weights(studio: Studio) -> bool:
    return bool(studio.model_file) and _is_idle(studio)


def _is_unsaved(studio: Studio) -> bool:
    state = studio.state
    return not state.is_saved or (state.path is None and state.project.data is not None)


def _has_data(studio: Studio) -> bool:
    return studio.state.project.data is not None


# why not

IDLE = "A run is under way; stop it first."
TRAINED = "Needs a trained network, and no run under way."
WORKS = "Needs a network whose layers fit one another."
DATA_FIRST = "Data come first: open a table or a folder."
READ_FIRST = "Data that could be read come first."


# rows that are alike


def _sample(path: Path) -> Action:
    name = path.stem if path.suffix == SUFFIX else f"{path.name} (a folder)" if path.is_dir() else path.name
    help_ = f"Open {path.name} from the samples that come with nnstudio."
    return Action(f"sample.{path.name}", "File/Open sample", name, lambda shell: shell.files.open_path(path), help_)


def sample_files() -> tuple[Path, ...]:
    """The sample projects, and the tables and picture folders that no project is about."""
    folder = resource("samples")
    projects = sorted(folder.glob(f"*{SUFFIX}"))
    tables = [path for path in sorted(folder.glob("*.csv")) if path.with_suffix(SUFFIX) not in projects]
    pictures = sorted(path for path in folder.iterdir() if path.is_dir())
    return (*projects, *tables, *pictures)


def _recent(index: int) -> Action:
    def path(studio: Studio) -> str:
        recent = studio.preferences.recent
        return recent[index] if index < len(recent) else ""

    return Action(
        f"recent.{index}",
        "File/Open recent",
        "Recent file",
        lambda shell: shell.files.open_path(Path(path(shell.studio))),
        "Open a file that was open before.",
        says=lambda studio: Path(path(studio)).name,
        shown=lambda studio: bool(path(studio)),
    )


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

FILE = (
    Action(
        "new", "File", "New", lambda s: s.files.new(), "Begin with nothing.", "Ctrl+N", enabled=_is_idle, needs=IDLE,
    ),
    Action("open", "File", "Open…", lambda s: s.files.open(), "Open a table, a project or a model.", "Ctrl+O"),
    Action(
        "open_folder", "File", "Open a folder of pictures…", lambda s: s.files.open_folder(),
        "Open an image folder, with one subfolder of pictures for each class.", "Ctrl+Shift+O",
    ),
    *map(_sample, sample_files()),
    *map(_recent, range(MOST_RECENT)),
    Action(
        "forget_recent", "File/Open recent", "Clear this list",
        lambda s: s.studio.prefer(s.studio.preferences.without_recent()),
        "Forget which files were open before; the files stay.",
        enabled=lambda studio: bool(studio.preferences.recent), separated=True,
        needs="No file was open before.",
    ),
    Action(
        "save", "File", "Save", lambda s: s.files.save(), "Save the project: data, network and settings.", "Ctrl+S",
        enabled=_is_unsaved, separated=True,
        needs="Everything is saved.",
    ),
    Action("save_as", "File", "Save as…", lambda s: s.files.save_as(), "Save under another name.", "Ctrl+Shift+S"),
    Action(
        "save_model", "File", "Save model…", lambda s: s.files.save_model(),
        "Save the best weights, with all that is needed to predict.", "Ctrl+E", enabled=_has_weights, separated=True,
        needs=TRAINED,
    ),
    Action(
        "save_state_dict", "File", "Save state_dict…", lambda s: s.files.save_model(state_dict_only=True),
        "Save the best weights alone, as PyTorch’s load_state_dict takes them.", enabled=_has_weights,
        needs=TRAINED,
    ),
    Action(
        "save_code", "File", "Save code…", lambda s: s.files.save_code(),
        "Save the network as PyTorch code that makes it with the same weights.",
        enabled=lambda studio: studio.state.walked is not None, separated=True,
        needs=WORKS,
    ),
    Action(
        "export", "File", "Export…", lambda s: s.files.export(),
        f"Write the trained model for use elsewhere: {', '.join(kind.title for kind in EXPORTS.values())}.",
        "Ctrl+Shift+E", enabled=_has_weights,
        needs=TRAINED,
    ),
    Action(
        "export_diagram", "File", "Export diagram…", lambda s: s.files.export_diagram(),
        "Write the drawn network as SVG or PNG.", enabled=lambda studio: studio.state.walked is not None,
        needs=WORKS,
    ),
    Action("quit", "File", "Quit", lambda s: s.quit(), "Close the window.", "Ctrl+Q", separated=True),
)  # fmt: skip
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
        needs=DATA_FIRST,
    ),
    Action(
        "read_again", "Data", "Read the file again", lambda s: s.studio.read_again(),
        "Look at the file as it is now.", enabled=_has_data,
        needs=DATA_FIRST,
    ),
    Action(
        "locate", "Data", "Locate the file…", lambda s: s.files.locate(),
        "Say where the file of the project lies now.", enabled=_has_data,
        needs=DATA_FIRST,
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
        needs=READ_FIRST,
    ),
)  # fmt: skip
MODEL = (
    Action(
        "suggest", "Model", "Suggest a network", lambda s: s.studio.suggest_network(),
        "Replace the stack by one that fits the data.", enabled=lambda studio: studio.state.facts is not None,
        needs=READ_FIRST,
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
