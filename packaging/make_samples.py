"""Write the data sets of ``resources/samples`` from the copies that two Python packages carry.

scikit-learn is among the development requirements; the penguins need one package more::

    pip install palmerpenguins==0.1.6
    python packaging/make_samples.py

Running it again writes the same bytes.
"""

import csv
import importlib.resources
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_diabetes, load_digits, load_iris

SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"
DIGIT_IMAGES_PER_CLASS = 60  # all 1797 would be many small files for little more to learn from
DIGIT_LEVELS = 16  # a pixel counts the dark points of a 4 x 4 block
LISTS = {"digits-pretrained.csv": range(5), "digits-fine-tuned.csv": range(5, 10)}


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a UTF-8 CSV file with one header line."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)


def short(number: float) -> str:
    """Return the shortest text of a measurement: ``39.1``, and ``3750`` rather than ``3750.0``."""
    return f"{number:.10g}"


def write_iris(folder: Path) -> None:
    """Write 150 flowers: four lengths in centimetres and the species."""
    iris = load_iris()
    header = ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"]
    species = iris.target_names[iris.target]
    rows = ([*map(short, lengths), name] for lengths, name in zip(iris.data, species, strict=True))
    write_table(folder / "iris.csv", header, rows)


def write_penguins(folder: Path) -> None:
    """Write 344 penguins as they were published, with empty cells where a value is missing."""
    source = importlib.resources.files("palmerpenguins") / "data" / "penguins.csv"
    header, *birds = csv.reader(source.read_text(encoding="utf-8").splitlines())
    rows = (["" if cell == "NA" else cell for cell in bird] for bird in birds)
    write_table(folder / "penguins.csv", header, rows)


def write_diabetes(folder: Path) -> None:
    """Write 442 patients in the units of measurement and how far the disease had progressed a year later."""
    diabetes = load_diabetes(scaled=False)
    header = [*diabetes.feature_names, "progression"]
    patients = np.column_stack([diabetes.data, diabetes.target])
    write_table(folder / "diabetes.csv", header, ([*map(short, patient)] for patient in patients))


def write_digits_table(folder: Path) -> None:
    """Write 1797 digits: 64 pixels of 0 to 16, row by row, and the digit."""
    digits = load_digits()
    header = [*(f"pixel_{index}" for index in range(digits.data.shape[1])), "digit"]
    rows = np.column_stack([digits.data.astype(int), digits.target]).tolist()
    write_table(folder / "digits.csv", header, rows)


def write_digits_images(folder: Path) -> None:
    """Write the first digits of each class as grey PNG files of 8 x 8, named by their row in the table."""
    digits = load_digits()
    written: Counter[int] = Counter()
    for row, (pixels, digit) in enumerate(zip(digits.images, digits.target.tolist(), strict=True)):
        if written[digit] == DIGIT_IMAGES_PER_CLASS:
            continue
        written[digit] += 1
        grey = np.rint(pixels * 255 / DIGIT_LEVELS).astype(np.uint8)
        path = folder / "digits" / str(digit) / f"{row:04}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(grey).save(path, optimize=True)


def write_digit_lists(folder: Path) -> None:
    """Write two lists of pictures, with what each shows: the digits 0 to 4, and the digits 5 to 9."""
    for name, digits in LISTS.items():
        pictures = sorted(path for digit in digits for path in (folder / "digits" / str(digit)).glob("*.png"))
        rows = ([path.relative_to(folder).as_posix(), path.parent.name] for path in pictures)
        write_table(folder / name, ["picture", "digit"], rows)


def main(folder: Path = SAMPLES) -> None:
    """Write all samples into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    write_iris(folder)
    write_penguins(folder)
    write_diabetes(folder)
    write_digits_table(folder)
    write_digits_images(folder)
    write_digit_lists(folder)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
