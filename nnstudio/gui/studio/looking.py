"""The verbs that only look: at the head of a file, at encoded examples, at weights, at a step, at a split."""

from __future__ import annotations

from collections.abc import Callable

from nnstudio.gui.studio.engines import Engines, JobHandle
from nnstudio.gui.studio.hearing import either
from nnstudio.session import edits
from nnstudio.session.document import Document
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import ExamplesShown, PartsListed, Previewed, StepWatched, WeightsShown
from nnstudio.spec.facts import Preview, SeenTensor, ShownExamples
from nnstudio.spec.parts import Part
from nnstudio.spec.requests import ListParts, PreviewSource, ShowExamples, ShowWeights, WatchStep
from nnstudio.spec.sources import Source
from nnstudio.spec.watched import WatchedStep


class Looking:
    """Asks the engine; ``receive`` gets the answer, or why there is none."""

    def __init__(self, document: Document, engines: Engines) -> None:
        self._document, self._engines = document, engines

    def preview(self, source: Source, detect: bool, receive: Callable[[Preview | StudioError], None]) -> JobHandle:
        """Read the first rows of ``source``; with ``detect`` its options are found out anew."""
        return self._engines.submit(PreviewSource(source, detect), either(Previewed, lambda it: it.preview, receive))

    def show_examples(
        self,
        receive: Callable[[ShownExamples | StudioError], None],
        part: Part = "train",
        start: int = 0,
        count: int = 32,
        epoch: int = 0,
    ) -> JobHandle:
        """Encode some examples of the project's data, as an epoch hands them out or (0) as they lie in the file."""
        project = self._document.project
        training = project.training
        request = ShowExamples(
            edits.data_of(project), part, start, count, epoch, training.seed, training.loss.standardises
        )
        return self._engines.submit(request, either(ExamplesShown, lambda it: it.examples, receive))

    def show_weights(
        self, request: ShowWeights, receive: Callable[[tuple[SeenTensor, ...] | StudioError], None]
    ) -> JobHandle:
        """Look at the weights of a layer."""
        return self._engines.submit(request, either(WeightsShown, lambda it: it.tensors, receive))

    def watch_step(self, request: WatchStep, receive: Callable[[WatchedStep | StudioError], None]) -> JobHandle:
        """Make some steps of training, and look at the one behind them."""
        return self._engines.submit(request, either(StepWatched, lambda it: it.watched, receive))

    def list_parts(self, receive: Callable[[str | StudioError], None]) -> JobHandle:
        """Find out which row is for what; ``receive`` gets the path of an Arrow file with one column ``part``."""
        request = ListParts(edits.data_of(self._document.project))
        return self._engines.submit(request, either(PartsListed, lambda it: it.path, receive))
