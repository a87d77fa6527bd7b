"""Builds the installer for Windows with Inno Setup, from ``windows/nnstudio.iss``.

Untested: written without a Windows to try it on.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import signing
from bundled import Bundle

SCRIPT = Path(__file__).resolve().parent / "windows" / "nnstudio.iss"
USUAL_PLACE = Path("Inno Setup 6", "ISCC.exe")


def build(bundle: Bundle, out: Path) -> Path:
    """Write the installer into ``out``; it and the program in it are signed where there is a key."""
    signing.sign_program(bundle.program)
    subprocess.run(command(bundle, out), check=True)
    return out.absolute() / f"{name(bundle)}.exe"


def command(bundle: Bundle, out: Path) -> list[str]:
    """How Inno Setup is called."""
    told = {
        "Version": bundle.version,
        "Bundle": bundle.folder.absolute(),
        "Icon": bundle.work.absolute() / "icons" / "nnstudio.ico",
        "Out": out.absolute(),
        "Name": name(bundle),
    }
    key = signing.key("win32")
    signed = ["/DSigned", f"/Ssigning={' '.join(signing.signtool(key))} $f"] if key else []
    return [compiler(), "/Qp", *(f"/D{word}={value}" for word, value in told.items()), *signed, str(SCRIPT)]


def name(bundle: Bundle) -> str:
    """What the installer is called, without its ending."""
    return f"{bundle.package}-{bundle.version}-windows-setup"


def compiler() -> str:
    """Inno Setup's compiler, on the path or where its own installer puts it."""
    folder = Path(os.environ.get("PROGRAMFILES(X86)", r"C:\Program Files (x86)"))
    return shutil.which("iscc") or str(folder / USUAL_PLACE)
