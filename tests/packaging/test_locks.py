"""The locks pin what pyproject.toml asks for, on any machine."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME = [Requirement(line) for line in PROJECT["dependencies"]]
DEVELOPMENT = [Requirement(line) for line in PROJECT["optional-dependencies"]["dev"]]


def pins(name: str) -> dict[str, str]:
    """Return the pinned version of every package in a lock, by its canonical name."""
    lines = (ROOT / "packaging" / name).read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if not line.startswith(("#", "-r "))]
    return {canonicalize_name(package): version for package, version in pairs}


@pytest.mark.parametrize("requirement", RUNTIME, ids=lambda requirement: requirement.name)
def test_runtime_lock_pins_what_the_project_needs(requirement: Requirement) -> None:
    assert requirement.specifier.contains(pins("requirements.lock")[canonicalize_name(requirement.name)])


@pytest.mark.parametrize("requirement", DEVELOPMENT, ids=lambda requirement: requirement.name)
def test_development_lock_pins_what_its_checks_need(requirement: Requirement) -> None:
    assert requirement.specifier.contains(pins("requirements-dev.lock")[canonicalize_name(requirement.name)])


def test_locks_do_not_overlap() -> None:
    assert not pins("requirements.lock").keys() & pins("requirements-dev.lock").keys()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_hold_on_any_machine(name: str) -> None:
    text = (ROOT / "packaging" / name).read_text(encoding="utf-8")
    assert not [mark for mark in ("+", "://", "--", "@", "nvidia") if mark in text]
