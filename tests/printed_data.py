"""Data that a script has to be told more about than a plain table: dates, series, rare values, groups, pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from nnstudio.data.encoding.encode import describe
from nnstudio.data.source import open_source
from nnstudio.session import edits
from nnstudio.session.suggest import suggest
from nnstudio.spec.columns import CategoryEncoding, ColumnEncoding, DateEncoding, Kind, NumberEncoding, Role
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.project import Project
from nnstudio.spec.sources import (
    ArraySource,
    ColumnarSource,
    ImageFolderSource,
    ImageIndexSource,
    JsonSource,
    Source,
    TableSource,
)
from nnstudio.spec.splits import ColumnSplit, FileSplit, GroupSplit, RandomSplit, Split, TimeSplit
from nnstudio.spec.tasks import Task

ROWS = 150

Make = Callable[[Path], Project]


def frame(seed: int = 0) -> pd.DataFrame:
    """Rows of several stations over some days, with rare cities, missing cells, and rows that repeat."""
    random = np.random.default_rng(seed)
    days = pd.Timestamp("2023-11-20 06:30") + pd.to_timedelta(np.arange(ROWS) * 7.25, "h")
    table = pd.DataFrame(
        {
            "when": days.strftime("%Y-%m-%d %H:%M"),
            "day": days.strftime("%d.%m.%Y"),
            "station": np.array(["north", "south", "east", "west", "hill", "sea"])[np.arange(ROWS) % 6],
            "city": np.array([*"AAAABBBBCCCD", "E", "F"])[random.integers(0, 14, ROWS)],
            "level": random.integers(0, 5, ROWS),
            "wet": random.integers(0, 2, ROWS).astype(bool),
            "size": random.normal(10, 3, ROWS).round(3),
            "part": np.array(["train", "train", "train", "check", "final"])[np.arange(ROWS) % 5],
            "kind": np.array(["red", "green", "blue", "odd", "rare"])[np.minimum(random.geometric(0.5, ROWS) - 1, 4)],
        }
    )
    table["value"] = (np.sin(np.arange(ROWS) / 5) + table["size"] / 10).round(4)
    table.loc[[3, 40, 77], "size"] = np.nan
    table.loc[[5, 60], "city"] = None
    return table


def source_of(folder: Path, table: pd.DataFrame, name: str = "table.csv") -> TableSource:
    folder.mkdir(parents=True, exist_ok=True)
    table.to_csv(folder / name, index=False)
    return TableSource(str(folder / name), day_first=True)


def project_of(
    source: Source,
    target: str = "value",
    features: Sequence[str] = ("size", "level"),
    split: Split | None = None,
    *,
    encodings: Mapping[str, ColumnEncoding] | None = None,
    roles: Mapping[str, Role] | None = None,
    layout: WindowLayout | None = None,
    **kinds: Kind,
) -> Project:
    """A project over some columns of ``source`` with the network that is suggested for it."""
    found = open_source(source)
    project = edits.open_source(Project(), found)
    project = edits.set_role(project, [column.name for column in edits.data_of(project).columns], Role.IGNORE)
    project = edits.set_role(project, features, Role.FEATURE)
    project = edits.set_targets(project, found, (target,) if target else ())
    for name, kind in kinds.items():
        project = edits.set_kind(project, (name,), kind)
    for name, encoding in (encodings or {}).items():
        project = edits.set_encoding(project, (name,), encoding)
    for name, role in (roles or {}).items():
        project = edits.set_role(project, (name,), role)
    project = edits.set_split(project, split or RandomSplit(0.2, 0.2))
    project = edits.set_layout(project, layout) if layout else project
    return suggest(project, describe(edits.data_of(project)))


# ---- tables ----

ALL_PARTS = DateEncoding(year=True, day=True, hour=True)


def dates(folder: Path) -> Project:
    return project_of(
        source_of(folder, frame()),
        features=("when", "day"),
        encodings={"when": ALL_PARTS, "day": replace(ALL_PARTS, cyclic=False)},
    )


def missing_dates(folder: Path) -> Project:
    table = frame()
    table.loc[[2, 50, 51], "when"] = None
    return project_of(source_of(folder, table), features=("when", "size"), encodings={"when": ALL_PARTS})


def rare_categories(folder: Path) -> Project:
    most = CategoryEncoding(most=3)
    return project_of(
        source_of(folder, frame()),
        features=("city", "level", "wet", "station"),
        encodings={
            "city": most,
            "level": replace(most, code="ordinal", missing="most_frequent"),
            "station": CategoryEncoding(code="ordinal"),
        },
        level=Kind.CATEGORY,
    )


def places_and_indices(folder: Path) -> Project:
    table = frame()
    table["wet"] = table["wet"].astype(object)
    table.loc[[8, 9], "wet"] = None
    table.loc[[8, 10], "station"] = None
    return project_of(
        source_of(folder, table),
        features=("city", "wet", "station", "kind"),
        encodings={
            "city": CategoryEncoding(code="ordinal", most=2),
            "station": CategoryEncoding(code="ordinal"),
            "kind": CategoryEncoding(most=2, missing="most_frequent"),
        },
    )


def unseen_categories(folder: Path) -> Project:
    """Categories, one of them missing, that only rows have which are not trained on."""
    table = frame()
    table.loc[table["part"] == "check", "city"] = "Z"
    table.loc[table["part"] == "final", "station"] = "moon"
    table["level"] += 10 * (table["part"] == "final")
    return project_of(
        source_of(folder, table),
        features=("city", "station", "level"),
        split=ColumnSplit("part", "check", "final"),
        encodings={"station": CategoryEncoding(code="index"), "level": CategoryEncoding(missing="most_frequent")},
        level=Kind.CATEGORY,
    )


def many_numbers(folder: Path) -> Project:
    """Columns that are numbered but for two, and others that have names, parted by one with gaps."""
    table, random = frame()[["size", "value"]], np.random.default_rng(0)
    numbered = [f"pixel_{number}" for number in range(24) if number not in (3, 9)]
    named = [f"of {city} with a long name" for city in "abcdefghijklmnopqrstuvw"]
    more = pd.DataFrame(random.normal(3, 2, (ROWS, 45)).round(2), columns=[*numbered, *named])
    more[named[::2]] = random.integers(-3, 9, (ROWS, 12))
    features = (*numbered, "size", *named)
    scaled = {name: NumberEncoding(scale="minmax") for name in named[:10]}
    return project_of(source_of(folder, more.join(table)), features=features, encodings=scaled)


def rare_classes(folder: Path) -> Project:
    return project_of(source_of(folder, frame()), "kind", encodings={"kind": CategoryEncoding(most=2)})


def odd_numbers(folder: Path) -> Project:
    """Dates as numbers, truth values as numbers, and every way to scale."""
    table = frame().assign(other=np.arange(ROWS) ** 2 / 7)
    return project_of(
        source_of(folder, table),
        features=("wet", "size", "other", "level"),
        encodings={
            "wet": NumberEncoding(scale="none"),
            "size": NumberEncoding(scale="robust", missing="constant", constant=-1.5, indicator=True),
            "other": NumberEncoding(scale="minmax"),
        },
        wet=Kind.NUMBER,
    )


def without_repeats(folder: Path) -> Project:
    table = pd.concat([frame(), frame().iloc[20:60:3]], ignore_index=True)
    return edits.keep_repeats(project_of(source_of(folder, table)), kept=False)


# ---- splits ----


def lone_rows(folder: Path) -> Project:
    """A validation part and a test part of one row each, whose R² nobody can tell."""
    return project_of(source_of(folder, frame().head(7)), split=RandomSplit(0.15, 0.15))


def by_groups(folder: Path) -> Project:
    table = frame()
    table["station"] = np.array([f"s{number % 17}" for number in range(ROWS)])
    table.loc[[9, 30], "station"] = None
    split = GroupSplit(0.2, 0.2, seed=3)
    return project_of(source_of(folder, table), "kind", split=split, roles={"station": Role.GROUP})


def by_groups_with_gaps(folder: Path) -> Project:
    """The first row of a group lacks its target."""
    table = frame()
    table.loc[0, "value"] = None
    return project_of(source_of(folder, table), split=GroupSplit(0.2, 0.2), roles={"station": Role.GROUP})


def by_date(folder: Path) -> Project:
    table = frame().sample(frac=1.0, random_state=1)
    table.loc[[4, 5], "day"] = None
    return project_of(source_of(folder, table), split=TimeSplit(0.2, 0.1, column="day"))


def by_number(folder: Path) -> Project:
    return project_of(source_of(folder, frame()), "kind", features=("size",), split=TimeSplit(0.2, 0.2, "level"))


def by_file_order(folder: Path) -> Project:
    return project_of(source_of(folder, frame()), split=TimeSplit(0.2, 0.2))


def by_column(folder: Path) -> Project:
    return project_of(source_of(folder, frame()), split=ColumnSplit("part", "check", "final"))


def by_number_column(folder: Path) -> Project:
    return project_of(source_of(folder, frame()), features=("size",), split=ColumnSplit("level", "3", "none"))


def by_files(folder: Path) -> Project:
    source = source_of(folder, frame())
    source_of(folder, frame(1).head(40), "check.csv")
    source_of(folder, frame(2).head(30), "final.csv")
    return project_of(source, split=FileSplit(str(folder / "check.csv"), str(folder / "final.csv")))


def by_test_file(folder: Path) -> Project:
    source = source_of(folder, frame())
    source_of(folder, frame(2).head(30), "final.csv")
    return project_of(source, "kind", split=FileSplit("", str(folder / "final.csv"), share=0.25))


def plain_lots(folder: Path) -> Project:
    return project_of(source_of(folder, frame()), "kind", split=RandomSplit(0.2, 0.2, stratify=False))


# ---- windows ----


def windows(folder: Path) -> Project:
    layout = WindowLayout(6, 2)
    return project_of(source_of(folder, frame()), split=TimeSplit(0.2, 0.2), layout=layout)


def windows_by_date(folder: Path) -> Project:
    table = frame().sample(frac=1.0, random_state=2)
    table.loc[[7, 8], "when"] = None
    table.loc[[20], "value"] = None
    layout = WindowLayout(5, 1, "when")
    return project_of(source_of(folder, table), split=TimeSplit(0.2, 0.2, "when"), layout=layout)


def windows_of_stations(folder: Path) -> Project:
    table = frame()
    table.loc[[30, 31], "station"] = None
    return project_of(
        source_of(folder, table.assign(weight=1 + np.arange(ROWS) % 3)),
        split=TimeSplit(0.25, 0.25, "when"),
        layout=WindowLayout(3, 0, "when"),
        roles={"station": Role.GROUP, "weight": Role.WEIGHT},
    )


def windows_of_classes(folder: Path) -> Project:
    return project_of(source_of(folder, frame()), "wet", split=TimeSplit(0.2, 0.2), layout=WindowLayout(4, 1))


def reconstructed_windows(folder: Path) -> Project:
    project = project_of(source_of(folder, frame()), split=TimeSplit(0.2, 0.2), layout=WindowLayout(4, 0))
    found = open_source(edits.data_of(project).source)
    project = edits.set_task(edits.set_targets(project, found, ()), Task.RECONSTRUCTION)
    return suggest(project, describe(edits.data_of(project)))


# ---- other files ----


def parquet(folder: Path) -> Project:
    folder.mkdir(parents=True, exist_ok=True)
    table = frame().assign(when=lambda rows: pd.to_datetime(rows["when"]))
    table.to_parquet(folder / "table.parquet")
    return project_of(ColumnarSource(str(folder / "table.parquet")), features=("when", "size", "city"))


def json_lines(folder: Path) -> Project:
    folder.mkdir(parents=True, exist_ok=True)
    frame()[["size", "level", "value"]].to_json(folder / "table.jsonl", orient="records", lines=True)
    return project_of(JsonSource(str(folder / "table.jsonl")))


def with_signs(folder: Path) -> Project:
    """Cells that pandas takes for words: a table of numbers has to lie beside the script."""
    table = frame()
    table["level"] = [f"{level} %" for level in table["level"]]
    return project_of(source_of(folder, table), features=("level", "size", "wet", "when"))


def without_header(folder: Path) -> Project:
    source = source_of(folder, frame()[["size", "level", "value"]])
    path = Path(source.path)
    path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[1:]), encoding="utf-8")
    source = replace(source, header=False)
    names = [column.name for column in open_source(source).columns]
    return project_of(source, names[2], names[:2])


# ---- pictures ----


def pictures(folder: Path, count: int = 48, depth: int = 8) -> list[str]:
    """Small pictures whose left half is as bright as their number, of 8 or 16 bits."""
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(0)
    names = []
    for number in range(count):
        most, kind = (65_535, np.uint16) if depth == 16 else (255, np.uint8)
        levels = random.integers(0, most // 3, (10, 8))
        levels[:, : 2 + number % 3 * 2] += most // 2
        Image.fromarray(levels.astype(kind)).save(folder / "pictures" / f"{number:03}.png")
        names.append(f"{number:03}.png")
    return names


def _list(folder: Path, names: Sequence[str], **more: Any) -> Path:
    table = pd.DataFrame({"file": names, "bright": [f"b{number % 3}" for number in range(len(names))], **more})
    table.to_csv(folder / "list.csv", index=False)
    return folder / "list.csv"


def picture_list(folder: Path) -> Project:
    path = _list(folder, [f"pictures/{name}" for name in pictures(folder)])
    return project_of(ImageIndexSource(str(path), "file", width=8, height=8, colour="rgb"), "bright", ("image",))


def picture_list_with_values(folder: Path) -> Project:
    """Values to predict, the pictures in a folder beside the list, one of them missing; dealt out by a column."""
    names = pictures(folder)
    more = {"value": np.arange(len(names)) / 3, "part": np.array(["a", "b", "c"])[np.arange(len(names)) % 3]}
    path = _list(folder, names, **more)
    (folder / "pictures" / names[11]).unlink()
    source = ImageIndexSource(str(path), "file", width=6, height=6, colour="grey", fit="crop")
    return project_of(source, "value", ("image",), ColumnSplit("part", "b", "c"))


def deep_pictures(folder: Path) -> Project:
    path = _list(folder, [f"pictures/{name}" for name in pictures(folder, depth=16)])
    source = ImageIndexSource(str(path), "file", width=8, height=8, colour="grey", depth="16")
    return project_of(source, "bright", ("image",))


def deep_pictures_as_shallow(folder: Path) -> Project:
    path = _list(folder, [f"pictures/{name}" for name in pictures(folder, depth=16)])
    source = ImageIndexSource(str(path), "file", width=8, height=10, colour="rgb", fit="pad")
    return project_of(source, "bright", ("image",))


def deep_folder(folder: Path) -> Project:
    """A folder for each class, with pictures of 16 bits, and one with a transparent corner."""
    for number, name in enumerate(pictures(folder, depth=16)):
        place = folder / "classes" / f"c{number % 2}"
        place.mkdir(parents=True, exist_ok=True)
        (folder / "pictures" / name).rename(place / name)
    source = ImageFolderSource(str(folder / "classes"), width=8, height=8, colour="grey", depth="16")
    return project_of(source, "class", ("image",))


def transparent_folder(folder: Path) -> Project:
    for number in range(40):
        place = folder / "classes" / f"c{number % 2}"
        place.mkdir(parents=True, exist_ok=True)
        levels = np.full((8, 8, 4), 40 * (number % 5), np.uint8)
        levels[:, number % 8 :, 3] = 90
        Image.fromarray(levels, "RGBA").save(place / f"{number}.png")
    source = ImageFolderSource(str(folder / "classes"), width=8, height=8, colour="rgb")
    return project_of(source, "class", ("image",))


def pictures_in_an_array(folder: Path) -> Project:
    """What has no short form: the encoded rows have to lie beside the script."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(0)
    levels = random.integers(0, 255, (40, 8, 8)).astype(np.uint8)
    np.savez(folder / "pictures.npz", x=levels, y=levels[:, 0, 0] > 127)
    return project_of(ArraySource(str(folder / "pictures.npz"), "x", "y"), "class", ("image",))


BESIDE = {"with_signs": "-table.csv", "pictures_in_an_array": "-rows.npz"}
"""What cannot be read from the file itself, and what lies beside the script instead."""

DATA: tuple[Make, ...] = (
    dates,
    missing_dates,
    rare_categories,
    places_and_indices,
    unseen_categories,
    many_numbers,
    rare_classes,
    odd_numbers,
    lone_rows,
    without_repeats,
    by_groups,
    by_groups_with_gaps,
    by_date,
    by_number,
    by_file_order,
    by_column,
    by_number_column,
    by_files,
    by_test_file,
    plain_lots,
    windows,
    windows_by_date,
    windows_of_stations,
    windows_of_classes,
    reconstructed_windows,
    parquet,
    json_lines,
    with_signs,
    without_header,
    picture_list,
    picture_list_with_values,
    deep_pictures,
    deep_pictures_as_shallow,
    deep_folder,
    transparent_folder,
    pictures_in_an_array,
)


def data_cases(folder: Path) -> Iterator[tuple[str, Project]]:
    """A project over each of these, whose files lie in folders of their own below ``folder``."""
    for make in DATA:
        yield f"data {make.__name__}", make(folder / make.__name__)
