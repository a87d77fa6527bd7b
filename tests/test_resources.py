import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nnstudio import resources
from nnstudio.resources import resource, source


def test_finds_files_and_folders_of_the_checkout() -> None:
    assert resource("samples/iris.csv").read_text(encoding="utf-8").startswith("sepal_length,")
    assert resource("samples/digits").is_dir()


def test_says_what_is_missing() -> None:
    with pytest.raises(FileNotFoundError, match=r"not installed completely: .*nowhere\.csv is missing"):
        resource("samples/nowhere.csv")


def test_finds_the_copy_that_the_wheel_carries(tmp_path: Path) -> None:
    shutil.copy(resources.__file__, tmp_path / "resources.py")
    (tmp_path / "_resources").mkdir()
    (tmp_path / "_resources" / "packed.txt").touch()
    script = "from resources import resource; print(resource('packed.txt'))"
    answer = subprocess.check_output([sys.executable, "-c", script], cwd=tmp_path, text=True)
    assert Path(answer.strip()) == (tmp_path / "_resources" / "packed.txt").resolve()


def test_gives_the_source_of_a_module_of_its_own() -> None:
    assert "class Branches(nn.Module):" in source("engine/modules.py")
