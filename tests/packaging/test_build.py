"""Which PyTorch an installer is built with is never a surprise."""

from __future__ import annotations

from importlib import metadata

import pytest

import build


@pytest.fixture(params=[False, True], ids=["plain", "with_cuda_packages"])
def needs_cuda(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the installed PyTorch requires NVIDIA's packages."""
    required = ["filelock", *(["nvidia-cublas>=13"] if request.param else [])]
    monkeypatch.setattr(metadata, "requires", {"torch": required}.get)
    return bool(request.param)


@pytest.mark.parametrize(("version", "cuda"), [("2.13.0+cpu", False), ("2.13.0+cu130", True)])
def test_what_was_asked_for_is_there(version: str, cuda: bool) -> None:
    assert build.wrong_torch(version, cuda) == ""


def test_a_cpu_build_makes_no_cuda_flavour() -> None:
    problem = build.wrong_torch("2.13.0+cpu", cuda=True)
    assert problem.startswith("The PyTorch of this environment, 2.13.0+cpu, is a build for the CPU.")


def test_gigabytes_are_bundled_on_request_only() -> None:
    assert "--cuda" in build.wrong_torch("2.13.0+cu130", cuda=False)


def test_a_build_without_a_name_is_known_by_what_it_requires(needs_cuda: bool) -> None:
    assert bool(build.wrong_torch("2.13.0", cuda=False)) == needs_cuda
    assert bool(build.wrong_torch("2.13.0", cuda=True)) != needs_cuda
