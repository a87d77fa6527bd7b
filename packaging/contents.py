"""What the bundle holds: which packages the program declares, and what of them is left out, with the reason.

The declarations are those of ``pyproject.toml``: whatever else is installed in the environment that builds is not
looked at. ``nnstudio.spec`` reads this, and tests/installed shows that nothing of what is left out is missed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = "nnstudio"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Files of the bundle that match any of ``patterns``, and why the program does without.

    ``*`` stands for any characters, slashes as well. A module is matched like its file, without the suffix.
    """

    why: str
    patterns: Sequence[str]


LEFT_OUT = (
    LeftOut(
        "What compilers read: the program compiles nothing.",
        ("*.h", "*.hpp", "*.cuh", "*.c", "*.cc", "*.cpp", "*.cmake", "*.pxd", "*.pxi", "*.pyx", "*.pyi", "*.proto",
         "pyarrow/include/*", "pyarrow/src/*", "torch/include/*", "torch/share/*", "numpy/_core/lib/*"),
    ),
    LeftOut(
        "Tests and tools of PyTorch’s makers. Its torch_shm_manager stays: PyTorch asks for it.",
        ("torch/test/*", "torch/bin/[!t]*", "torch/bin/test_*", "torch/lib/libtorchbind_test.so",
         "torch/utils/model_dump/*", "torch/lib/libjitbackend_test.so", "torch/lib/libbackend_with_compiler.so",
         "torch/testing/_internal/common_m*", "torch/testing/_internal/opinfo/*",
         "torch/testing/_internal/distributed/rpc/*", "torch/testing/_internal/distributed/distributed_test",
         "torch/testing/_internal/generated/*", "torch/testing/_internal/common_[!d]*",
         "torch/testing/_internal/common_d[!t]*", "torch/testing/_internal/distributed/[!f]*",
         "torch/testing/_internal/optests*", "torch/testing/_internal/*_utils", "torch/testing/_internal/*_db",
         "torch/_export/db/examples/*", "torch/utils/benchmark/*", "torch/utils/hipify/*", "torch/utils/tensorboard/*"),
    ),
    LeftOut(
        "Compiles networks with a C++ compiler, which users do not have; torch.compile is not used.",
        ("torch/_inductor/kernel/*", "torch/_inductor/autoheuristic/*", "torch/_inductor/lowering",
         "torch/_inductor/scheduler", "torch/_inductor/codegen/cuda/*_template*", "torch/_inductor/codegen/triton",
         "torch/_inductor/codegen/cpp*", "torch/_inductor/codegen/wrapper", "torch/_inductor/codegen/simd",
         "torch/_inductor/select_algorithm", "torch/_inductor/fx_passes/serialized_patterns/*",
         "torch/_inductor/template_heuristics/*", "torch/_inductor/compile_fx*", "torch/_inductor/graph",
         "torch/_inductor/comms*", "torch/_inductor/*_lowerings", "torch/_inductor/cudagraph_trees",
         "torch/_inductor/autotune_process", "torch/_inductor/pattern_matcher"),
    ),
    LeftOut(
        "Training on many machines and networks with fewer bits: nnstudio does neither.",
        ("torch/distributed/elastic/*", "torch/distributed/launcher/*", "torch/distributed/run",
         "torch/distributed/launch", "torch/distributed/pipelining/*", "torch/distributed/flight_recorder/*",
         "torch/distributed/_tools/*", "torch/ao/pruning/*", "torch/ao/ns/*"),
    ),
    LeftOut("Tests of other packages.", ("pyarrow/tests/*", "*/tests/*.so", "pyarrow/_pyarrow_cpp_tests*")),
    LeftOut(
        "Arrow over networks and in formats that nnstudio does not open.",
        ("*libarrow_flight*", "*libarrow_python_flight*", "*libarrow_s3*", "pyarrow/_flight*", "pyarrow/_s3fs*",
         "pyarrow/_gcsfs*", "pyarrow/_azurefs*", "pyarrow/_hdfs*", "pyarrow/_orc*", "pyarrow/_dataset_orc*",
         "pyarrow/_substrait*", "pyarrow/_cuda*", "pyarrow/gandiva*"),
    ),
    LeftOut(
        "The same libraries under other names; each is found by the one that names its interface.",
        ("pyarrow/libarrow_python*.so", "pyarrow/libarrow*.so.*.*.*"),
    ),
    LeftOut(
        "Optuna’s studies in databases: a search keeps its trials itself.",
        ("sqlalchemy*", "alembic*", "mako*"),
    ),
    LeftOut("Files over networks.", ("fsspec*",)),
    LeftOut("Colours program text in a terminal: nnstudio prints none there.", ("pygments*",)),
    LeftOut(
        "Plots, physics and help of packages that are used for something else.",
        ("optuna/visualization/*", "pyqtgraph/flowchart/*", "sympy/physics/*", "sympy/vector/*", "pydoc_data/*"),
    ),
    LeftOut("Edits lines at Python’s own prompt.", ("*/lib-dynload/readline.*",)),
    LeftOut("Builds packages.", ("setuptools*", "_distutils_hack*", "pkg_resources*")),
    LeftOut(
        "Screens without a desktop, GTK’s look with all of GTK, and what Qt loads for networks.",
        ("*/plugins/egldeviceintegrations/*", "*/plugins/generic/*", "*/plugins/networkinformation/*",
         "*/plugins/platforms/*eglfs*", "*/plugins/platforms/*linuxfb*", "*/plugins/platforms/*minimal*",
         "*/plugins/platforms/*vkkhrdisplay*", "*/plugins/platforms/*vnc*", "*/plugins/platformthemes/*gtk3*",
         "*/plugins/tls/*", "*libQt6EglF*"),
    ),
    LeftOut(
        "Tests of windows: pyqtgraph draws without them. It does load what draws scenes in three dimensions.",
        ("PySide6/QtTest*", "*Qt6Test*"),
    ),
    LeftOut("Words of Qt in other languages: the window is English.", ("*/Qt/translations/*",)),
    LeftOut(
        "Papers for pip. What versions are read from stays; licences are collected in a folder of their own.",
        ("*.dist-info/[!M]*",),
    ),
    LeftOut("Papers of what is not in the bundle.", ("flatbuffers-*", "hypothesis-*", "tzdata-*")),
)  # fmt: skip
"""Read by `is_left_out`; files that a later release of a package brings are in until they are named here."""


