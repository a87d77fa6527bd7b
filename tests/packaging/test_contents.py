"""What is bundled and what is left out follows from declarations."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import contents

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    "path",
    [
        "torch/bin/protoc",
        "torch/bin/test_jit",
        "torch/include/torch/csrc/api/all.h",
        "torch/testing/_internal/common_methods_invocations",
        "pyarrow/libarrow_flight.so.2600",
        "pyarrow/libarrow_python.so",
        "pyarrow/tests/data/parquet/v0.7.1.parquet",
        "PySide6/Qt/plugins/platforms/libqeglfs.so",
        "PySide6/Qt/translations/qtbase_de.qm",
        "sqlalchemy/orm/session",
        "numpy-2.4.6.dist-info/RECORD",
        "pygments/lexers/python",
        "PySide6/QtTest.abi3.so",
    ],
)
def test_what_nobody_misses_is_left_out(path: str) -> None:
    assert contents.is_left_out(path)


@pytest.mark.parametrize(
    "path",
    [
        "torch/bin/torch_shm_manager",  # PyTorch looks for it when it is imported
        "torch/lib/libtorch_cpu.so",
        "torch/testing/_internal/common_dtype",
        "torch/testing/_internal/distributed/fake_pg",
        "torch/testing/_internal/logging_tensor",
        "PySide6/QtOpenGLWidgets.abi3.so",  # pyqtgraph loads it, whatever it draws
        "PySide6/Qt/lib/libQt6OpenGL.so.6",  # Wayland’s plugin draws with it
        "pyarrow/libarrow_python.so.2600",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/imageformats/libqsvg.so",
        "nnstudio/engine/modules.py",
        "numpy-2.4.6.dist-info/METADATA",
    ],
)
def test_what_is_needed_is_in(path: str) -> None:
    assert not contents.is_left_out(path)


IMPORT_ALL = """
import importlib, pkgutil, sys
import contents, nnstudio

class Gaps:
    @staticmethod
    def find_spec(name, path=None, target=None):
        place = name.replace(".", "/")
        if contents.is_left_out(place) or contents.is_left_out(place + ".abi3.so"):
            raise ModuleNotFoundError(f"{name} is left out", name=name)

sys.meta_path.insert(0, Gaps)
for module in pkgutil.walk_packages(nnstudio.__path__, "nnstudio."):
    importlib.import_module(module.name)
"""


def test_nothing_that_a_module_imports_is_left_out() -> None:
    """What functions import while they work, tests/installed shows."""
    path = os.pathsep.join((str(ROOT), str(ROOT / "packaging")))
    environment = {**os.environ, "PYTHONPATH": path, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", IMPORT_ALL]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_gap_has_its_reason() -> None:
    assert all(each.why.endswith(".") and each.patterns for each in contents.LEFT_OUT)


def test_what_is_bundled_is_what_the_project_declares() -> None:
    assert {"torch", "pyside6-essentials", "shiboken6", "sympy"} <= contents.distributions().keys()
    assert not {"pytest", "scikit-learn", "mypy"} & contents.distributions().keys()
    foreign = contents.foreign_packages()
    assert {"pytest", "sklearn", "PyInstaller"} <= set(foreign)
    assert not {"torch", "numpy", "nnstudio", "PIL", "google"} & set(foreign)


def test_the_bundle_has_the_resources_that_the_wheel_has() -> None:
    there = dict(contents.resources())
    assert there[ROOT / "resources" / "samples"] == "samples"
    assert there[ROOT / "resources" / "icon.svg"] == "."
    assert ROOT / "resources" / "pictures" not in there


@pytest.mark.parametrize(
    ("name", "source", "comes"),
    [
        ("libX11.so.6", "/usr/lib/x86_64-linux-gnu/libX11.so.6", True),
        ("libssl.so.3", "/usr/lib/x86_64-linux-gnu/libssl.so.3", False),
        ("libpython3.12.so.1.0", "/usr/lib/x86_64-linux-gnu/libpython3.12.so.1.0", False),
        ("torch/lib/libc10.so", "/venv/site-packages/torch/lib/libc10.so", False),
        ("python3.12/lib-dynload/_ssl.so", "/usr/lib/python3.12/lib-dynload/_ssl.so", False),
    ],
)
def test_libraries_of_the_desktop_are_the_systems_own(name: str, source: str, comes: bool) -> None:
    assert contents.comes_with_the_system(name, source) == comes


@pytest.mark.parametrize(
    "text",
    [
        "_install_config_module(sys.modules[__name__])",
        "from torch._jit_internal import _overload as o",
        "@torch.jit.script",
    ],
)
def test_modules_that_read_themselves_are_bundled_as_text(text: str, tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(text, encoding="utf-8")
    assert contents.needs_its_source(module)
    module.write_text("overload = 1\n", encoding="utf-8")
    assert not contents.needs_its_source(module)


def test_nnstudio_installs_beside_any_build_of_torch() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    torch = next(each for each in map(Requirement, declared) if each.name == "torch")
    assert str(torch.specifier) == ">=2.13"
    assert not torch.extras
    assert torch.url is None
    for build in ("2.13.0+cu130", "2.13.0+cpu", "2.13.0+rocm7", "2.14.1+cu130"):
        assert torch.specifier.contains(build)
