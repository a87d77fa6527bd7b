"""To everything that can go wrong a sentence is said, and what was opened before stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnstudio.data.cache import find
from tests.adversarial.cases import CASES, SAID, Case, row
from tests.adversarial.ground import Impossible
from tests.adversarial.inputs import GOOD, file, stolen
from tests.adversarial.outcome import outcome_of

EXPECTED = {line.split(" | ")[0].removeprefix("| "): line for line in SAID.read_text(encoding="utf-8").splitlines()[2:]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_said(case: Case, tmp_path: Path) -> None:
    """Exactly what ``said.md`` holds; nothing half-read is kept, and nothing that was hidden in a file was run."""
    try:
        said = row(case, tmp_path)
    except Impossible as why:
        pytest.skip(str(why))
    assert said == EXPECTED[case.name]
    assert "Something went wrong inside nnstudio" not in said
    assert not list(tmp_path.rglob("*.partial"))
    assert not stolen(tmp_path).exists()
    assert all(map(find, (tmp_path / "cache").rglob("*.arrow")))


def test_every_sentence_belongs_to_a_case() -> None:
    assert list(EXPECTED) == [case.name for case in CASES]


def test_what_was_opened_before_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNSTUDIO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NNSTUDIO_DATA", str(tmp_path / "data"))
    path = file(GOOD)(tmp_path)
    assert outcome_of(path).stage == "trained"
    before = {kept: kept.read_bytes() for kept in (tmp_path / "cache").rglob("*.*")}
    path.write_bytes(b"\0" * 5_000)
    assert outcome_of(path).stage == "opening"
    assert {kept: kept.read_bytes() for kept in (tmp_path / "cache").rglob("*.*")} == before
