"""The engine process: reads requests and commands from a pipe, runs the jobs, and sends back what they say."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import Connection

from nnstudio.jobs.runner import Runner
from nnstudio.spec.events import Command


def serve(pipe: Connection) -> None:
    """Run jobs until the pipe ends: the window went, whatever the reason."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is for the window; it closes the pipe
    multiprocessing.current_process().daemon = False  # else it may have no helpers; it ends with its pipe all the same
    runner = Runner()
    threading.Thread(target=_listen, args=(pipe, runner), name="engine pipe", daemon=True).start()
    for bundle in runner.bundles():
        try:
            pipe.send(bundle)
        except OSError:
            break


def _listen(pipe: Connection, runner: Runner) -> None:
    while True:
        try:
            job, message = pipe.recv()
        except (EOFError, OSError):
            os._exit(0)  # nobody is left to hear; a kernel that is under way must not keep the process alive
        if isinstance(message, Command):
            runner.command(job, message)
        else:
            runner.submit(job, message)
