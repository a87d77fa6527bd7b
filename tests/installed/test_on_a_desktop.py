"""On a desktop, which has the libraries already: installing needs no network, and what came is where desktops look.

The tests run in the order in which they are written.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from nnstudio.resources import resource
from tests.installed.root import HOME, OF_APT, Root
from tests.window.conftest import Screen

TOOLS = "libglib2.0-bin, xdg-utils, bash-completion"
GNOME = {"XDG_CURRENT_DESKTOP": "GNOME"}
"""Tells the tools whose ways to go; GNOME's own, `gio`, is the one that is installed here."""
PROJECT_TYPE = "application/x-nnstudio"
BROUGHT = {
    "/usr/bin/nnstudio",
    "/usr/lib/nnstudio/licenses/README.txt",
    "/usr/lib/nnstudio/sbom.cdx.json",
    "/usr/share/applications/nnstudio.desktop",
    "/usr/share/bash-completion/completions/nnstudio",
    "/usr/share/doc/nnstudio/copyright",
    "/usr/share/fish/vendor_completions.d/nnstudio.fish",
    "/usr/share/icons/hicolor/256x256/apps/nnstudio.png",
    "/usr/share/icons/hicolor/scalable/apps/nnstudio.svg",
    "/usr/share/man/man1/nnstudio.1.gz",
    "/usr/share/mime/packages/nnstudio.xml",
    "/usr/share/zsh/vendor-completions/_nnstudio",
}


@pytest.fixture(scope="module")
def desktop(root: Root, package: Path) -> Root:
    """The bare system with what the package asks for, and what looks after menus, types of files and manuals."""
    form = "--showformat=${Depends}, ${Recommends}"
    wanted = subprocess.run(["dpkg-deb", "--show", form, package], check=True, capture_output=True, text=True).stdout
    root.as_root("apt-get", "-qq", "update")
    root.as_root("apt-get", "-qq", "satisfy", "--yes", "--no-install-recommends", f"{wanted}, {TOOLS}")
    root.given(package)
    for name in ("iris.csv", "iris.nnstudio"):
        root.given(resource("samples") / name)
    return root


def test_it_is_installed_without_a_network(desktop: Root, package: Path) -> None:
    desktop.as_root("apt-get", "-qq", "install", "--yes", f"{HOME}/{package.name}", offline=True)
    assert desktop.as_root("dpkg", "--verify", "nnstudio") == ""


def test_everything_is_where_desktops_look(desktop: Root) -> None:
    assert set(desktop.run("dpkg", "--listfiles", "nnstudio").splitlines()) >= BROUGHT


def test_the_manual_is_shown_and_found(desktop: Root) -> None:
    shown = desktop.run("man", "nnstudio")
    for word in ("NAME", "SYNOPSIS", "nnstudio train", "--version", "EXIT STATUS"):
        assert word in shown
    assert desktop.run("whatis", "nnstudio").startswith("nnstudio (1)")


def test_bash_completes_a_command(desktop: Root) -> None:
    """As it is typed, with the tabulator, into a shell with a terminal."""
    typed = "source /usr/share/bash-completion/bash_completion\\nnnstudio compl\\t --help\\nexit\\n"
    said = desktop.run("sh", "-c", f"printf '{typed}' | script -qec 'bash --norc -i' /dev/null")
    assert "usage: nnstudio completion" in said


def test_the_menu_entry_is_valid_and_takes_projects(desktop: Root) -> None:
    assert desktop.run("desktop-file-validate", "/usr/share/applications/nnstudio.desktop") == ""
    assert "nnstudio.desktop" in desktop.run("gio", "mime", PROJECT_TYPE)


def test_a_project_is_known_and_belongs_to_nnstudio(desktop: Root) -> None:
    assert desktop.run("xdg-mime", "query", "filetype", "iris.nnstudio", environment=GNOME).strip() == PROJECT_TYPE
    assert desktop.run("xdg-mime", "query", "default", PROJECT_TYPE, environment=GNOME).strip() == "nnstudio.desktop"


def test_opening_a_project_opens_the_window(desktop: Root, screen: Screen) -> None:
    """What a double click on the file comes to."""
    display = {"DISPLAY": screen.environment["DISPLAY"], **GNOME}
    session = screen.start(
        *desktop.command(["sh", "-c", "xdg-open iris.nnstudio; sleep infinity"], environment=display)
    )
    try:
        screen.until(lambda: "iris.nnstudio" in screen.title(), "the project is open")
        screen.press("ctrl+q")
        screen.until(lambda: screen.windows() == "", "the window is closed")
    finally:
        session.kill()


def test_nothing_is_left_when_it_is_taken_out(desktop: Root) -> None:
    desktop.as_root("apt-get", "-qq", "purge", "--yes", "nnstudio", offline=True)
    left = [path for path in desktop.files() if "nnstudio" in path and not path.startswith(OF_APT)]
    assert left == []
    assert "nnstudio.desktop" not in desktop.run("gio", "mime", PROJECT_TYPE)
