"""The adversarial set: what is opened or done; ``said.md`` beside this file holds what is said to each."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from nnstudio.data.reading import database
from tests.adversarial import ground, inputs
from tests.adversarial.inputs import GOOD, Make, few, file, table
from tests.adversarial.outcome import Outcome, outcome_of

SAID = Path(__file__).with_name("said.md")


@dataclass(frozen=True, slots=True)
class Case:
    """Something that goes wrong, by a name that says what."""

    name: str
    run: Callable[[Path], Outcome]


def opened(name: str, make: Make, target: str = "") -> Case:
    """Open what ``make`` makes and train for an epoch, as far as that goes."""
    return Case(name, lambda folder: outcome_of(make(folder), target))


ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"
MORE = GOOD.split("\n", 1)[1]
STRANGE = table(',a,a," \u202e",species', [f"{at},{at % 3},{at % 5},1,{'ab'[at % 2]}" for at in range(40)])
LOADS = "CREATE VIEW v AS SELECT load_extension('evil') AS x, 1 AS y"


def cut_workbook(folder: Path) -> Path:
    return file(inputs.workbook(["a"], [1])(folder).read_bytes()[:-100], "book.xlsx")(folder)


TEXT = (
    opened("empty file", file("")),
    opened("only blank lines", file("\n\n  \n\n")),
    opened("only a byte order mark", file("\ufeff")),
    opened("header only", file("length,width,species\n")),
    opened("only separators", file(",,,\n,,,\n")),
    opened("one row", file("length,width,species\n1,2,a\n")),
    opened("one column", file("length\n1\n2\n3\n")),
    opened("rows of different lengths", file(GOOD + "1,2\n3,4,a,5,6\n7\n" + MORE)),
    opened("a quotation mark that is never closed", file(GOOD + '1,2,"a\n' + MORE)),
    opened("NUL bytes in a table", file(GOOD.replace("0.5", "0.\0005"))),
    opened("nothing but NUL bytes", file(bytes(5_000))),
    opened("arbitrary bytes", file(bytes(at * at * 7919 % 251 for at in range(5_000)))),
    opened("a column without values", few(lambda _: "")),
    opened("a target without values", few(lambda _: ""), "value"),
    opened("a constant target", few(lambda _: "x"), "value"),
    opened("a class with one member", few(lambda at: "rare" if at == 3 else "xy"[at % 2]), "value"),
    opened("another class in each row", few(lambda at: f"w{at}"), "value"),
    opened("infinities", few(lambda at: "inf" if at % 10 == 0 else f"-{at}e400" if at % 10 == 5 else str(at))),
    opened("10,000 columns of 50 rows", inputs.wide),
    opened("a million different words", inputs.distinct_words),
    opened("a cell of 20 million letters", inputs.long_field()),
    opened("formulas in cells and names", few(lambda at: f"=cmd|' /C calc'!A{at % 3}", "=1+1,@size,species")),
    opened("equal, empty and strange names", STRANGE),
)

PACKED = (
    *(opened(f"truncated .{suffix}", inputs.packed(pack, suffix, 12)) for suffix, pack in inputs.PACKERS.items()),
    *(opened(f".{suffix} bomb", partial(inputs.bomb, suffix)) for suffix in inputs.PACKERS),
    opened(".zip bomb", inputs.bomb_archive),
    opened(".zip of several files", inputs.archive({"readme.md": "hello", "a.csv": GOOD, "b.csv": "x,y\n1,2\n"})),
    opened(".zip without a table", inputs.archive({"a.docx": "x", "b.pptx": "y"})),
    opened(".zip of nothing", inputs.archive({})),
    opened(".zip with a password", inputs.locked_archive),
    opened(".zip whose member leads out of it", inputs.archive({"../../evil.csv": GOOD})),
)

OTHERS = (
    opened("web page called .csv", file("<!DOCTYPE html><html><body>404</body></html>")),
    opened("PDF called .csv", file(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")),
    opened("PNG called .csv", inputs.picture()),
    opened("program called .csv", file(b"\x7fELF\x02\x01\x01" + bytes(100))),
    opened("pickle called .csv", inputs.evil_pickle("table.csv")),
    opened("device", lambda _: Path("/dev/zero")),
    opened("pipe", inputs.fifo),
    opened("link to itself", inputs.linked("table.csv")),
    opened("link to nothing", inputs.linked("nowhere.csv")),
    opened("missing file", lambda folder: folder / "table.csv"),
    opened("name with a NUL", lambda folder: folder / "a\0b.csv"),
)

FORMATS = (
    opened("workbook bomb", inputs.bomb_workbook),
    opened("empty workbook", inputs.workbook()),
    opened("workbook of names only", inputs.workbook(["a", "b"])),
    opened("cut workbook", cut_workbook),
    opened("old or locked workbook", file(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "book.xls")),
    opened("cut Parquet", inputs.cut_parquet),
    opened("Parquet without rows", inputs.empty_parquet),
    opened("JSON nested 100,000 deep", file("[" * 100_000, "data.json")),
    opened("JSON that breaks off", file('[{"a": 1},\n{"a": 2', "data.json")),
    opened("JSON without records", file('{"a": 1}', "data.json")),
    opened("malicious .pt", inputs.evil_pt),
    opened("malicious old .pt", inputs.evil_pickle("data.pt")),
    opened(".npy of Python objects", inputs.evil_npy),
    opened(".npy that promises 8 TB", inputs.lying_npy),
    opened("database without tables", inputs.database("PRAGMA user_version = 1")),
    opened("damaged database", file(b"SQLite format 3\0" + b"x" * 5_000, "data.db")),
    opened("view that never ends", inputs.database(f"CREATE VIEW v AS {ENDLESS} WHERE x < 0")),
    opened("view of endless rows", inputs.database(f"CREATE VIEW v AS {ENDLESS}")),
    opened("view that loads code", inputs.database(LOADS)),
)

PICTURES = (
    opened("empty folder", inputs.empty_folder),
    opened("picture folder with a link to itself", inputs.looped_pictures),
    opened("picture that claims 65,000 × 65,000 pixels", inputs.pictures(bomb=inputs.png(65_000, 65_000))),
    opened("picture cut off", inputs.pictures(cut=inputs.cut_jpeg())),
    opened("text called .png", inputs.pictures(text=b"hello")),
)

GROUND = (
    Case("file that vanishes while it is read", ground.spoilt(Path.unlink)),
    Case("file that is cut while it is read", ground.spoilt(ground.cut)),
    Case("file that grows while it is read", ground.spoilt(ground.grow)),
    Case("file that may not be read", ground.opened_by_nobody("table.csv", 0o000)),
    Case("file in a read-only folder", ground.opened_by_nobody("", 0o555)),
    Case("read-only cache", ground.opened_by_nobody("cache", 0o555)),
    Case("file in place of the cache", ground.cache_that_is_a_file),
    Case("export to a read-only folder", ground.export_to_read_only_folder),
    Case("full disk while reading", ground.full_cache),
    Case("full disk while exporting", ground.export_to_full_disk),
    Case("full disk while exporting weights", ground.weights_to_full_disk),
    Case("full disk while training", ground.training_on_full_disk),
)

CASES = (*TEXT, *PACKED, *OTHERS, *FORMATS, *PICTURES, *GROUND)


IMPATIENT: dict[str, Any] = {"SECONDS": 1.0, "COUNT_SECONDS": 0.1, "MOST_ROWS": 20_000}
"""How long databases are waited for here."""

_PLACE = re.compile(r"“/[^”]*/([^/”]+)”")


def row(case: Case, folder: Path) -> str:
    """The row of the table for ``case``, done in an empty ``folder``; raises `ground.Impossible`."""
    own = {f"NNSTUDIO_{name}": str(folder / name.lower()) for name in ("DATA", "CACHE")}
    with patch.dict(os.environ, own), patch.multiple(database, **IMPATIENT):
        outcome = case.run(folder)
    said = "<br>".join(_PLACE.sub(r"“…/\1”", sentence) for sentence in outcome.said)
    return f"| {case.name} | {outcome.stage} | {said.replace('|', '&#124;')} |"
