"""How fast files become tensors: ours against pandas doing the same by hand, and what a person waits for.

Run ``python -m tests.bench.loading [--rows 1000000] [--reps 5] [--preview-mb 1000] [--pictures 2000]``. Each figure
comes from a fresh child process, imports excluded, files in the page cache, the two sides taking turns:

* ours: the data of a project whose file is new to the cache: `encode` (read, hash, cache, split, fit) to float32;
* open: `open_source`, as when a file is chosen: read, hash, cache, and a profile of every column;
* parse and hash: only reading the file, without profile, cache and encoding, and only its fingerprint;
* pandas: ``read_csv``, then a float32 array, its columns of text as category codes;
* polars: the same by polars, the fastest reader of CSV that was measured. It is no dependency: where it cannot be
  imported (``PYTHONPATH`` may name a folder that has it), it is passed over, and a sentence says so.

Memory is what the process grows by: at its peak, and when only the arrays are left. Both are given as shares of the
file. The preview is that of a file of `--preview-mb`; pictures are decoded by `open_source`.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray
from PIL import Image

from nnstudio.data.encoding.encode import encode
from nnstudio.data.fingerprint import fingerprint
from nnstudio.data.reading.text_table import read
from nnstudio.data.source import open_source, preview, read_source
from nnstudio.data.suggest import default_spec
from nnstudio.spec.columns import CategoryEncoding, Column, Kind, NumberEncoding, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.facts import SourceFacts
from nnstudio.spec.files import load_project, save_project
from nnstudio.spec.project import Project
from nnstudio.spec.sources import ImageFolderSource, TableSource

WORDS = np.array(["red", "green", "blue", "north", "south", "yes", "no", "cat", "dog", "other"])


def write_table(path: Path, rows: int) -> None:
    """20 columns of reals, 5 of whole numbers, 5 of words, as in the measurements that this one is held against."""
    draw = np.random.default_rng(0)
    columns: dict[str, NDArray[Any]] = {f"f{at}": np.round(draw.standard_normal(rows), 6) for at in range(20)}
    columns |= {f"i{at}": draw.integers(0, 10 ** (at + 1), rows) for at in range(5)}
    columns |= {f"s{at}": WORDS[draw.integers(0, 10 - at, rows)] for at in range(5)}
    pa.csv.write_csv(pa.table(columns), path, pa.csv.WriteOptions(quoting_style="needed"))


def write_pictures(folder: Path, count: int) -> None:
    draw = np.random.default_rng(0)
    for at in range(count):
        path = folder / f"class {at % 10}" / f"{at}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        coarse = Image.fromarray(draw.integers(0, 256, (16, 16, 3), np.uint8))
        coarse.resize((256, 256)).save(path, quality=85)


def spec_for(facts: SourceFacts) -> DataSpec:
    """Every column a feature that becomes one number, but for the last one."""
    return replace(default_spec(facts), columns=tuple(_column(at, facts) for at in facts.suggested))


def _column(column: Column, facts: SourceFacts) -> Column:
    is_number = facts.column(column.name).is_numeric
    encoding = NumberEncoding(scale="none") if is_number else CategoryEncoding(code="ordinal")
    role = Role.TARGET if column.name == facts.columns[-1].name else Role.FEATURE
    return Column(column.name, Kind.NUMBER if is_number else Kind.CATEGORY, role, encoding)


def ours(path: Path, cache: Path) -> NDArray[np.float32]:
    data = load_project(path.with_suffix(".nnstudio")).data
    assert data is not None
    return encode(data, cache).x


def by_pandas(path: Path, cache: Path) -> NDArray[np.float32]:
    del cache
    frame = pd.read_csv(path)
    array = np.empty(frame.shape, np.float32)
    for at, name in enumerate(frame.columns):
        column = frame[name]
        is_number = pd.api.types.is_numeric_dtype(column.dtype)
        array[:, at] = column.to_numpy() if is_number else column.astype("category").cat.codes.to_numpy()
    return array


def by_polars(path: Path, cache: Path) -> NDArray[np.float32]:
    del cache
    pl: Any = importlib.import_module("polars")
    frame = pl.read_csv(path)
    array = np.empty(frame.shape, np.float32)
    for at, column in enumerate(frame.get_columns()):
        is_text = column.dtype == pl.String
        array[:, at] = (column.cast(pl.Categorical).to_physical() if is_text else column).to_numpy()
    return array


HAND_WRITTEN = {"pandas": by_pandas, "polars": by_polars}
"""What others need for the same array."""


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def resident(key: str) -> float:
    """``VmRSS`` or ``VmHWM`` of this process in MiB; where the system does not say, NaN."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return float("nan")
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(key))


