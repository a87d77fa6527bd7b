"""Write requirements.lock and requirements-dev.lock: pyproject.toml as pip resolves it today, all pinned.

Nothing is installed. The locks name no index, and no build of torch (``+cpu``): pip takes the one that suits
the machine, together with the GPU libraries that this build asks for.
"""

import json
import subprocess
import sys
from pathlib import Path

PACKAGING = Path(__file__).resolve().parent
RUNTIME = PACKAGING / "requirements.lock"
DEVELOPMENT = PACKAGING / "requirements-dev.lock"
TORCH = "torch==2.13.0"  # the release that everything is measured with; raised by hand, with the benchmarks
OF_TORCH_BUILD = ("cuda-", "nvidia-", "triton")


def resolve(project: str, *options: str) -> dict[str, str]:
    """Return the version of every package that ``project`` needs, by name."""
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
    report = subprocess.check_output([*install, "--report", "-", *options, project])
    packages = [package["metadata"] for package in json.loads(report)["install"]]
    return {
        package["name"].lower(): package["version"].partition("+")[0]
        for package in packages
        if package["name"] != "nnstudio" and not package["name"].startswith(OF_TORCH_BUILD)
    }


def write(lock: Path, packages: dict[str, str], *includes: str) -> None:
    """Write the packages in alphabetical order."""
    pins = [f"{name}=={version}" for name, version in sorted(packages.items())]
    lock.write_text("\n".join(["# Written by `make lock`.", *includes, *pins, ""]), encoding="utf-8")


def main() -> None:
    """Resolve the runtime first; development then keeps its versions."""
    project = str(PACKAGING.parent)
    runtime = resolve(project, TORCH)
    write(RUNTIME, runtime)
    development = resolve(f"{project}[dev]", "--constraint", str(RUNTIME))
    only_there = {name: version for name, version in development.items() if name not in runtime}
    write(DEVELOPMENT, only_there, f"-r {RUNTIME.name}")


if __name__ == "__main__":
    main()
