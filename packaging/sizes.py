"""Say which package takes how much of a bundle, and of the installer: ``python packaging/sizes.py [--work build]``.

The second figure is what a package's own files come to when they are compressed by themselves, a little faster than the
installer is: it shows the proportions.
"""

from __future__ import annotations

import argparse
import lzma
import marshal
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from bundled import Bundle, File

FILTERS = ({"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "preset": 1})


def main() -> None:
    """Print the table, the largest first."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--work", type=Path, default=Path(__file__).resolve().parent.parent / "build")
    work = options.parse_args().work
    bundle = Bundle(work / "nnstudio", work / "pyinstaller")
    print(table(measured(bundle)), end="")


def measured(bundle: Bundle) -> dict[str, tuple[int, int]]:
    """Bytes and compressed bytes of each owner's files and modules."""
    owned: dict[str, list[File]] = defaultdict(list)
    for file in bundle.files():
        owned[file.owner].append(file)
    return {owner: _sizes(bundle, files) for owner, files in owned.items()}


def _sizes(bundle: Bundle, files: Iterable[File]) -> tuple[int, int]:
    packer = lzma.LZMACompressor(format=lzma.FORMAT_RAW, filters=FILTERS)
    before = after = 0
    for file in files:
        content = _module(file) if file.is_module else (bundle.inner / file.path).read_bytes()
        before += len(content)
        after += len(packer.compress(content))
    return before, after + len(packer.flush())


def _module(file: File) -> bytes:
    """A module as the bundle has it: compiled."""
    return marshal.dumps(compile(file.source.read_bytes(), file.path, "exec", dont_inherit=True))


def table(sizes: dict[str, tuple[int, int]]) -> str:
    """The owners and their megabytes, those together that have less than one."""
    large = {owner: size for owner, size in sizes.items() if size[0] >= 1_000_000}
    small = [size for owner, size in sizes.items() if owner not in large]
    lines = sorted(large.items(), key=lambda line: -line[1][1])
    lines.append((f"{len(small)} others", _sum(small)))
    lines.append(("all", _sum(sizes.values())))
    head = f"{'':24}{'MB':>8}{'compressed':>12}\n"
    return head + "".join(f"{owner:24}{size[0] / 1e6:8.1f}{size[1] / 1e6:12.1f}\n" for owner, size in lines)


def _sum(sizes: Iterable[tuple[int, int]]) -> tuple[int, int]:
    pairs = list(sizes)
    return sum(before for before, _ in pairs), sum(after for _, after in pairs)


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)  # some modules nest deeply
    main()
