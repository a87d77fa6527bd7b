"""Where the examples come from: each kind of file or folder, with how it is read."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Annotated, Literal

from nnstudio.spec.errors import SpecError
from nnstudio.spec.params import Declared, Param, Registry


class Source(Declared):
    """A place on disk to read examples from: ``path`` is absolute in memory, in a file relative to its project.

    The other fields say how it is read. What was detected at opening is written down in them, so that a project
    reads the same tomorrow.
    """

    __slots__ = ()
    path: str


SOURCES: Registry[Source] = Registry("source")
SOURCE = Param("Source", "Where the examples come from.")

_PATH = Param("File", "Where the data lies.", is_path=True)
_BELOW = Param(
    "Rows below names",
    "Rows between the names and the first example, which say units or types; they are passed over.",
    low=0,
    high=100,
    unit="rows",
)
_HEADER = Param("Names in the first row", "The first row names the columns; otherwise they are numbered.")
_SKIP = Param("Rows to skip", "Lines above the table that do not belong to it.", low=0, high=100_000, unit="rows")
_MISSING_WORDS = Param(
    "Words for missing", "Cells such as NA, null and None are missing; otherwise they are words like others."
)
_DELIMITER = Param(
    "Between cells",
    "The character that separates the cells of a row.",
    labels=("Comma", "Semicolon", "Tab", "Vertical bar", "Spaces"),
)
_ENCODING = Param(
    "Encoding",
    "How the bytes of the file spell letters.",
    suggestions=("utf-8", "utf-16", "cp1252", "latin-1", "cp1250", "cp1251", "shift_jis", "gb18030"),
)
_QUOTE = Param(
    "Quotes", "What stands around cells that hold a separator.", labels=('Double "', "Single '", "No quotes")
)
_DECIMAL = Param("Decimal sign", "What stands before the fraction of a number.", labels=("Point", "Comma"))
_THOUSANDS = Param(
    "Thousands",
    "What groups the digits of large numbers.",
    labels=("Nothing", "Comma", "Point", "Space", "Apostrophe"),
)
_COMMENT = Param("Comments", "Whatever follows this sign in a line is left out.", labels=("None", "#", "%", "!"))
_SIGNS = Param("Percent and currency", "Read cells such as 12 %, $3.50 and 1 200 € as numbers.")
_DAY_FIRST = Param("Day before month", "Read 03/04/2024 as the third of April.")


@SOURCES("table", "Text table")
@dataclass(frozen=True, slots=True)
class TableSource(Source):
    """A table in a text file, packed or not: one row an example, one column a property."""

    path: Annotated[str, _PATH] = ""
    delimiter: Annotated[Literal[",", ";", "\t", "|", " "], _DELIMITER] = ","
    encoding: Annotated[str, _ENCODING] = "utf-8"
    quote: Annotated[Literal['"', "'", ""], _QUOTE] = '"'
    decimal: Annotated[Literal[".", ","], _DECIMAL] = "."
    thousands: Annotated[Literal["", ",", ".", " ", "'"], _THOUSANDS] = ""
    comment: Annotated[Literal["", "#", "%", "!"], _COMMENT] = ""
    skip: Annotated[int, _SKIP] = 0
    header: Annotated[bool, _HEADER] = True
    below: Annotated[int, _BELOW] = 0
    missing_words: Annotated[bool, _MISSING_WORDS] = True
    signs: Annotated[bool, _SIGNS] = True
    day_first: Annotated[bool, _DAY_FIRST] = False
    member: Annotated[str, Param("File", "Which file of a ZIP archive; empty means the first table.")] = ""

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        try:
            codecs.lookup(self.encoding)
        except (LookupError, ValueError) as error:
            raise SpecError(f"Text table: there is no encoding called “{self.encoding}”.") from error
        if self.thousands and self.thousands == self.decimal:
            raise SpecError("Text table: thousands and decimals cannot be marked by the same sign.")
        if self.delimiter == self.decimal:
            raise SpecError("Text table: one sign cannot stand both between cells and before fractions.")


@SOURCES("excel", "Excel workbook")
@dataclass(frozen=True, slots=True)
class ExcelSource(Source):
    """One sheet of an Excel workbook (.xlsx)."""

    path: Annotated[str, _PATH] = ""
    sheet: Annotated[str, Param("Sheet", "Which sheet of the workbook; empty means the first.")] = ""
    skip: Annotated[int, _SKIP] = 0
    header: Annotated[bool, _HEADER] = True
    missing_words: Annotated[bool, _MISSING_WORDS] = True


@SOURCES("columnar", "Parquet or Arrow file")
@dataclass(frozen=True, slots=True)
class ColumnarSource(Source):
    """A table that knows its column types: Parquet, Feather or Arrow."""

    path: Annotated[str, _PATH] = ""


@SOURCES("json", "JSON records")
@dataclass(frozen=True, slots=True)
class JsonSource(Source):
    """A list of JSON objects, or one object a line; each is an example, each key a column."""

    path: Annotated[str, _PATH] = ""
    records: Annotated[
        str, Param("Records at", "The key that holds the list of records; empty where the file is the list.")
    ] = ""


@SOURCES("array", "NumPy or PyTorch arrays")
@dataclass(frozen=True, slots=True)
class ArraySource(Source):
    """Arrays of equal length in a .npy, .npz or .pt file: what to learn from, and what to predict."""

    path: Annotated[str, _PATH] = ""
    inputs: Annotated[str, Param("Inputs", "The array that holds the examples; empty means the largest.")] = ""
    targets: Annotated[str, Param("Targets", "The array that holds what to predict; empty means none.")] = ""


@SOURCES("sqlite", "SQLite table")
@dataclass(frozen=True, slots=True)
class SqliteSource(Source):
    """One table or view of an SQLite database."""

    path: Annotated[str, _PATH] = ""
    table: Annotated[str, Param("Table", "Which table of the database; empty means the first.")] = ""


_WIDTH = Param("Width", "Pictures are resized to it.", low=1, high=4_096, unit="pixels")
_HEIGHT = Param("Height", "Pictures are resized to it.", low=1, high=4_096, unit="pixels")
_COLOUR = Param("Colour", "Channels to keep.", labels=("Grey", "RGB", "RGB and transparency"))
_DEPTH = Param("Depth", "Levels that each channel keeps.", labels=("256 (8 bits)", "65,536 (16 bits)"))
_FIT = Param(
    "Fit",
    "What becomes of pictures with other proportions.",
    labels=("Stretch", "Crop the edges", "Pad with black"),
)
_WHITE = Param(
    "White at",
    "The level of pictures with more than 256 levels that counts as full brightness where levels must be scaled: in 8"
    " bits, and for decimal levels.",
    low=1,
    high=2**31 - 1,
)


class PictureSource(Source):
    """A source whose examples are pictures, all brought to one size, colour and depth."""

    __slots__ = ()
    width: int
    height: int
    colour: Literal["grey", "rgb", "rgba"]
    depth: Literal["8", "16"]
    fit: Literal["stretch", "crop", "pad"]
    white: int

    @property
    def channels(self) -> int:
        return {"grey": 1, "rgb": 3, "rgba": 4}[self.colour]

    @property
    def levels(self) -> int:
        """How many levels a channel has."""
        return 65_536 if self.depth == "16" else 256


@SOURCES("image_folder", "Image folder")
@dataclass(frozen=True, slots=True)
class ImageFolderSource(PictureSource):
    """A folder with one subfolder of pictures for each class."""

    path: Annotated[str, _PATH] = ""
    width: Annotated[int, _WIDTH] = 32
    height: Annotated[int, _HEIGHT] = 32
    colour: Annotated[Literal["grey", "rgb", "rgba"], _COLOUR] = "rgb"
    depth: Annotated[Literal["8", "16"], _DEPTH] = "8"
    fit: Annotated[Literal["stretch", "crop", "pad"], _FIT] = "stretch"
    white: Annotated[int, _WHITE] = 65_535


@SOURCES("image_index", "Image index")
@dataclass(frozen=True, slots=True)
class ImageIndexSource(PictureSource):
    """A CSV or Excel table that names a picture in each row, with its label or value beside it."""

    path: Annotated[str, _PATH] = ""
    column: Annotated[
        str, Param("Pictures in", "The column with the paths, seen from the folder that the table lies in.")
    ] = "path"
    width: Annotated[int, _WIDTH] = 32
    height: Annotated[int, _HEIGHT] = 32
    colour: Annotated[Literal["grey", "rgb", "rgba"], _COLOUR] = "rgb"
    depth: Annotated[Literal["8", "16"], _DEPTH] = "8"
    fit: Annotated[Literal["stretch", "crop", "pad"], _FIT] = "stretch"
    white: Annotated[int, _WHITE] = 65_535
