"""How a model came about is kept in its file, and what a stranger writes there is not believed."""

from __future__ import annotations

import pytest

from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.events import NumericPlan
from nnstudio.spec.provenance import Provenance


def test_it_is_read_as_it_was_written() -> None:
    known = Provenance(NumericPlan(threads=2, fused=False), 7).departed("Once.").departed("Twice.").departed("Once.")
    assert known.departures == ("Once.", "Twice.")
    assert Provenance.from_json(known.to_json()) == known
    assert Provenance.from_json("") == Provenance()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"plan": {"threads": 0}, "epochs": 0, "departures": []}',
        '{"plan": {"threads": "1); import os"}, "epochs": 0, "departures": []}',
        '{"plan": {"other": 1}, "epochs": 0, "departures": []}',
        '{"plan": {}, "epochs": "many", "departures": []}',
    ],
)
def test_what_is_damaged_is_refused(text: str) -> None:
    with pytest.raises(ModelFileError, match="damaged"):
        Provenance.from_json(text)
