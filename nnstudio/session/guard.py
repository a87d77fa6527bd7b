"""What may not be written over while a project is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from nnstudio.session.document import Document
from nnstudio.spec.files import Needed, needed_by, spare_needed
from nnstudio.spec.requests import (
    ConvertWeights,
    ExportModel,
    ExportRows,
    PredictTable,
    Request,
    RunModel,
    SaveLayers,
    SaveModel,
    WriteCode,
)


class Guard:
    """Keeps the files that what is open lives on: its data, its weights, its own file and the model at hand."""

    def __init__(self, document: Document, model_file: Callable[[], str]) -> None:
        self._document, self._model_file = document, model_file

    def spare(self, out: Path, *, is_project: bool = False) -> None:
        """Raise `FileError` where ``out`` is one of them; with ``is_project`` it may be the project's own file."""
        open_file = None if is_project else self._document.state.path
        spare_needed(out, *self._needed(), *([Needed(open_file, "the project that is open")] if open_file else []))

    def check(self, request: Request) -> None:
        """The same for the files that a request writes, if it does."""
        for out in written_by(request):
            self.spare(Path(out))

    def _needed(self) -> Iterator[Needed]:
        yield from needed_by(self._document.project)
        if model := self._model_file():
            yield Needed(Path(model), "the model that is at hand")


def written_by(request: Request) -> tuple[str, ...]:
    """The files of the user's that a request writes."""
    match request:
        case (
            SaveModel(out=out) | SaveLayers(out=out) | ConvertWeights(out=out) | ExportRows(out=out) | RunModel(out=out)
        ):
            return (out,)
        case PredictTable(out=out):
            return (out,) if out else ()
        case ExportModel(outs=outs):
            return tuple(outs.values())
        case WriteCode(code):
            return (code.out,)
        case _:
            return ()
