"""A shell that records what actions ask of it."""

from __future__ import annotations

from pathlib import Path

from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.transferring import Page
from nnstudio.session.ideas import Idea
from nnstudio.spec.networks.template import NetworkTemplate


class RecordingFiles:
    """What asks for files, without asking."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def new(self) -> None:
        self.asked.append("new")

    def open(self) -> None:
        self.asked.append("open")

    def open_folder(self) -> None:
        self.asked.append("open_folder")

    def open_path(self, path: Path) -> None:
        self.asked.append(path)

    def open_for(self, template: NetworkTemplate) -> None:
        self.asked.append(template)

    def save(self) -> bool:
        self.asked.append("save")
        return True

    def save_as(self) -> bool:
        self.asked.append("save_as")
        return True

    def save_model(self, state_dict_only: bool = False) -> None:
        self.asked.append("save_state_dict" if state_dict_only else "save_model")

    def save_code(self) -> None:
        self.asked.append("save_code")

    def export(self) -> None:
        self.asked.append("export")

    def paste(self) -> None:
        self.asked.append("paste")

    def locate(self) -> None:
        self.asked.append("locate")

    def export_rows(self) -> None:
        self.asked.append("export_rows")


class RecordingTransfers:
    """What asks for the file, the number or the pattern of transfer learning, without asking."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def choose_weights(self) -> None:
        self.asked.append("choose_weights")

    def replace_head(self) -> None:
        self.asked.append("replace_head")

    def freeze_by_pattern(self) -> None:
        self.asked.append("freeze_pattern")

    def save_layers(self) -> None:
        self.asked.append("save_layers")

    def insert_layers(self) -> None:
        self.asked.append("insert_layers")


class RecordingShell:
    """The window around the panels, without a window."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.files, self.transfer = RecordingFiles(), RecordingTransfers()
        self.asked: list[str] = []
        self.hidden: set[str] = set()

    def show_transfer(self, page: Page) -> None:
        self.asked.append(page)

    def is_panel_shown(self, name: str) -> bool:
        return name not in self.hidden

    def toggle_panel(self, name: str) -> None:
        self.hidden ^= {name}

    def show_run(self) -> None:
        """Of a recording, there is nothing to see."""

    def show_result(self, name: str) -> None:
        self.asked.append(f"show {name}")

    def show_idea(self, idea: Idea) -> None:
        self.asked.append(f"show idea {idea.key}")

    def reset_layout(self) -> None:
        self.asked.append("reset_layout")

    def toggle_notices(self) -> None:
        self.asked.append("toggle_notices")

    def change_reading(self) -> None:
        self.asked.append("change_reading")

    def export_diagram(self) -> None:
        self.asked.append("export_diagram")

    def show_encoded(self) -> None:
        self.asked.append("show_encoded")

    def fit_batch(self) -> None:
        self.asked.append("fit_batch")

    def train_longer(self) -> None:
        self.asked.append("train_longer")

    def try_rates(self) -> None:
        self.asked.append("try_rates")

    def search_field(self) -> None:
        self.asked.append("search_field")

    def show_palette(self) -> None:
        self.asked.append("show_palette")

    def show_preferences(self) -> None:
        self.asked.append("show_preferences")

    def show_welcome(self) -> None:
        self.asked.append("show_welcome")

    def show_shortcuts(self) -> None:
        self.asked.append("show_shortcuts")

    def explain(self) -> None:
        self.asked.append("explain")

    def show_about(self) -> None:
        self.asked.append("show_about")

    def quit(self) -> None:
        self.asked.append("quit")
