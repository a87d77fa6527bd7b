"""What ``nnstudio train`` says while it goes on."""

from __future__ import annotations

import pytest

from nnstudio.cli.train import _ProgressBar
from nnstudio.session.preferences import MOST_THREADS
from nnstudio.spec.events import NumericPlan, PlanChanged
from nnstudio.spec.exits import Exit
from nnstudio.spec.project import Project
from tests.cli.conftest import Terminal


def test_memory_that_ran_out_is_said_with_what_is_done_about_it(capsys: pytest.CaptureFixture[str]) -> None:
    bar = _ProgressBar(Project())
    bar.show(PlanChanged(1, NumericPlan(threads=2)))
    assert capsys.readouterr().err == ""
    bar.show(PlanChanged(1, NumericPlan(step="eager", eager_because="memory ran out", parts=2)))
    assert "Memory ran out: each batch of 32 goes through in 2 parts of 16 now." in capsys.readouterr().err


@pytest.mark.parametrize("command", ["train", "search"])
@pytest.mark.parametrize("asked", [-1, MOST_THREADS + 1, 99_999])
def test_threads_that_no_computer_can_start_are_refused(terminal: Terminal, command: str, asked: int) -> None:
    said = terminal(command, "resources/samples/iris.nnstudio", "--threads", asked)
    assert (said.code, said.out) == (Exit.REFUSED, "")
    assert f"--threads must be between 1 and {MOST_THREADS}, or 0 to measure, not {asked}." in said.err
