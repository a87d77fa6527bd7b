"""What builds the installers of Windows and macOS: nothing of it can be run here, but all that it names is there."""

import os
import plistlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import disk_image
import inno_setup
import signing
from build import INSTALLERS
from bundled import Bundle

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGING = ROOT / "packaging"
SCRIPT = inno_setup.SCRIPT.read_text(encoding="utf-8")
WORKFLOW = ROOT / ".github" / "workflows" / "release.yml"


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*signing.KEYS.values(), signing.NOTARY):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What would have been run."""
    run: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: run.append(command))
    return run


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    folder = tmp_path / "build" / "nnstudio"
    (folder / "licenses").mkdir(parents=True)
    (folder / "sbom.cdx.json").write_text("{}", encoding="utf-8")
    (folder.parent / "nnstudio.app" / "Contents").mkdir(parents=True)
    work = tmp_path / "build" / "pyinstaller"
    work.mkdir()
    return Bundle(folder, work, version="1.2.3")


def test_every_system_has_its_installers() -> None:
    assert {name: len(made) for name, made in INSTALLERS.items()} == {"linux": 3, "win32": 1, "darwin": 1}


# ---- Windows ----


def test_the_script_has_whole_sections_and_installs_for_one_user() -> None:
    sections = re.findall(r"^\[(\w+)\]$", SCRIPT, re.MULTILINE)
    assert sections == ["Setup", "Tasks", "InstallDelete", "Files", "Icons", "Registry", "Run"]
    for line in ("PrivilegesRequired=lowest", "ChangesAssociations=yes", "SignTool=signing"):
        assert line in SCRIPT.splitlines()
    roots = re.findall(r"^Root: (\w+);", SCRIPT, re.MULTILINE)
    assert set(roots) == {"HKA"}
    assert r"Software\Classes\.nnstudio" in SCRIPT
    assert SCRIPT.count('"') % 2 == 0


def test_the_script_names_files_that_are_there(bundle: Bundle, tmp_path: Path) -> None:
    licence = re.search(r"^LicenseFile=(.*)$", SCRIPT, re.MULTILINE)
    assert licence
    assert (inno_setup.SCRIPT.parent / licence[1].replace("\\", "/")).resolve() == ROOT / "LICENSE"
    told = dict(word[2:].split("=", 1) for word in inno_setup.command(bundle, tmp_path) if word.startswith("/D"))
    assert set(re.findall(r"\{#(\w+)\}", SCRIPT)) == set(told)
    assert Path(told["Bundle"]).is_dir()
    assert (told["Name"], told["Version"]) == ("nnstudio-1.2.3-windows-setup", "1.2.3")


def test_windows_is_built_unsigned_without_a_key(bundle: Bundle, tmp_path: Path, commands: list[list[str]]) -> None:
    assert inno_setup.build(bundle, tmp_path) == tmp_path / "nnstudio-1.2.3-windows-setup.exe"
    (command,) = commands
    assert not any(word.startswith(("/S", "/DSigned")) for word in command)
    assert command[-1].endswith("nnstudio.iss")
    assert signing.said(Path("a.exe"), "win32") == "a.exe is not signed: NNSTUDIO_SIGN_WINDOWS names no key."


def test_windows_is_signed_with_a_key(
    bundle: Bundle, tmp_path: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNSTUDIO_SIGN_WINDOWS", "ABC")
    inno_setup.build(bundle, tmp_path)
    program, setup = commands
    assert program[:4] == ["signtool", "sign", "/sha1", "ABC"]
    assert program[-1] == str(bundle.program)
    assert "/DSigned" in setup
    assert any(word.startswith("/Ssigning=signtool sign /sha1 ABC") and word.endswith(" $f") for word in setup)
    assert signing.said(Path("a.exe"), "win32") == "a.exe is signed."


# ---- macOS ----


def test_the_property_lists_are_read() -> None:
    info: dict[str, Any] = plistlib.loads((PACKAGING / "macos" / "Info.plist").read_bytes())
    (exported,) = info["UTExportedTypeDeclarations"]
    assert exported["UTTypeTagSpecification"]["public.filename-extension"] == ["nnstudio"]
    assert info["CFBundleDocumentTypes"][0]["LSItemContentTypes"] == [exported["UTTypeIdentifier"]]
    assert info["LSBackgroundOnly"] is False
    assert all(plistlib.loads(signing.ENTITLEMENTS.read_bytes()).values())
    assert '"packaging" / "macos" / "Info.plist"' in (PACKAGING / "nnstudio.spec").read_text(encoding="utf-8")


def test_macos_is_built_unsigned_without_a_key(bundle: Bundle, tmp_path: Path, commands: list[list[str]]) -> None:
    path = disk_image.build(bundle, tmp_path)
    assert path.suffix == ".dmg"
    (command,) = commands
    assert command[:2] == ["hdiutil", "create"]
    assert command[-1] == str(path)


def test_macos_is_signed_and_notarised_with_keys(
    bundle: Bundle, tmp_path: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNSTUDIO_SIGN_MACOS", "Developer ID Application: A")
    monkeypatch.setenv("NNSTUDIO_NOTARY_PROFILE", "profile")
    path = disk_image.build(bundle, tmp_path)
    called = [command[:3] if command[0] == "xcrun" else command[:1] for command in commands]
    assert called[:3] == [["codesign"], ["hdiutil"], ["codesign"]]
    assert [words[1] for words in called[3:]] == ["notarytool", "stapler"]
    assert commands[0][-1].endswith("nnstudio.app")
    assert commands[2][-1] == str(path)


# ---- keys, workflow ----


def told(*command: str | Path, **more: str) -> str:
    """What a program prints that does its work."""
    done = subprocess.run(command, env=os.environ | more, capture_output=True, text=True, check=True)
    return done.stdout


def test_a_key_of_linux_signs_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gpg = shutil.which("gpg")
    if gpg is None:
        pytest.skip("gpg is not installed")
    home = tmp_path / "keys"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    told(gpg, "--batch", "--passphrase", "", "--quick-gen-key", "a test", "ed25519", "sign", "never")
    secret = told(gpg, "--batch", "--armor", "--export-secret-keys")
    name, _, fingerprint = told(PACKAGING / "fetch-keys.sh", LINUX_KEY=secret).strip().partition("=")
    assert name == "NNSTUDIO_SIGN_LINUX"
    assert re.fullmatch("[0-9A-F]{40}", fingerprint)
    monkeypatch.setenv(name, fingerprint)
    file = tmp_path / "nnstudio.deb"
    file.write_bytes(b"packed")
    signing.sign_file(file)
    told(gpg, "--batch", "--verify", f"{file}.asc", file)
    assert signing.said(file, "linux") == "nnstudio.deb is signed."
    told(gpg.replace("gpg", "gpgconf"), "--kill", "all")


@pytest.mark.skipif(sys.platform == "win32", reason="it is written for bash")
def test_without_secrets_there_are_no_keys() -> None:
    done = subprocess.run([PACKAGING / "fetch-keys.sh"], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_the_workflow_names_what_is_there() -> None:
    text = WORKFLOW.read_text(encoding="utf-8")
    jobs: dict[str, Any] = yaml.safe_load(text)["jobs"]
    assert list(jobs) == ["test", "build", "release"]
    builds = {
        (each["system"].partition("-")[0], each["flavour"]) for each in jobs["build"]["strategy"]["matrix"]["include"]
    }
    assert builds == {
        ("ubuntu", "cpu"), ("ubuntu", "cuda"), ("windows", "cpu"), ("windows", "cuda"), ("macos", "cpu"),
    }  # fmt: skip
    for path in re.findall(r"(?:packaging|tests)/[\w./-]+", text):
        assert (ROOT / path).exists(), path
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(f"\n{target}:" in makefile for target in re.findall(r"run: make (\w+)", text))
    readme = (PACKAGING / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in readme for name in re.findall(r"secrets\.(\w+)", text))
    assert all(name in readme for name in re.findall(r"torch: (\w+)", text))


def test_the_readme_names_what_is_there() -> None:
    text = (PACKAGING / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"`([\w./-]+\.(?:py|sh|spec|yml))`", text):
        assert any((folder / name).exists() for folder in (ROOT, PACKAGING)), name
    for name in (*signing.KEYS.values(), signing.NOTARY):
        assert f"`{name}`" in text
