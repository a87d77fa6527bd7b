"""The adversarial set: what is opened, how far it gets, and the sentences that are shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.adversarial import inputs
from tests.adversarial.inputs import GOOD, Make, few, file, table
from tests.adversarial.outcome import Outcome, outcome_of


@dataclass(frozen=True, slots=True)
class Case:
    """A file, and what is said: all of it where it is refused, some of the sentences where it opens."""

    name: str
    make: Make
    stage: str
    said: tuple[str, ...] = ()
    target: str = ""

    def outcome(self, folder: Path) -> Outcome:
        return outcome_of(self.make(folder), self.target)


def refused(name: str, make: Make, *said: str) -> Case:
    return Case(name, make, "opening", said)


def cannot_be_learned(name: str, make: Make, *said: str, target: str = "") -> Case:
    return Case(name, make, "describing", said, target)


def trains(name: str, make: Make, *said: str, target: str = "") -> Case:
    return Case(name, make, "trained", said, target)


ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"

TEXT = (
    refused("empty file", file("")),
    refused("only blank lines", file("\n\n  \n\n")),
    refused("only a byte order mark", file("\ufeff")),
    refused("header only", file("length,width,species\n")),
    refused("header without an end of line", file("length,width,species")),
    refused("only separators", file(",,,\n,,,\n")),
    cannot_be_learned("one row", file("length,width,species\n1,2,a\n")),
    refused("one column", file("length\n1\n2\n3\n")),
    trains("rows of different lengths", file(GOOD + "1,2\n3,4,a,5,6\n7\n" + GOOD.split("\n", 1)[1])),
    trains("a quotation mark that is never closed", file(GOOD + '1,2,"a\n' + GOOD.split("\n", 1)[1])),
    trains("NUL bytes in a table", file(GOOD.replace("0.5", "0.\0005"))),
    refused("nothing but NUL bytes", file(bytes(5_000))),
    refused("random bytes", file(bytes(at * at * 7919 % 251 for at in range(5_000)))),
    trains("a column without values", few(lambda at: "")),
    cannot_be_learned("a target without values", few(lambda at: ""), target="value"),
    cannot_be_learned("a constant target", few(lambda at: "x"), target="value"),
    trains("a class with one member", few(lambda at: "rare" if at == 3 else "xy"[at % 2]), target="value"),
    trains("a different class in each row", few(lambda at: f"w{at}"), target="value"),
    trains("infinities", few(lambda at: "inf" if at % 10 == 0 else f"-{at}e400" if at % 10 == 5 else str(at))),
    trains("10,000 columns of 50 rows", inputs.wide),
    trains("a million different words", inputs.distinct_words),
    trains("a cell of 20 million letters", inputs.long_field()),
    trains("formulas in cells and names", few(lambda at: f"=cmd|' /C calc'!A{at % 3}", "=1+1,@size,species")),
    trains("equal, empty and strange names", table(',a,a," \u202e",species', [f"{at},{at % 3},{at % 5},1,{'ab'[at % 2]}" for at in range(40)])),
)  # fmt: skip

PACKED = (
    *(refused(f"truncated {suffix}", inputs.packed(pack, suffix, 12)) for suffix, pack in inputs.PACKERS.items()),
    *(refused(f"{suffix} bomb", inputs.bomb(pack, suffix)) for suffix, pack in inputs.PACKERS.items()),
    refused("ZIP bomb", inputs.bomb_archive),
    trains("ZIP of several files", inputs.archive({"readme.md": "hello", "a.csv": GOOD, "b.csv": "x,y\n1,2\n"})),
    refused("ZIP without a table", inputs.archive({"a.docx": "x", "b.pptx": "y"})),
    refused("empty ZIP", inputs.archive({})),
    refused("ZIP with a password", inputs.locked_archive),
    trains("ZIP whose member leads out of it", inputs.archive({"../../evil.csv": GOOD})),
)

OTHERS = (
    refused("web page called .csv", file("<!DOCTYPE html><html><body>404</body></html>")),
    refused("PDF called .csv", file(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")),
    refused("PNG called .csv", inputs.picture()),
    refused("program called .csv", file(b"\x7fELF\x02\x01\x01" + bytes(100))),
    refused("pickle called .csv", inputs.evil_pickle("table.csv")),
    refused("device", lambda _: Path("/dev/zero")),
    refused("pipe", inputs.fifo),
    refused("link to itself", inputs.linked("table.csv")),
    refused("link to nothing", inputs.linked("nowhere.csv")),
    refused("missing file", lambda folder: folder / "table.csv"),
    refused("name with a NUL", lambda folder: folder / "a\0b.csv"),
)

FORMATS = (
    refused("workbook bomb", inputs.bomb_workbook),
    refused("empty workbook", inputs.workbook()),
    refused("workbook of names only", inputs.workbook(["a", "b"])),
    refused("cut workbook", lambda folder: file(inputs.workbook(["a"], [1])(folder).read_bytes()[:-100], "book.xlsx")(folder)),
    refused("old or locked workbook", file(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "book.xls")),
    refused("cut Parquet", inputs.cut_parquet),
    refused("Parquet without rows", inputs.empty_parquet),
    refused("JSON nested 100,000 deep", file("[" * 100_000, "data.json")),
    refused("JSON that breaks off", file('[{"a": 1},\n{"a": 2', "data.json")),
    refused("JSON without records", file('{"a": 1}', "data.json")),
    refused("malicious .pt", inputs.evil_pt),
    refused("malicious old .pt", inputs.evil_pickle("data.pt")),
    refused(".npy of Python objects", inputs.evil_npy),
    refused(".npy that promises 8 TB", inputs.lying_npy),
    refused("database without tables", inputs.database("PRAGMA user_version = 1")),
    refused("damaged database", file(b"SQLite format 3\0" + b"x" * 5_000, "data.db")),
    refused("database with a view that never ends", inputs.database(f"CREATE VIEW v AS {ENDLESS} WHERE x < 0")),
    refused("database with a view of endless rows", inputs.database(f"CREATE VIEW v AS {ENDLESS}")),
    refused("database with a view that loads code", inputs.database("CREATE VIEW v AS SELECT load_extension('evil') AS x, 1 AS y")),
)  # fmt: skip

PICTURES = (
    refused("empty folder", inputs.empty_folder),
    trains("picture folder with a link to itself", inputs.looped_pictures),
    trains("picture that claims 65,000 × 65,000 pixels", inputs.pictures(bomb=inputs.png(65_000, 65_000))),
    trains("picture cut off", inputs.pictures(cut=inputs.cut_jpeg())),
    trains("text called .png", inputs.pictures(text=b"hello")),
)

CASES = (*TEXT, *PACKED, *OTHERS, *FORMATS, *PICTURES)
