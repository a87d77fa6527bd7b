"""Files that are no weights files of PyTorch: what they are instead, told by how they begin, and what to do."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from nnstudio.engine.foreign.refusals import quoted, refused
from nnstudio.spec.endings import MODEL_SUFFIXES
from nnstudio.spec.files.project import FORMAT

HEAD = 512
"""Bytes that tell what a file is."""

DAMAGED = "It is damaged, or not a weights file."
AGAIN = "Copy or download it again."
EXPORT = "Export it for PyTorch, or as safetensors."
UNPACK = "Unpack it, and open what was in it."

OTHERS = {
    b"\x89HDF": ("an HDF5 file, as Keras writes", EXPORT),
    b"GGUF": ("a GGUF file, as llama.cpp reads", EXPORT),
    b"version https://git-lfs": ("only the pointer of Git LFS to a file", "Fetch the file itself: git lfs pull."),
    b"\x1f\x8b": ("packed (gzip)", UNPACK),
    b"BZh": ("packed (bzip2)", UNPACK),
    b"\xfd7zXZ": ("packed (xz)", UNPACK),
    b"7z\xbc\xaf": ("packed (7-Zip)", UNPACK),
    b"Rar!": ("packed (RAR)", UNPACK),
} | {bytes((8, version, 18)): ("an ONNX model", EXPORT) for version in range(3, 16)}
"""How other files begin, what they are, and what to do; ONNX with its version and the name of who wrote it."""

PAGES = (b"<!doctype html", b"<html", b"<?xml")


def need_weights(path: Path, head: bytes) -> None:
    """Raise `ModelFileError` for a file that begins (``head``) as others do, and for an empty one."""
    if not head:
        raise refused(path, "It is empty.", AGAIN)
    kind, remedy = next((what for start, what in OTHERS.items() if head.startswith(start)), ("", ""))
    if head.lstrip().lower().startswith(PAGES):
        kind, remedy = "a page of the web", "What was downloaded is not the file itself: download it again."
    if head.lstrip().startswith(b"{") and f'"{FORMAT}"'.encode() in head:
        kind, remedy = "a project of nnstudio", "Train it, and take the model file that is saved then."
    if kind:
        raise refused(path, f"It is {kind}, not a weights file of PyTorch.", remedy)
    if head[257:262] == b"ustar" and (packed := _packed(path)):
        raise refused(path, f"It is an archive with {packed} in it.", UNPACK)


def _packed(path: Path) -> str:
    """The first member of a tar; empty where it is one that PyTorch itself wrote, long ago, or none at all."""
    try:
        with tarfile.open(path) as archive:
            first = next((member.name for member in archive if member.isfile()), "")
    except (tarfile.TarError, OSError):
        return ""
    return quoted(first) if first and first not in ("sys_info", "storages", "tensors", "pickle") else ""


def need_archive_of_weights(path: Path, entries: Sequence[zipfile.ZipInfo]) -> None:
    """Raise `ModelFileError` for a ZIP that is none of PyTorch's: packed, or with weights files in it."""
    inner = next((one.filename for one in entries if one.filename.lower().endswith(MODEL_SUFFIXES)), "")
    if inner and not any(one.filename.endswith(("data.pkl", "/archive_format", "/byteorder")) for one in entries):
        raise refused(path, f"It is an archive with {quoted(inner)} in it.", UNPACK)
    if sum(entry.file_size for entry in entries) > path.stat().st_size:  # would take memory that nobody expects
        raise refused(path, "It is compressed, which PyTorch's own files never are.")


def is_cut_off(head: bytes, error: Exception) -> bool:
    """Whether the end of a file is missing: an archive without its list, or a header that tells of more."""
    return head.startswith(b"PK\x03\x04") or "Incomplete" in str(error) or "InvalidHeaderLength" in str(error)
