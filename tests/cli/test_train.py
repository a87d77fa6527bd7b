"""What ``nnstudio train`` says while it goes on."""

from __future__ import annotations

import pytest

from nnstudio.cli.train import _ProgressBar
from nnstudio.spec.events import NumericPlan, PlanChanged
from nnstudio.spec.project import Project


def test_memory_that_ran_out_is_said_with_what_is_done_about_it(capsys: pytest.CaptureFixture[str]) -> None:
    bar = _ProgressBar(Project())
    bar.show(PlanChanged(1, NumericPlan(threads=2)))
    assert capsys.readouterr().err == ""
    bar.show(PlanChanged(1, NumericPlan(step="eager", eager_because="memory ran out", parts=2)))
    assert "Memory ran out: each batch of 32 goes through in 2 parts of 16 now." in capsys.readouterr().err
