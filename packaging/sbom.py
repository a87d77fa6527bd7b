"""Writes the software bill of materials of a bundle: what is inside, in CycloneDX 1.6 (https://cyclonedx.org)."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from bundled import Bundle
from components import Component, components
from contents import PROJECT

PURLS = {"python": "pkg:pypi/{}@{}", "system": "pkg:deb/debian/{}@{}", "interpreter": "pkg:generic/{}@{}"}
HASHED = "SHA-256 over “digest  path” of each of its files in the order of their paths, as they were bundled"


def write(bundle: Bundle) -> None:
    """Write ``sbom.cdx.json`` into the bundle; the same contents give the same bytes."""
    content = json.dumps(bill(bundle.package, bundle.version, components(bundle)), indent=1)
    (bundle.folder / "sbom.cdx.json").write_text(f"{content}\n", encoding="utf-8")


def bill(name: str, version: str, found: list[Component]) -> dict[str, Any]:
    """The bill of a program of this name and version."""
    listed = [_listed(component) for component in found]
    program = {"type": "application", "bom-ref": name, "name": name, "version": version, "licenses": _licences("MIT")}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(listed))}",
        "version": 1,
        "metadata": {
            "component": program,
            "tools": {"components": [{"type": "application", "name": f"{PROJECT} sbom.py"}]},
        },
        "components": listed,
        "dependencies": [{"ref": name, "dependsOn": [each["bom-ref"] for each in listed]}],
    }


def _listed(component: Component) -> dict[str, Any]:
    purl = PURLS[component.kind].format(component.name, component.version)
    return {
        "type": "library",
        "bom-ref": purl,
        "name": component.name,
        "version": component.version,
        "purl": purl,
        "licenses": _licences(component.licence or "see the licence text"),
        "hashes": [{"alg": "SHA-256", "content": digest(component)}],
        "properties": [
            {"name": "nnstudio:files", "value": str(len(component.files))},
            {"name": "nnstudio:hashed", "value": HASHED},
        ],
    }


def digest(component: Component) -> str:
    """What `HASHED` says, in hexadecimal digits."""
    whole = hashlib.sha256()
    for file in sorted(component.files, key=lambda file: (file.path, file.source)):
        whole.update(f"{hashlib.sha256(file.source.read_bytes()).hexdigest()}  {file.path}\n".encode())
    return whole.hexdigest()


def _licences(text: str) -> list[dict[str, Any]]:
    """A licence by its SPDX identifier or expression; other words are a name."""
    words = text.replace("(", " ").replace(")", " ").split()
    is_expression = all(word in {"AND", "OR", "WITH"} or word in SPDX or word.endswith("-exception") for word in words)
    return [{"expression": text}] if is_expression else [{"license": {"name": text}}]


SPDX = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "GPL-2.0-only", "GPL-3.0-only",
    "LGPL-3.0-only", "MIT", "MIT-CMU", "MPL-2.0", "PSF-2.0", "Unlicense", "Zlib",
}  # fmt: skip
"""The identifiers that the packages of the lock use (https://spdx.org/licenses)."""
