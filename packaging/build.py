"""Build nnstudio for this system: the folder with the program in it, and the installers that carry it.

    python packaging/build.py bundle             # build/nnstudio, which runs where it lies
    python packaging/build.py installers         # and dist/ with what this system installs from
    python packaging/build.py installers --cuda  # the same with a PyTorch that knows graphics cards

It bundles the packages of the environment that runs it, at the versions that the locks pin.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path

import debian
import disk_image
import icons
import inno_setup
import licences
import sbom
import signing
import tarball
from bundled import Bundle
from tidying import tidy

PACKAGING = Path(__file__).resolve().parent
ROOT = PACKAGING.parent
Installer = Callable[[Bundle, Path], Path]
INSTALLERS: Mapping[str, tuple[Installer, ...]] = {
    "linux": (debian.build, tarball.build_small, tarball.build_for_all),
    "win32": (inno_setup.build,),  # untested
    "darwin": (disk_image.build,),  # untested
}
"""What is made of a bundle on each system; every one writes a file into a folder, and gives its path."""


def main() -> None:
    """Build what is asked for, and say where it is."""
    options = _options()
    if problem := wrong_torch(metadata.version("torch"), options.cuda):
        sys.exit(problem)
    bundle = Bundle(options.work / "nnstudio", options.work / "pyinstaller", "cuda" if options.cuda else "")
    make(bundle)
    print(f"The program is {bundle.program}.")
    if options.what == "installers":
        if sys.platform not in INSTALLERS:
            sys.exit(f"There is no installer for {sys.platform}; the bundle can be copied as it is.")
        options.out.mkdir(parents=True, exist_ok=True)
        for installer in INSTALLERS[sys.platform]:
            path = installer(bundle, options.out)
            if sys.platform == "linux":
                signing.sign_file(path)
            print(f"{path} has {path.stat().st_size / 1e6:.0f} MB. {signing.said(path)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("bundle", "installers"))
    parser.add_argument("--cuda", action="store_true", help="bundle a PyTorch with CUDA (untested)")
    parser.add_argument("--work", type=Path, default=ROOT / "build", help="where the bundle is built (build)")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where the installers go (dist)")
    return parser.parse_args()


def wrong_torch(version: str, cuda: bool) -> str:
    """Why the installed build of PyTorch, such as ``2.13.0+cpu``, does not suit what is asked for; empty if it does."""
    build = version.partition("+")[2]
    if cuda and (build == "cpu" or not (build or _needs_cuda())):
        return (
            f"The PyTorch of this environment, {version}, is a build for the CPU. The CUDA flavour needs another one, "
            "in an environment of its own: packaging/README.md says where it is to be had."
        )
    if not cuda and (build.startswith(("cu", "rocm")) or (not build and _needs_cuda())):
        return (
            f"The PyTorch of this environment, {version}, is a build for graphics cards, and makes installers of "
            "several gigabytes. Ask for that with --cuda (make installers CUDA=1), or install PyTorch’s CPU build."
        )
    return ""


def _needs_cuda() -> bool:
    """Whether the installed PyTorch requires NVIDIA's libraries: its version does not always tell."""
    return any(name.startswith(("nvidia-", "cuda-")) for name in metadata.requires("torch") or ())


def make(bundle: Bundle) -> None:
    """Build the folder: PyInstaller's, tidied, with icons, licences and the bill of materials."""
    icons.write(bundle.work / "icons")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(bundle.folder.parent), "--workpath", str(bundle.work)]
    shutil.rmtree(bundle.folder, ignore_errors=True)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}  # this checkout, whatever else the environment knows
    subprocess.run([*command, str(PACKAGING / "nnstudio.spec")], env=environment, check=True)
    tidy(bundle.folder)
    licences.collect(bundle)
    sbom.write(bundle)


if __name__ == "__main__":
    main()
