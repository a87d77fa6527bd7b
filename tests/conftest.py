"""How every test runs: without a screen, and without Qt where ``NNSTUDIO_BLOCK_QT`` is set."""

import os

import pytest

from tests.block_qt import block_qt

QT_IS_BLOCKED = bool(os.environ.get("NNSTUDIO_BLOCK_QT"))

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if QT_IS_BLOCKED:
    block_qt()


def pytest_addoption(parser: pytest.Parser) -> None:
    if QT_IS_BLOCKED:  # pytest-qt is off, but pyproject.toml still has its settings
        parser.addini("qt_log_level_fail", "Not used without Qt.")
        parser.addini("qt_log_ignore", "Not used without Qt.", type="linelist")
