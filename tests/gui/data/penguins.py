"""The penguins as opening them finds them, for tests of panels that show data."""

from __future__ import annotations

from dataclasses import replace

from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.spec.baselines import Baseline
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.facts import ColumnProfile, DataFacts, Relation, Rows, SourceFacts
from nnstudio.spec.sources import ImageFolderSource, TableSource
from nnstudio.spec.tasks import Task

SPECIES = ColumnProfile("species", Kind.CATEGORY, 0, 3, top=(("Adelie", 152), ("Gentoo", 124), ("Chinstrap", 68)))
ISLAND = ColumnProfile("island", Kind.CATEGORY, 0, 3, top=(("Biscoe", 168), ("Dream", 124), ("Torgersen", 52)))
BILLS, MASSES = (9, 40, 60, 55, 70, 60, 40, 8), (30, 80, 90, 60, 50, 32)
BILL = ColumnProfile("bill_length_mm", Kind.NUMBER, 2, 164, 32.1, 59.6, 43.92, False, BILLS, is_numeric=True)
MASS = ColumnProfile("body_mass_g", Kind.NUMBER, 2, 94, 2700.0, 6300.0, 4201.75, True, MASSES, is_numeric=True)
SEX = ColumnProfile("sex", Kind.CATEGORY, 11, 2, top=(("male", 168), ("female", 165)))
PROFILES = (SPECIES, ISLAND, BILL, MASS, SEX)
FEATURES = (
    "island = Biscoe",
    "island = Dream",
    "island = Torgersen",
    "bill_length_mm",
    "body_mass_g",
    "sex = female",
    "sex = male",
    "sex = (missing)",
)
ORIGINS = ("island", "island", "island", "bill_length_mm", "body_mass_g", "sex", "sex", "sex")
MEANINGS = (
    "1 where it is “Biscoe”, else 0",
    "1 where it is “Dream”, else 0",
    "1 where it is “Torgersen”, else 0",
    "(cell − 43.9) ÷ 5.46",
    "(cell − 4,202) ÷ 802",
    "1 where it is “female”, else 0",
    "1 where it is “male”, else 0",
    "1 where it is missing, else 0",
)
RELATIONS = (Relation("island", 0.42), Relation("bill_length_mm", 0.64), Relation("sex", 0.001))


def penguin_source(cache: str = "/cache/penguins.arrow") -> SourceFacts:
    columns = tuple(Column(profile.name, profile.kind) for profile in PROFILES[1:])
    target = Column("species", Kind.CATEGORY, Role.TARGET)
    source = TableSource("/data/penguins.csv")
    return SourceFacts(source, "f1", cache, 344, PROFILES, (target, *columns), Task.MULTICLASS)


BASELINE = Baseline(
    "“Adelie”",
    {"accuracy": 0.4436, "balanced_accuracy": 1 / 3},
    {"accuracy": 0.4421, "balanced_accuracy": 1 / 3},
    {"accuracy": 0.4286, "balanced_accuracy": 1 / 3},
)


def penguin_facts() -> DataFacts:
    return DataFacts(
        Task.MULTICLASS,
        (8,),
        Rows(275, 34, 35),
        "species",
        features=FEATURES,
        classes=("Adelie", "Chinstrap", "Gentoo"),
        baseline=BASELINE,
        filled_cells=4,
        origins=ORIGINS,
        meanings=MEANINGS,
        relations=RELATIONS,
    )


def open_found(studio: Studio, source: SourceFacts, facts: DataFacts | None) -> None:
    """Let ``source`` be open, and described where ``facts`` say so."""
    studio.document.found_source(source)
    studio.apply("Open", edits.open_source(studio.state.project, source))
    if facts:
        studio.document.found_facts(data_of(studio), facts)


def open_penguins(studio: Studio) -> None:
    open_found(studio, penguin_source(), penguin_facts())


def data_of(studio: Studio) -> DataSpec:
    return edits.data_of(studio.state.project)


def column(studio: Studio, name: str) -> Column:
    return next(column for column in data_of(studio).columns if column.name == name)


def wide_source(count: int = 10_000) -> SourceFacts:
    """A table of very many columns of numbers."""
    profiles = tuple(replace(BILL, name=f"gene_{number:05}") for number in range(count))
    columns = tuple(Column(profile.name, profile.kind) for profile in profiles[:-1])
    target = Column(profiles[-1].name, Kind.NUMBER, Role.TARGET)
    source = TableSource("/data/genes.csv")
    return SourceFacts(source, "f2", "/cache/genes.arrow", 344, profiles, (*columns, target), Task.REGRESSION)


def picture_source(cache: str = "/cache/digits.arrow") -> SourceFacts:
    """A folder of pictures of ten classes; the eight most frequent are counted."""
    profiles = (
        ColumnProfile("path", Kind.CATEGORY, 0, 600),
        ColumnProfile("class", Kind.CATEGORY, 0, 10, top=tuple((str(digit), 60) for digit in range(8))),
        ColumnProfile("image", Kind.IMAGE, 0, 600),
    )
    columns = (Column("image", Kind.IMAGE), Column("class", Kind.CATEGORY, Role.TARGET))
    source = ImageFolderSource("/data/digits", 8, 8, "grey")
    return SourceFacts(source, "f3", cache, 600, profiles, columns, Task.MULTICLASS)


def picture_facts() -> DataFacts:
    classes = tuple(map(str, range(10)))
    return DataFacts(Task.MULTICLASS, (1, 8, 8), Rows(480, 60, 60), "class", (), classes)
