"""Many picture files are decoded on all cores, in their order, within a bounded amount of memory."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from nnstudio.data.pictures.decode import Decoded, Room, UnreadablePicture, decode_picture, quietly
from nnstudio.data.pictures.picture_files import Picture
from nnstudio.spec.sources import PictureSource

MOST_THREADS = 8
"""Pillow lets go of the interpreter only while it decodes and resizes; more threads would queue for it."""

TRIED = 8
"""Pictures that are decoded alone to see how long one takes."""

QUICK = 0.0005
"""Seconds. Of a picture that takes less, most is Python's own work, which threads cannot share: with two, 64-pixel
JPEGs took 1.4 times as long as with one, while 256-pixel PNGs took half as long (``tests/bench/decoding.py``)."""

MOST_PIXELS = 2**27
"""Pixels that are unfolded at a time, in all threads together: half a gigabyte with four channels."""

LARGEST_FILE = 2**29
"""Bytes of a file that may be a picture: more than the most pixels that are decoded can need."""

LOT = 64
"""Pictures that a thread decodes in a row, so that handing them over costs little."""

LOT_BYTES = 2**22
"""Bytes of pixels that such a lot may have, unless one picture alone has more."""


@dataclass(frozen=True, eq=False, slots=True)
class Outcome:
    """What became of one file: what was decoded, and the SHA-256 of its bytes; or else why it was left out."""

    picture: Picture
    decoded: Decoded | None = None
    digest: str = ""
    reason: str = ""


def decode_all(pictures: Sequence[Picture], source: PictureSource, threads: int = 0) -> Generator[Outcome]:
    """An outcome for each of ``pictures``, in their order; with as many ``threads`` as pay off unless they are given.

    Closing the generator ends the threads as soon as each has finished its picture.
    """
    work = _Work(source)
    with quietly():
        tried = [] if threads else [work.timed(picture) for picture in pictures[:TRIED]]
        yield from (outcome for outcome, _ in tried)
        quickest = min((seconds for outcome, seconds in tried if outcome.decoded), default=1.0)
        threads = threads or (1 if quickest < QUICK else min(MOST_THREADS, os.cpu_count() or 1))
        rest = pictures[len(tried) :]
        yield from map(work.one, rest) if threads == 1 else _decode_in(threads, rest, work)


def _decode_in(threads: int, pictures: Sequence[Picture], work: _Work) -> Generator[Outcome]:
    """Outcomes in order; at most twice as many lots as threads are under way."""
    lot = max(1, min(LOT, LOT_BYTES // work.size, len(pictures) // (2 * threads)))
    with ThreadPoolExecutor(threads, "pictures") as pool:
        waiting: deque[Future[list[Outcome]]] = deque()
        try:
            for start in range(0, len(pictures), lot):
                waiting.append(pool.submit(work.lot, pictures[start : start + lot]))
                if len(waiting) > 2 * threads:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            work.ended = True
            pool.shutdown(cancel_futures=True)


class _Work:
    """What the threads do; ``ended`` tells them that nobody waits for it any more."""

    def __init__(self, source: PictureSource) -> None:
        self._source = source
        self._room = bounded_room(MOST_PIXELS)
        self.size = source.width * source.height * source.channels * (int(source.depth) // 8)
        """Bytes of a decoded picture."""
        self.ended = False

    def lot(self, pictures: Sequence[Picture]) -> list[Outcome]:
        return [self.one(picture) for picture in pictures if not self.ended]

    def timed(self, picture: Picture) -> tuple[Outcome, float]:
        """The outcome, and the seconds that it took."""
        started = time.perf_counter()
        return self.one(picture), time.perf_counter() - started

    def one(self, picture: Picture) -> Outcome:
        if picture.problem:
            return Outcome(picture, reason=picture.problem)
        try:
            content = content_of(picture)
            decoded = decode_picture(content, self._source, self._room)
        except UnreadablePicture as error:
            return Outcome(picture, reason=str(error))
        except OSError as error:
            return Outcome(picture, reason=error.strerror or str(error))
        return Outcome(picture, decoded, hashlib.sha256(content).hexdigest())


def content_of(picture: Picture) -> bytes:
    with open(picture.path, "rb", buffering=0) as file:  # noqa: PTH123  # a third faster than Path.open for small files
        if os.fstat(file.fileno()).st_size > LARGEST_FILE:
            raise UnreadablePicture(f"it has more than {LARGEST_FILE >> 20:,} MB")
        return file.read()


def bounded_room(most: int) -> Room:
    """A room for ``most`` pixels: who wants to come in waits until there is enough left; one alone always may."""
    change = threading.Condition()
    taken = 0

    @contextmanager
    def room(pixels: int) -> Iterator[None]:
        nonlocal taken
        with change:
            change.wait_for(lambda: not taken or taken + pixels <= most)
            taken += pixels
        try:
            yield
        finally:
            with change:
                taken -= pixels
                change.notify_all()

    return room
