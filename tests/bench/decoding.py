"""How many pictures a second are decoded, beside one thread and a plain loop over Pillow; ratios in one run.

Variants are interleaved, and each figure is the best of the rounds, because others may use the machine. The pictures
are drawn in a temporary folder and read with a warm page cache. Run: ``python -m tests.bench.decoding [--rounds 5]``.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from nnstudio.data.pictures.decode_pool import decode_all
from nnstudio.data.pictures.picture_files import Picture, find_pictures
from nnstudio.spec.sources import ImageFolderSource


@dataclass(frozen=True, slots=True)
class Kind:
    """Pictures to draw: so many, of that size (pixels) and format; ``side`` is what they are read with."""

    count: int
    width: int
    height: int
    suffix: str
    side: int

    def __str__(self) -> str:
        return f"{self.count} {self.suffix[1:]} of {self.width} x {self.height} read as {self.side} x {self.side}"


KINDS = (
    Kind(4_000, 28, 28, ".png", 28),
    Kind(3_000, 64, 64, ".jpg", 64),
    Kind(400, 256, 256, ".png", 64),
    Kind(300, 500, 375, ".jpg", 224),
    Kind(30, 4_000, 3_000, ".jpg", 64),
)


def draw(kind: Kind, folder: Path) -> None:
    """Pictures with soft structure, as photographs have it."""
    chance = np.random.default_rng(0)
    soft = Image.fromarray(chance.integers(0, 255, (48, 64, 3), np.uint8)).resize((kind.width + 64, kind.height + 64))
    (folder / "class").mkdir(parents=True)
    for number in range(kind.count):
        left, top = number % 64, number // 64 % 64
        soft.crop((left, top, left + kind.width, top + kind.height)).save(folder / f"class/{number:05}{kind.suffix}")


def plain_loop(pictures: list[Picture], source: ImageFolderSource) -> None:
    """What a first script does."""
    for picture in pictures:
        with Image.open(picture.path) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
            np.asarray(upright.resize((source.width, source.height), Image.Resampling.BILINEAR))


def decoded(pictures: list[Picture], source: ImageFolderSource, threads: int) -> None:
    """All of them as nnstudio reads them, their bytes hashed, too."""
    for outcome in decode_all(pictures, source, threads):
        assert outcome.decoded, outcome.reason


def measure(kind: Kind, rounds: int) -> dict[str, float]:
    """Pictures a second of each variant."""
    with tempfile.TemporaryDirectory() as name:
        draw(kind, Path(name))
        pictures = find_pictures(Path(name))
        source = ImageFolderSource(name, kind.side, kind.side)
        variants: dict[str, Callable[[], None]] = {
            "plain": lambda: plain_loop(pictures, source),
            "one": lambda: decoded(pictures, source, 1),
            "all": lambda: decoded(pictures, source, 0),
        }
        best = dict.fromkeys(variants, 0.0)
        for _ in range(rounds):
            for variant, run in variants.items():
                started = time.perf_counter()
                run()
                best[variant] = max(best[variant], kind.count / (time.perf_counter() - started))
        return best


def main() -> None:
    """Print a line for each kind of picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    for kind in KINDS:
        best = measure(kind, rounds)
        gain, lead = best["all"] / best["one"], best["all"] / best["plain"]
        print(f"{kind}: {best['all']:,.0f} files/s, {gain:.2f}x one thread, {lead:.2f}x a plain loop over Pillow")


if __name__ == "__main__":
    main()
