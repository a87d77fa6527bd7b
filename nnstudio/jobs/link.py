"""How jobs are asked for and heard from: over a pipe to the engine process, or inside the calling thread."""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
from abc import ABC, abstractmethod
from multiprocessing.connection import Connection

from nnstudio.jobs.child import serve
from nnstudio.jobs.runner import Bundle, Runner
from nnstudio.spec.errors import EngineLost
from nnstudio.spec.events import Command
from nnstudio.spec.requests import Request


class Link(ABC):
    """Asks for jobs and hears from them. `receive` blocks and belongs to one thread; the rest any thread may call."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def submit(self, request: Request) -> int:
        """Ask for a job; gives its number."""
        job = next(self._numbers)
        self._submit(job, request)
        return job

    @abstractmethod
    def _submit(self, job: int, request: Request) -> None: ...

    @abstractmethod
    def command(self, job: int, command: Command) -> None:
        """Say something to a job; it is acknowledged at the next batch boundary."""

    @abstractmethod
    def receive(self) -> Bundle | None:
        """Wait for the next bundle; None after `close`. Raises `EngineLost` when the engine ended without a word."""

    @abstractmethod
    def close(self) -> None:
        """Abandon what is under way; `receive` gives None soon after."""


class ThreadLink(Link):
    """Runs the jobs inside the thread that calls `receive`."""

    def __init__(self) -> None:
        super().__init__()
        self._runner = Runner()
        self._bundles = self._runner.bundles()
        self._closed = False

    def _submit(self, job: int, request: Request) -> None:
        self._runner.submit(job, request)

    def command(self, job: int, command: Command) -> None:
        self._runner.command(job, command)

    def receive(self) -> Bundle | None:
        if self._closed:
            self._bundles.close()  # here, not wherever it would be collected: its job belongs to this thread
            return None
        return next(self._bundles, None)

    def close(self) -> None:
        self._closed = True
        self._runner.abandon()


class ProcessLink(Link):
    """Runs the jobs in a child process that is started at once and ends when its pipe does."""

    def __init__(self) -> None:
        super().__init__()
        context = multiprocessing.get_context("spawn")
        self._pipe: Connection
        self._pipe, theirs = context.Pipe()
        self._closed = False
        self.process = context.Process(target=serve, args=(theirs,), name="nnstudio engine", daemon=True)
        self.process.start()
        theirs.close()

    def _submit(self, job: int, request: Request) -> None:
        self._send((job, request))

    def command(self, job: int, command: Command) -> None:
        self._send((job, command))

    def _send(self, message: object) -> None:
        with contextlib.suppress(OSError):  # a broken pipe: `receive` reports the loss
            self._pipe.send(message)

    def receive(self) -> Bundle | None:
        try:
            bundle: Bundle = self._pipe.recv()
        except (EOFError, OSError):
            if self._closed:
                return None
            self.process.join(1)
            raise self._lost() from None
        return bundle

    def _lost(self) -> EngineLost:
        return EngineLost(
            "The engine stopped unexpectedly.",
            "It crashed, or the system ended it, for example because memory ran out.",
            "A new engine has been started; train again to go on.",
            f"exit code {self.process.exitcode}",
        )

    def close(self) -> None:
        self._closed = True
        self.process.terminate()
        self.process.join(5)
