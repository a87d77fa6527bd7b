"""What the window can be asked for about files: rows of the table of actions."""

from __future__ import annotations

from pathlib import Path

from nnstudio.gui.actions import needs
from nnstudio.gui.actions.action import Action
from nnstudio.gui.studio import Studio
from nnstudio.resources import resource
from nnstudio.session.preferences import MOST_RECENT
from nnstudio.spec.exports import EXPORTS
from nnstudio.spec.files import SUFFIX


def _is_idle(studio: Studio) -> bool:
    return not studio.run.status.is_busy


def _has_weights(studio: Studio) -> bool:
    return bool(studio.model_file) and _is_idle(studio)


def _is_unsaved(studio: Studio) -> bool:
    state = studio.state
    return not state.is_saved or (state.path is None and state.project.data is not None)


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


FILE = (
    Action(
        "new", "File", "New", lambda s: s.files.new(), "Begin with nothing.", "Ctrl+N", enabled=_is_idle,
        needs=needs.IDLE,
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
        needs=needs.TRAINED,
    ),
    Action(
        "save_state_dict", "File", "Save state_dict…", lambda s: s.files.save_model(state_dict_only=True),
        "Save the best weights alone, as PyTorch’s load_state_dict takes them.", enabled=_has_weights,
        needs=needs.TRAINED,
    ),
    Action(
        "save_code", "File", "Save code…", lambda s: s.files.save_code(),
        "Save the network as PyTorch code that makes it with the same weights.",
        enabled=lambda studio: studio.state.walked is not None, separated=True,
        needs=needs.FITTING_LAYERS,
    ),
    Action(
        "export", "File", "Export…", lambda s: s.files.export(),
        f"Write the trained model for use elsewhere: {', '.join(kind.title for kind in EXPORTS.values())}.",
        "Ctrl+Shift+E", enabled=_has_weights,
        needs=needs.TRAINED,
    ),
    Action(
        "export_diagram", "File", "Export diagram…", lambda s: s.export_diagram(),
        "Write the drawn network as SVG or PNG.", enabled=lambda studio: studio.state.walked is not None,
        needs=needs.FITTING_LAYERS,
    ),
    Action("quit", "File", "Quit", lambda s: s.quit(), "Close the window.", "Ctrl+Q", separated=True),
)  # fmt: skip
