"""The sample data are what their README says, and what the script writes."""

import csv
import filecmp
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLES = ROOT / "resources" / "samples"
README = (SAMPLES / "README.md").read_text(encoding="utf-8")
TABLES = sorted(path.name for path in SAMPLES.glob("*.csv"))


def read(name: str) -> list[dict[str, str]]:
    with (SAMPLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_there_are_four_tables_and_two_lists_of_pictures() -> None:
    lists = ["digits-fine-tuned.csv", "digits-pretrained.csv"]
    assert sorted([*lists, "diabetes.csv", "digits.csv", "iris.csv", "penguins.csv"]) == TABLES


@pytest.mark.parametrize("name", TABLES)
def test_readme_gives_size_and_licence(name: str) -> None:
    rows = read(name)
    assert f"| `{name}` | {len(rows)} | {len(rows[0])} |" in README
    section = README.split(f"## {name}")[1].split("\n## ")[0]
    assert "Source:" in section
    assert "https://doi.org/" in section
    assert "Licence:" in section


@pytest.mark.parametrize(
    ("name", "column", "counts"),
    [
        ("iris.csv", "species", {"setosa": 50, "versicolor": 50, "virginica": 50}),
        ("penguins.csv", "species", {"Adelie": 152, "Chinstrap": 68, "Gentoo": 124}),
        ("penguins.csv", "sex", {"": 11, "female": 165, "male": 168}),
    ],
)
def test_classes_are_the_published_ones(name: str, column: str, counts: dict[str, int]) -> None:
    values = [row[column] for row in read(name)]
    assert {value: values.count(value) for value in sorted(set(values))} == counts


def test_only_penguins_miss_values() -> None:
    with_gaps = {name for name in TABLES if any("" in row.values() for row in read(name))}
    assert with_gaps == {"penguins.csv"}


def test_diabetes_is_in_the_units_of_measurement() -> None:
    ages = [int(row["age"]) for row in read("diabetes.csv")]
    assert (min(ages), max(ages)) == (19, 79)


def test_pictures_are_the_rows_of_the_table() -> None:
    rows = read("digits.csv")
    pictures = sorted((SAMPLES / "digits").glob("*/*.png"))
    assert len(pictures) == 600
    for path in pictures:
        row = rows[int(path.stem)]
        with Image.open(path) as picture:
            assert picture.mode == "L"
            assert picture.size == (8, 8)
            levels = np.asarray(picture).ravel() * (16 / 255)
        assert row["digit"] == path.parent.name
        assert np.rint(levels).astype(int).tolist() == [int(row[f"pixel_{index}"]) for index in range(64)]


@pytest.mark.parametrize(("name", "digits"), [("digits-pretrained.csv", "01234"), ("digits-fine-tuned.csv", "56789")])
def test_each_list_names_the_pictures_of_its_digits(name: str, digits: str) -> None:
    rows = read(name)
    pictures = sorted(path for digit in digits for path in (SAMPLES / "digits" / digit).glob("*.png"))
    assert [SAMPLES / row["picture"] for row in rows] == pictures
    assert [row["digit"] for row in rows] == [path.parent.name for path in pictures]


def test_script_writes_the_same_tables(tmp_path: Path) -> None:
    pytest.importorskip("palmerpenguins", reason="only the script needs it; its head says how to install it")
    subprocess.run([sys.executable, ROOT / "packaging" / "make_samples.py", tmp_path], check=True)
    matching, different, missing = filecmp.cmpfiles(SAMPLES, tmp_path, TABLES, shallow=False)
    assert (matching, different, missing) == (TABLES, [], [])
    assert len(list((tmp_path / "digits").glob("*/*.png"))) == 600
