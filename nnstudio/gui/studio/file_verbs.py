"""What is done with files: open whatever it is, look again where data lie, save and export."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from nnstudio.gui.studio.engines import Engines, JobHandle, Receive
from nnstudio.gui.studio.hearing import hearing
from nnstudio.gui.studio.opener import Opener
from nnstudio.gui.studio.reader import ReadingNow, SourceReader
from nnstudio.session import edits
from nnstudio.session.document import Document, State
from nnstudio.session.guard import Guard
from nnstudio.session.listeners import Listeners
from nnstudio.session.notices import Notices
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import Event, Saved
from nnstudio.spec.files import save_project, write_atomically
from nnstudio.spec.networks.template import NetworkTemplate
from nnstudio.spec.parts import Part
from nnstudio.spec.project import Project
from nnstudio.spec.requests import ExportModel, ExportRows, SaveModel
from nnstudio.spec.sources import Source
from nnstudio.spec.splits import Split


class FileVerbs:
    """The verbs of a `nnstudio.gui.studio.Studio` that have to do with files.

    ``reading(now)`` is told when a file is being read, and None once it is over.
    """

    document: Document
    engines: Engines
    guard: Guard
    notices: Notices
    _opener: Opener
    _reader: SourceReader

    @property
    def state(self) -> State:
        return self.document.state

    @property
    def reading(self) -> Listeners[[ReadingNow | None]]:
        return self._reader.changed

    @property
    def reading_now(self) -> ReadingNow | None:
        """The file that is being read, if there is one."""
        return self._reader.now

    @property
    def model_file(self) -> str:
        """The file with the weights that are at hand; empty where there are none."""
        raise NotImplementedError

    def _remember(self, path: Path) -> None:
        """Offer ``path`` among the files that were open before."""
        raise NotImplementedError

    # opening

    def open_path(self, path: Path, split: Split | None = None) -> None:
        """Open whatever ``path`` is: a project, a model, a folder of pictures or a table, dealt out by ``split``."""
        self._opener.open_path(path.absolute(), split)

    def new_project(self) -> None:
        """Begin with nothing."""
        self._opener.open(Project(), None)

    def open_for(self, path: Path, template: NetworkTemplate) -> None:
        """Begin with the data at ``path``, and with the network that ``template`` makes for them."""
        self._opener.open_for(path.absolute(), template)

    def open_unsaved(self, project: Project) -> None:
        """Begin with a project that lies in no file."""
        self._opener.open(project, None)

    def open_project(self, path: Path) -> None:
        """Open a project file; what was open stays where the file cannot be read."""
        self._opener.open_project(path)

    def open_source(self, source: Source) -> None:
        """Read a table or a folder of pictures in a stated way, and make it the data of the project."""
        self._opener.open_source(source)

    def read_otherwise(self, source: Source) -> None:
        """Read the file of the project in another way; columns that keep their names keep what they are for."""
        self._opener.read_otherwise(source)

    def read_again(self) -> None:
        """Try once more to read the file of the project."""
        self._opener.read_again()

    def cancel_reading(self) -> None:
        """Give up the file that is being read."""
        self._reader.cancel()

    def locate(self, path: Path) -> None:
        """The file of the project lies at ``path`` now."""
        self._opener.locate(path.absolute())

    def accept_file(self) -> None:
        """Go on with the file of the project although it is not the one that the project was made for."""
        self._opener.accept_file()

    def paste_data(self, text: str) -> None:
        """Keep ``text`` as a file and open it as a table."""
        self._opener.paste_data(text)

    def open_model(self, path: Path) -> None:
        """Open a weights file: its project if it carries one, else its tensors for the network that is open."""
        self._opener.open_model(path)

    def build_network(self, path: Path | None = None) -> None:
        """Build the network of a weights file: of that at ``path``, or of the one that was opened last."""
        if chosen := path or (Path(self.state.offered.path) if self.state.offered else None):
            self._opener.open_model(chosen, build=True)

    # writing

    def save(self, path: Path) -> bool:
        """Write the project to ``path``; says whether it did."""
        try:
            self.guard.spare(path, is_project=True)
            save_project(self.state.project, path)
        except (StudioError, OSError) as error:
            self.notices.error(error)
            return False
        self.document.mark_saved(path)
        self._remember(path)
        return True

    def save_file(self, what: str, path: Path, write: Callable[[Path], object]) -> None:
        """Let ``write`` make a file that takes the place of ``path`` when it is whole; a notice says how it went."""
        try:
            self.guard.spare(path)
            write_atomically(path, write)
        except (StudioError, OSError) as error:
            self.notices.error(error)
        else:
            self._tell_saved(what, str(path))

    def save_model(self, path: Path, state_dict_only: bool = False) -> None:
        """Write the best weights of the last run (or those that were opened) to ``path``."""
        request = SaveModel(self.model_file, str(path), state_dict_only)
        self.engines.submit(request, self._hearing_saved("The model was"))

    def export(self, model: str, outs: Mapping[str, str], receive: Callable[[list[Event]], None]) -> JobHandle:
        """Write the model file ``model`` in other forms, each to its path; ``receive`` hears how that goes."""
        return self.engines.submit(ExportModel(model, outs), receive)

    def export_rows(self, out: Path, part: Part | Literal[""] = "") -> None:
        """Write the rows of one part, or all of them with their part beside them, as CSV."""
        request = ExportRows(edits.data_of(self.state.project), str(out), part)
        self.engines.submit(request, self._hearing_saved("The rows were"))

    def _hearing_saved(self, what: str) -> Receive:
        """Tells that ``what`` was saved where, or why not."""
        return hearing(Saved, lambda saved: self._tell_saved(what, saved.path), self.notices.error)

    def _tell_saved(self, what: str, path: str) -> None:
        self.notices.info(f"{what} saved as “{Path(path).name}”.", path)
