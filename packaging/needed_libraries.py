"""Which Debian packages a bundle needs: found out from its libraries, not remembered."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from tidying import libraries

SCRIPT = Path(__file__).resolve().parent / "system-libraries.sh"
OF_C = frozenset({"ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "libc.so.6", "libdl.so.2", "libm.so.6",
                  "libpthread.so.0", "libresolv.so.2", "librt.so.1", "libutil.so.1"})  # fmt: skip
ALONG: Mapping[str, str] = {
    "libX11.so.6": "libx11-6",
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libfreetype.so.6": "libfreetype6",
    "libgcc_s.so.1": "libgcc-s1",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb.so.1": "libxcb1",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
"""Packages that come along with those of ``system-libraries.sh``, which a checkout therefore need not name."""
RENAMED = {"libglib2.0-0": "libglib2.0-0t64 | libglib2.0-0"}
"""Names since Debian 13 and Ubuntu 24.04, where time has 64 bits."""
COMPILERS = {25: 8, 28: 9, 29: 11, 30: 12, 32: 13, 33: 14, 34: 15}
"""The release of GCC whose libstdc++ was the first with GLIBCXX_3.4.N."""


def dependencies(folder: Path, program: Path) -> list[str]:
    """The ``Depends`` of a package with ``program`` and the libraries in ``folder``.

    Raises ``LookupError`` where a library is needed that neither the bundle nor a known package has.
    """
    found = list(libraries(folder))
    own = {path.name for path in folder.rglob("*.so*")}
    needed = set(_needed(found)) - own | set(_needed([program])) - OF_C
    packages = _packages()
    if unknown := sorted(needed - packages.keys() - OF_C - {"libstdc++.so.6"}):
        raise LookupError(f"Which package has {', '.join(unknown)}? Say so in packaging/needed_libraries.py.")
    names = {packages[name] for name in needed if name in packages}
    return [*of_compiler(found), *sorted(RENAMED.get(name, name) for name in names)]


def _packages() -> dict[str, str]:
    """The Debian package of each library that is known by name."""
    listed = re.findall(r"^(\S+\.so\.\d+) (\S+)$", SCRIPT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {**ALONG, **dict(listed)}


def _needed(files: Iterable[Path]) -> list[str]:
    """The names of the libraries that ``files`` are linked with."""
    command = ["readelf", "--dynamic", "--wide", *map(str, files)]
    return re.findall(
        r"\(NEEDED\).*\[(.+)\]", subprocess.run(command, capture_output=True, text=True, check=True).stdout
    )


def of_compiler(files: Iterable[Path]) -> list[str]:
    """The least versions of the C and C++ libraries: the newest that any of ``files`` names."""
    c, cpp = 0, 0
    for path in files:
        content = path.read_bytes()
        c = max([c, *map(int, re.findall(rb"GLIBC_2\.(\d+)\0", content))])
        cpp = max([cpp, *map(int, re.findall(rb"GLIBCXX_3\.4\.(\d+)\0", content))])
    compiler = next(release for step, release in COMPILERS.items() if step >= cpp)
    return [f"libc6 (>= 2.{c})", f"libstdc++6 (>= {compiler})"]
