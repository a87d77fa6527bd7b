"""Asks for the newest of many wishes only: typing a number asks the engine once, and late answers are dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer

from nnstudio.gui.studio.engines import JobHandle
from nnstudio.spec.events import Stop

QUIET_MILLISECONDS = 150
"""So long nothing new must be wished for before the engine is asked."""

T = TypeVar("T")
Ask = Callable[[Callable[[T], None]], JobHandle]
"""Asks the engine for something; the function that it is given gets the answer."""


class Latest(Generic[T]):
    """Waits for a moment of quiet before it asks; whoever asks again takes the question before back."""

    def __init__(self, parent: QObject) -> None:
        self._timer = QTimer(parent, singleShot=True, interval=QUIET_MILLISECONDS)
        self._timer.timeout.connect(self._go)
        self._wish: tuple[Ask[T], Callable[[T], None]] | None = None
        self._job: JobHandle | None = None
        self._number = 0

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is still to come."""
        return self._wish is not None or self._job is not None

    def ask(self, ask: Ask[T], receive: Callable[[T], None], at_once: bool = False) -> None:
        """Wish for something; ``receive`` gets the answer, unless another wish comes before it."""
        self.forget()
        self._wish = ask, receive
        if at_once:
            self._go()
        else:
            self._timer.start()

    def forget(self) -> None:
        """Wish for nothing any more: what is under way is stopped, and its answer dropped."""
        self._timer.stop()
        self._wish = None
        self._number += 1
        if self._job:
            self._job.command(Stop())
            self._job = None

    def _go(self) -> None:
        if self._wish is None:
            return
        (ask, receive), self._wish = self._wish, None
        number = self._number

        def hear(answer: T) -> None:
            if number == self._number:
                self._job = None
                receive(answer)

        self._job = ask(hear)


class Newest(Generic[T]):
    """Asks at once, but one question at a time: of what is wished for meanwhile only the newest is asked."""

    def __init__(self) -> None:
        self._waiting: tuple[Ask[T], Callable[[T], None]] | None = None
        self._is_asking = False
        self._number = 0

    def ask(self, ask: Ask[T], receive: Callable[[T], None]) -> None:
        """Wish for something; ``receive`` gets the answer, unless `forget` or a newer wish comes before it is asked."""
        self._waiting = ask, receive
        self._go()

    def forget(self) -> None:
        """Wish for nothing any more; an answer that is under way is dropped."""
        self._waiting, self._is_asking = None, False
        self._number += 1

    def _go(self) -> None:
        if self._is_asking or self._waiting is None:
            return
        (ask, receive), self._waiting = self._waiting, None
        self._is_asking, number = True, self._number

        def hear(answer: T) -> None:
            if number == self._number:
                self._is_asking = False
                receive(answer)
                self._go()

        ask(hear)