def is_left_out(path: str) -> bool:
    """Whether a file or module of the bundle, such as ``torch/bin/protoc``, is left out."""
    return any(fnmatchcase(path, pattern) for each in LEFT_OUT for pattern in each.patterns)


LEFT_OUT_AT_THE_START: Mapping[str, str] = {
    "pyi_rth_pyside6": "Loads Qt, for the terminal as well, to say where Qt’s plugins are: PySide6 finds them itself, "
    "and programs that nnstudio starts would look for theirs there.",
    "pyi_rth_pyqtgraph_multiprocess": "Lets pyqtgraph start processes: it starts none.",
    "pyi_rth_setuptools": "Prepares packages to be built.",
}
"""What PyInstaller would run before the program, by name, and why that is left out."""

OF_THE_SYSTEM = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/")
WITH_PYTHON = (
    "libbz2.",
    "libcrypto.",
    "libffi.",
    "liblzma.",
    "libpython",
    "libsqlite3.",
    "libssl.",
    "libuuid.",
    "libz.",
)
"""Libraries that Python's own modules need, and that differ from one release of a system to the next."""


def comes_with_the_system(name: str, source: str) -> bool:
    """Whether a library of Linux is not bundled: the installed system has its own, which suits its drivers and desktop.

    ``packaging/system-libraries.sh`` names those packages, and the ``.deb`` declares them.
    """
    return source.startswith(OF_THE_SYSTEM) and name.startswith("lib") and not comes_with_python(name)


def comes_with_python(name: str) -> bool:
    """Whether a library of the system is bundled because Python's own modules need it."""
    return name.startswith(WITH_PYTHON)


READ_AS_TEXT = ("nnstudio", "onnxscript")
"""Packages that are bundled as text, too: printed code carries parts of the one along, and the other reads the
functions that it translates into ONNX."""
READS_ITSELF = re.compile(r"install_config_module\(|\b_overload(_method)?\b|\bjit\.script\b")
"""What tells the modules of PyTorch whose source text it reads when they are imported."""


def needs_its_source(path: Path) -> bool:
    """Whether a module of PyTorch is bundled as text, too; a tenth of its text is."""
    return READS_ITSELF.search(path.read_text(encoding="utf-8")) is not None


def resources() -> Iterator[tuple[Path, str]]:
    """What lies in the folder of resources, and where in that of the bundle: all that the wheel has, too."""
    for path in sorted((ROOT / "resources").iterdir()):
        if path.name != "pictures":  # for the README
            yield path, path.name if path.is_dir() else "."


def version() -> str:
    """The version of this checkout."""
    from nnstudio import __version__  # noqa: PLC0415  # PyInstaller asks for this module before it knows the checkout

    return __version__


def declared() -> tuple[Requirement, ...]:
    """The requirements of ``pyproject.toml``."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return tuple(map(Requirement, project["dependencies"]))


@cache
def distributions() -> Mapping[str, metadata.Distribution]:
    """The installed packages that the program needs, directly or not, by their canonical name."""
    found: dict[str, metadata.Distribution] = {}
    waiting = list(declared())
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found:
            continue
        found[name] = metadata.distribution(name)
        waiting += _requirements_of(found[name], requirement.extras)
    return dict(sorted(found.items()))


def _requirements_of(distribution: metadata.Distribution, extras: set[str]) -> Iterator[Requirement]:
    for requirement in map(Requirement, distribution.requires or ()):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement


def foreign_packages() -> list[str]:
    """The packages and modules to import of whatever else is installed here."""
    own = {*distributions(), PROJECT}
    ours = {name for name, owners in _owners().items() if not own.isdisjoint(owners)}
    return sorted(name for name in _owners() if name not in ours and name.isidentifier())


@cache
def _owners() -> Mapping[str, set[str]]:
    """Which distributions each top-level name belongs to."""
    found = metadata.packages_distributions()
    return {name: {canonicalize_name(owner) for owner in owners} for name, owners in found.items()}