def child(what: str, path: Path, cache: Path) -> dict[str, float]:
    """Measure one thing in this process."""
    match what:
        case "preview":
            return {"seconds": timed(lambda: preview(TableSource(str(path)), detect=True))}
        case "pictures":
            return {"seconds": timed(lambda: open_source(ImageFolderSource(str(path), 64, 64), cache))}
        case "open":
            return {"seconds": timed(lambda: open_source(TableSource(str(path)), cache))}
        case "hash":
            return {"seconds": timed(lambda: fingerprint(path))}
        case "parse":
            return {"seconds": timed(lambda: read(TableSource(str(path))))}
    work = ({"ours": ours} | HAND_WRITTEN)[what]
    if what in HAND_WRITTEN:
        importlib.import_module(what)
    before, start = resident("VmRSS"), time.perf_counter()
    array = work(path, cache)
    seconds = time.perf_counter() - start
    if what == "ours":
        read_source(TableSource(str(path)), cache)  # what is still being written is in memory
    grown = {"peak": resident("VmHWM") - before, "after": resident("VmRSS") - before}
    return {"seconds": seconds, "tensor": array.nbytes / 2**20} | grown


def measure(what: str, path: Path, cache: Path) -> dict[str, float]:
    """Measure one thing in a process of its own, with a cache of its own."""
    with tempfile.TemporaryDirectory(dir=cache) as own:  # it inherits what nnstudio sets for numpy
        command = [sys.executable, "-m", "tests.bench.loading", "--child", what, str(path), own]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure_table(folder: Path, rows: int, reps: int) -> None:
    path = folder / "mixed.csv"
    write_table(path, rows)
    with tempfile.TemporaryDirectory(dir=folder) as cache:
        data = spec_for(open_source(TableSource(str(path)), Path(cache)))
        save_project(Project(data), path.with_suffix(".nnstudio"))
    size = path.stat().st_size / 2**20
    print(f"{rows:,} x 30, {size:.0f} MiB")
    others = [name for name in HAND_WRITTEN if importlib.util.find_spec(name)]
    for name in HAND_WRITTEN.keys() - others:
        print(f"{name} is not installed: it is not compared with")
    whats = [*others, "ours", "open", "parse", "hash"]
    runs = [{what: measure(what, path, folder) for what in _turned(whats, rep)} for rep in range(reps)]
    for what in whats:
        seconds = statistics.median(run[what]["seconds"] for run in runs)
        ratios = [statistics.median(run[what]["seconds"] / run[other]["seconds"] for run in runs) for other in others]
        held = ", ".join(f"{ratio:.2f} of {other}" for ratio, other in zip(ratios, others, strict=True))
        print(f"{what:7} {seconds:6.2f} s  {held}{_memory([run[what] for run in runs], size)}")


def _turned(whats: list[str], rep: int) -> list[str]:
    """In another order each time: who runs before leaves memory behind that is quicker to get than fresh one."""
    return random.Random(rep).sample(whats, len(whats))  # an order


def _memory(runs: list[dict[str, float]], size: float) -> str:
    """What the process grew by, where that was measured, beside the ``size`` of the file in MiB."""
    if "peak" not in runs[0]:
        return ""
    peak, after, tensor = (statistics.median(run[key] for run in runs) for key in ("peak", "after", "tensor"))
    return f"  peak +{peak / size:.2f} files, then +{after:.0f} MiB for {tensor:.0f} MiB"


def measure_preview(folder: Path, megabytes: int) -> None:
    path = folder / "large.csv"
    write_table(path, 20_000)
    content = path.read_bytes()
    names, _, rows = content.partition(b"\n")
    with path.open("wb") as file:
        file.write(names + b"\n")
        for _ in range(megabytes * 10**6 // len(rows)):
            file.write(rows)
    print(f"preview of {path.stat().st_size / 1e9:.2f} GB: {measure('preview', path, folder)['seconds']:.2f} s")


def measure_pictures(folder: Path, count: int) -> None:
    write_pictures(folder / "pictures", count)
    seconds = measure("pictures", folder / "pictures", folder)["seconds"]
    print(f"pictures: {count / seconds:,.0f} files/s on {os.cpu_count()} cores")


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        what, path, cache = sys.argv[2:]
        print(json.dumps(child(what, Path(path), Path(cache))))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--reps", type=int, default=5)
    parser.add_argument("--preview-mb", type=int, default=1_000)
    parser.add_argument("--pictures", type=int, default=2_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure_table(Path(folder), chosen.rows, chosen.reps)
        measure_preview(Path(folder), chosen.preview_mb)
        measure_pictures(Path(folder), chosen.pictures)


if __name__ == "__main__":
    main()
