"""The thread that waits for the engine, so that the window never does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from nnstudio.spec.errors import StudioError, as_studio_error

if TYPE_CHECKING:  # a window must not wait for what starts the engine
    from nnstudio.jobs.link import Link


class Worker(QThread):
    """Pulls bundles of events from a link and forwards each as one queued signal.

    Signals
    -------
    heard(Bundle)
        What a job said within some thirty milliseconds.
    lost(StudioError)
        The engine ended; the thread ends too.
    """

    heard = Signal(object)
    lost = Signal(object)

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("engine worker")
        self.link = link

    def run(self) -> None:
        """Forward until the link is closed or the engine is lost."""
        try:
            while (bundle := self.link.receive()) is not None:
                self.heard.emit(bundle)
        except StudioError as error:
            self.lost.emit(error)
        except Exception as error:  # noqa: BLE001  # the boundary of the thread: nothing may die here unheard
            self.lost.emit(as_studio_error(error))

    def close(self) -> None:
        """Abandon what is under way and wait for the thread to end."""
        self.link.close()
        self.wait()


LinkMaker = Callable[[], "Link"]
