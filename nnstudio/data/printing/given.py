"""What is printed from: a data spec, its rows as they were read and encoded, and where the script will lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nnstudio.data.encoding.encode import Encoded
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.table import MappedTable
from nnstudio.data.targets import Known
from nnstudio.spec.data import DataSpec


class Unprintable(Exception):
    """Something has no short form in pandas; the exception says what, in a clause."""


@dataclass(frozen=True, eq=False, slots=True)
class Given:
    """``known`` are the rows of ``table`` whose target is known: those that a script has to arrive at."""

    data: DataSpec
    table: MappedTable
    known: Known
    encoded: Encoded
    script: Path

    @property
    def encoding(self) -> Encoding:
        """How a row becomes numbers, as it was learned from the training rows."""
        return self.encoded.encoding
