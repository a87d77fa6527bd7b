"""How every test runs: without a screen, on one core, and without Qt where ``NNSTUDIO_BLOCK_QT`` is set.

``pytest --hypothesis-profile=thorough`` tries far more examples of every property.
"""

import os

import pytest
from hypothesis import settings

from tests.block_qt import block_qt

QT_IS_BLOCKED = bool(os.environ.get("NNSTUDIO_BLOCK_QT"))

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # where each core runs tests, threads of PyTorch would fight for them
settings.register_profile("quick", deadline=None, max_examples=40)  # no deadline: a busy machine is no failure
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile("quick")
if QT_IS_BLOCKED:
    block_qt()


def pytest_addoption(parser: pytest.Parser) -> None:
    if QT_IS_BLOCKED:  # pytest-qt is off, but pyproject.toml still has its settings
        parser.addini("qt_log_level_fail", "Not used without Qt.")
        parser.addini("qt_log_ignore", "Not used without Qt.", type="linelist")
