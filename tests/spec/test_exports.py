"""Every kind of export says what it is; its files are known by their suffix."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnstudio.spec.errors import FileError
from nnstudio.spec.exports import EXPORTS, ExportKind

each_kind = pytest.mark.parametrize("kind", EXPORTS.values(), ids=EXPORTS)


@each_kind
def test_a_kind_says_what_it_is_in_one_sentence(kind: ExportKind) -> None:
    assert kind.title[0].isupper()
    assert kind.help.endswith(".")
    assert ". " not in kind.help


def test_no_two_kinds_suggest_the_same_file() -> None:
    assert len({kind.file_name("iris") for kind in EXPORTS.values()}) == len(EXPORTS)


@each_kind
def test_a_file_that_ends_otherwise_is_refused_with_a_name_that_would_do(kind: ExportKind) -> None:
    kind.check(Path(kind.file_name("iris").upper()))
    with pytest.raises(FileError, match=f"Call it “iris{kind.suffix}”"):
        kind.check(Path("iris.xyz"))
