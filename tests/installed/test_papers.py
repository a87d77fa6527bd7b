"""What the package says of itself is true: whose work is in it, under which licences, and what lintian thinks of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

LEAST_WORDS = 40
"""A name of a licence has fewer; the shortest text inside, a notice of the MPL, has more."""
KINDS = {"pypi", "deb", "generic"}
REFERENCE = re.compile(r"pkg:(?P<kind>\w+)/(?:debian/)?(?P<name>[a-z0-9._+-]+)@(?P<version>[\w.+~:-]+)")


@pytest.fixture(scope="module")
def unpacked(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the program, as it is in the package."""
    folder = tmp_path_factory.mktemp("package")
    subprocess.run(["dpkg-deb", "--extract", package, folder], check=True)
    yield folder / "usr" / "lib" / "nnstudio"
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def bill(unpacked: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((unpacked / "sbom.cdx.json").read_text(encoding="utf-8"))
    return content


def test_the_bill_lists_what_is_inside_and_nothing_else(unpacked: Path, bill: dict[str, Any]) -> None:
    inside = {
        canonicalize_name(each.metadata["Name"]): each.version
        for each in metadata.distributions(path=[str(unpacked / "_internal")])
    }
    listed = {each["name"]: each["version"] for each in bill["components"] if each["purl"].startswith("pkg:pypi/")}
    assert listed == inside
    assert {"torch", "numpy", "pyside6-essentials"} <= listed.keys()


def test_libraries_of_the_system_are_listed(unpacked: Path, bill: dict[str, Any]) -> None:
    lying = (path.name for path in (unpacked / "_internal").glob("lib*.so*") if not path.is_symlink())
    inside = {name.partition(".so")[0] for name in lying if not name.startswith("libpython")}
    assert inside == {each["name"] for each in bill["components"] if each["purl"].startswith("pkg:deb/")}


def test_everything_inside_has_its_licence(unpacked: Path, bill: dict[str, Any]) -> None:
    folder = unpacked / "licenses"
    names = {each["name"] for each in bill["components"]} | {"nnstudio"}
    assert {path.name for path in folder.iterdir()} == names | {"README.txt"}
    for name in names:
        words = [len(path.read_text(encoding="utf-8", errors="replace").split()) for path in (folder / name).iterdir()]
        assert words, name
        assert min(words) > 0, f"{name} has an empty licence"
        assert max(words) > LEAST_WORDS, f"{name} has a licence that says next to nothing"
    listed = (folder / "README.txt").read_text(encoding="utf-8").splitlines()
    assert {f"{each['name']} {each['version']}" for each in bill["components"]} <= {
        line.partition(": ")[0] for line in listed
    }


def test_the_bill_has_the_form_of_cyclonedx(bill: dict[str, Any]) -> None:
    """What its schema asks for, version 1.6 (https://cyclonedx.org/docs/1.6/json)."""
    assert bill.keys() == {
        "bomFormat", "specVersion", "serialNumber", "version", "metadata", "components", "dependencies",
    }  # fmt: skip
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])
    program = bill["metadata"]["component"]
    for each in (program, *bill["components"]):
        assert each["type"] in {"application", "library"}
        assert each["name"]
        (licence,) = each["licenses"]
        assert licence.keys() in ({"expression"}, {"license"})
        assert licence.get("expression") or licence["license"]["name"]
    references = [each["bom-ref"] for each in (program, *bill["components"])]
    assert len(set(references)) == len(references)
    (dependency,) = bill["dependencies"]
    assert [dependency["ref"], *dependency["dependsOn"]] == references


def test_every_component_can_be_told_and_compared(bill: dict[str, Any]) -> None:
    for each in bill["components"]:
        reference = REFERENCE.fullmatch(each["purl"])
        assert reference, each["purl"]
        assert reference["kind"] in KINDS
        assert (reference["name"], reference["version"]) == (each["name"], each["version"])
        (digest,) = each["hashes"]
        assert digest["alg"] == "SHA-256"
        assert re.fullmatch("[0-9a-f]{64}", digest["content"])
        assert all(isinstance(each["value"], str) for each in each["properties"])


def test_lintian_finds_nothing(package: Path) -> None:
    lintian = shutil.which("lintian")
    if lintian is None:
        pytest.skip("lintian is not installed: packaging/system-libraries.sh installers does that")
    command = [lintian, "--allow-root", "--fail-on", "error,warning", "--tag-display-limit", "0", str(package)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
