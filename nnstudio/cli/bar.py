"""Progress bars: on standard error, and only where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TaskProgressColumn, TextColumn

from nnstudio.session.sentences import duration
from nnstudio.spec.events import Evaluating, Event, Exporting, Reading


class Bar:
    """A progress bar of these columns on standard error; nothing where that is not a terminal."""

    def __init__(self, *columns: ProgressColumn, transient: bool = False) -> None:
        hidden = sys.stderr is None or not sys.stderr.isatty()  # whatever else the environment says of colours
        self._bar = Progress(*columns, console=Console(stderr=True), disable=hidden, transient=transient)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


class WaitingBar(Bar):
    """What a job that answers once is about meanwhile: shown when it tells of that, and gone when it has answered."""

    def __init__(self) -> None:
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[left]}"),
        )
        super().__init__(*columns, transient=True)
        self._task = self._bar.add_task("", total=None, left="")

    def __enter__(self) -> Self:
        return self

    def show(self, event: Event) -> None:
        """Render what was told of it; anything else says nothing of how far it is."""
        match event:
            case Reading(done, total, _, left):
                self._render("Reading", done, total, f"{duration(left)} left")
            case Evaluating(done, total):
                self._render("Evaluating", done, total)
            case Exporting(_, doing):
                self._render(f"{doing}…", 0, None)

    def _render(self, about: str, done: int, total: int | None, left: str = "") -> None:
        self._bar.start()
        self._bar.update(self._task, description=about, completed=done, total=total, left=left)


def followed(events: Iterator[Event]) -> Generator[Event]:
    """Give ``events``, and show meanwhile what they tell of how far it is."""
    with WaitingBar() as bar:
        for event in events:
            bar.show(event)
            yield event
