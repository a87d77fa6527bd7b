"""The architecture holds: which room imports which, that panels do not know each other, and who needs Qt."""

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "nnstudio"
MODULES = sorted(PACKAGE.rglob("*.py"))
FOUNDATIONS = [*PACKAGE.glob("*.py"), *(PACKAGE / "spec").rglob("*.py")]
FOR_ENGINES = ("torch", "torchmetrics", "onnx", "onnxruntime", "onnxscript", "safetensors")
ROOMS = ("gui", "cli", "jobs", "report", "session", "runs", "engine", "data", "spec")


def folders_of_the_window() -> set[str]:
    """The folders of ``gui`` that the contract about panels names."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    (contract,) = (each for each in declared if each.get("containers") == ["nnstudio.gui"])
    return {name.strip() for layer in contract["layers"] for name in layer.split("|")}


def check_contracts(project: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter over the package in ``project``, with the contracts of its pyproject.toml."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def imports_of(module: Path) -> Iterator[str]:
    """Yield the absolute name of every module that ``module`` imports."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module if node.module and not node.level else "nnstudio"


def dotted(module: Path) -> str:
    """Return the name by which ``module`` is imported."""
    return ".".join(module.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_contracts_are_kept() -> None:
    result = check_contracts(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture
def empty_rooms(tmp_path: Path) -> Path:
    """A project with the contracts and with rooms that use what they may use, and nothing else."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in ROOMS:
        (tmp_path / "nnstudio" / room).mkdir(parents=True)
        (tmp_path / "nnstudio" / room / "__init__.py").touch()
    for folder in folders_of_the_window():
        (tmp_path / "nnstudio/gui" / folder).mkdir()
        (tmp_path / "nnstudio/gui" / folder / "__init__.py").touch()
    for module in ("__init__", "__main__", "resources", "spec/one", "spec/two", "gui/desk"):
        (tmp_path / "nnstudio" / f"{module}.py").touch()
    (tmp_path / "nnstudio/engine/__init__.py").write_text("".join(f"import {name}\n" for name in FOR_ENGINES))
    (tmp_path / "nnstudio/jobs/searching.py").write_text("import optuna\n")
    (tmp_path / "nnstudio/report/page.py").write_text("import jinja2\nimport markupsafe\n")
    (tmp_path / "nnstudio/gui/__init__.py").write_text("import PySide6\nimport pyqtgraph\nimport qtawesome\n")
    return tmp_path


def test_contracts_allow_what_the_design_allows(empty_rooms: Path) -> None:
    (empty_rooms / "nnstudio/jobs/__init__.py").write_text("import nnstudio.engine\nimport nnstudio.runs\n")
    (empty_rooms / "nnstudio/cli/__init__.py").write_text("import nnstudio.jobs\nimport nnstudio.spec\n")
    (empty_rooms / "nnstudio/gui/data/view.py").write_text("import nnstudio.gui.tables\nimport nnstudio.gui.dialogs\n")
    result = check_contracts(empty_rooms)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "statement"),
    [
        ("spec/__init__", "import nnstudio.data"),
        ("data/__init__", "import nnstudio.engine"),
        ("session/__init__", "import nnstudio.runs"),
        ("cli/__init__", "import nnstudio.gui"),
        ("resources", "import nnstudio.spec"),
        ("undeclared", "import nnstudio.spec"),
        ("jobs/__init__", "import torch"),
        ("gui/theme", "from torch import nn"),
        ("session/__init__", "import torchmetrics"),
        ("jobs/__init__", "import onnxruntime"),
        ("session/__init__", "import optuna"),
        ("jobs/__init__", "import jinja2"),
        ("report/__init__", "import nnstudio.runs"),
        ("report/__init__", "import nnstudio.engine"),
        ("cli/__init__", "from PySide6.QtCore import QObject"),
        ("session/__init__", "import pyqtgraph"),
        ("spec/one", "import nnstudio.spec.two"),
        ("gui/results/curves", "import nnstudio.gui.data"),
        ("gui/results/curves", "import nnstudio.gui.desk"),  # which knows a panel
        ("gui/dialogs/files", "import nnstudio.gui.diagram"),
        ("gui/tables/grid", "import nnstudio.gui.plots"),
        ("gui/panel/cards", "import nnstudio.gui.forms"),
    ],
)
def test_contracts_catch_what_the_design_forbids(empty_rooms: Path, module: str, statement: str) -> None:
    (empty_rooms / "nnstudio/spec/two.py").write_text("import nnstudio.spec.one\n")
    (empty_rooms / "nnstudio/gui/desk.py").write_text("import nnstudio.gui.data\n")
    (empty_rooms / "nnstudio" / f"{module}.py").write_text(f"{statement}\n")
    result = check_contracts(empty_rooms)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "1 broken" in result.stdout


@pytest.mark.parametrize("module", sorted((PACKAGE / "gui/studio").glob("*.py")), ids=dotted)
def test_the_studio_knows_no_widget(module: Path) -> None:
    known = {name for name in imports_of(module) if name.startswith(("PySide6", "pyqtgraph", "qtawesome"))}
    assert known <= {"PySide6.QtCore"}


def test_every_folder_of_the_window_is_a_panel_or_shared() -> None:
    found = {folder.parent.name for folder in (PACKAGE / "gui").glob("*/__init__.py")}
    assert found == folders_of_the_window()


@pytest.mark.parametrize("module", FOUNDATIONS, ids=dotted)
def test_foundations_import_the_standard_library_only(module: Path) -> None:
    foreign = {name.partition(".")[0] for name in imports_of(module)} - sys.stdlib_module_names
    assert foreign <= {"nnstudio"}


def test_every_room_but_the_window_imports_without_qt() -> None:
    modules = [dotted(module) for module in MODULES if not module.is_relative_to(PACKAGE / "gui")]
    script = (
        "import importlib, sys; from tests.block_qt import block_qt; block_qt()\n"
        "for module in sys.argv[1:]: importlib.import_module(module)"
    )
    command = [sys.executable, "-c", script, *modules]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
