"""Signs what is built, where there are keys; without them it is left unsigned, and that is said.

The names of the keys are environment variables; the keys themselves lie in the system's own store of keys (README.md).
Only the signature of Linux's files was tried: the tools of the other systems are not to be had where this was written.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

KEYS = {"win32": "NNSTUDIO_SIGN_WINDOWS", "darwin": "NNSTUDIO_SIGN_MACOS", "linux": "NNSTUDIO_SIGN_LINUX"}
"""What names the key: the certificate's thumbprint, the signing identity, the key's fingerprint."""
NOTARY = "NNSTUDIO_NOTARY_PROFILE"
"""Names the profile that ``xcrun notarytool store-credentials`` has made."""
TIMESTAMPS = "http://timestamp.digicert.com"
"""Who certifies when something was signed, so that it holds when the certificate has run out."""
ENTITLEMENTS = Path(__file__).resolve().parent / "macos" / "entitlements.plist"


def key(system: str = sys.platform) -> str:
    """The name of the key to sign with; empty where there is none."""
    return os.environ.get(KEYS[system], "")


def said(path: Path, system: str = sys.platform) -> str:
    """Whether a file is signed, in a sentence."""
    if key(system):
        return f"{path.name} is signed."
    return f"{path.name} is not signed: {KEYS[system]} names no key."


def signtool(thumbprint: str) -> list[str]:
    """How a file is signed on Windows, but for its name."""
    return ["signtool", "sign", "/sha1", thumbprint, "/fd", "sha256", "/tr", TIMESTAMPS, "/td", "sha256"]


def sign_program(program: Path) -> None:
    """Sign a program of Windows."""
    if name := key("win32"):
        subprocess.run([*signtool(name), str(program)], check=True)


def sign_application(application: Path) -> None:
    """Sign an application of macOS and all that is in it; PyInstaller has signed it for this machine alone."""
    if name := key("darwin"):
        how = ["--force", "--deep", "--options", "runtime", "--timestamp", "--entitlements", str(ENTITLEMENTS)]
        subprocess.run(["codesign", *how, "--sign", name, str(application)], check=True)


def notarise(image: Path) -> None:
    """Sign an image, let Apple look at it, and keep in it that it has."""
    if name := key("darwin"):
        subprocess.run(["codesign", "--timestamp", "--sign", name, str(image)], check=True)
    if profile := os.environ.get(NOTARY):
        submit = ["xcrun", "notarytool", "submit", str(image), "--keychain-profile", profile, "--wait"]
        subprocess.run(submit, check=True)
        subprocess.run(["xcrun", "stapler", "staple", str(image)], check=True)


def sign_file(path: Path) -> None:
    """Write a signature beside a file, as Linux's users check it: ``gpg --verify FILE.asc``."""
    if name := key("linux"):
        how = ["--batch", "--yes", "--armor", "--detach-sign", "--local-user", name]
        subprocess.run(["gpg", *how, str(path)], check=True)
