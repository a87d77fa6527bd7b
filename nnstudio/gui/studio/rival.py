"""A second run beside the one that is shown: the same experiment from scratch, to hold it against."""

from __future__ import annotations

from nnstudio.gui.studio.engines import Engines, JobHandle
from nnstudio.session.fine_tuning import is_tuned
from nnstudio.session.live import LiveRun
from nnstudio.session.notices import Notices
from nnstudio.session.transfer import from_scratch
from nnstudio.spec.events import Event, Failed, Stop
from nnstudio.spec.requests import TrainProject


class Rival:
    """Trains in the background; ``run`` follows it, and the run that it is held against stays as it is."""

    def __init__(self, engines: Engines, against: LiveRun, notices: Notices) -> None:
        self.run = LiveRun()
        self._engines, self._against, self._notices = engines, against, notices
        self._job: JobHandle | None = None
        against.changed.listen(self._follow)

    def _follow(self) -> None:
        """Another project was opened: there is nothing to be held against any more."""
        if self._against.project is None:
            self.stop()

    @property
    def can_start(self) -> bool:
        """Whether there is a fine-tuned run to be held against, and nothing trains now."""
        busy = self._against.status.is_busy or self.run.status.is_busy
        return not busy and self._against.finished is not None and is_tuned(self._against)

    def start(self, name: str) -> None:
        if not self.can_start or self._against.project is None:
            return
        project = from_scratch(self._against.project)
        self.run.start(project)
        self._job = self._engines.submit(TrainProject(project, name=f"{name} from scratch"), self._hear)

    @property
    def can_stop(self) -> bool:
        return self._job is not None and self.run.can_stop

    def stop(self) -> None:
        """End it at the next batch, with what was learned."""
        if self._job and self.can_stop:
            self._job.command(Stop())
            self.run.stopping()

    def _hear(self, events: list[Event]) -> None:
        self.run.receive(events)
        for event in events:
            if isinstance(event, Failed):
                self._notices.error(event.error)
