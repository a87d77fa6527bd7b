"""Says, while a file is held over the window, that it may be dropped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from nnstudio.spec.splits import FileSplit


class DropHint(QFrame):
    """A veil with a dashed line over its parent."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words = QLabel()
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setProperty("role", "figure")
        QVBoxLayout(self).addWidget(self.words)
        self.hide()

    def offer(self, paths: Sequence[Path]) -> None:
        """Cover the parent and name what would be opened."""
        self.words.setText(invitation(paths))
        self.setGeometry(self.parentWidget().rect())  # type: ignore[union-attr]  # made with a parent
        self.raise_()
        self.show()


def invitation(paths: Sequence[Path]) -> str:
    """What dropping these files would do."""
    if separate := separate_files(paths):
        train, split = separate
        others = " and ".join(f"“{Path(path).name}”" for path in (split.validation, split.test) if path)
        return f"Drop to train on “{train.name}”, beside {others}"
    return f"Drop to open “{paths[0].name}”"


TRAIN, VALIDATION, TEST = ("train", "training"), ("valid", "validation", "val", "dev"), ("test", "testing", "eval")


def separate_files(paths: Sequence[Path]) -> tuple[Path, FileSplit] | None:
    """The file to train on and the split by files, where the names of two or three files of one kind say so."""
    train, validation, test = (_named(paths, names) for names in (TRAIN, VALIDATION, TEST))
    named = [path for path in (train, validation, test) if path]
    if train is None or len(named) < 2 or len(named) != len(paths) or len({_kind(path) for path in paths}) > 1:
        return None
    return train, FileSplit(str(validation.absolute()) if validation else "", str(test.absolute()) if test else "")


def _named(paths: Sequence[Path], names: Sequence[str]) -> Path | None:
    """The one file with one of ``names`` among the words of its own."""
    found = [path for path in paths if set(re.split(r"[^a-z]+", path.name.lower())) & set(names)]
    return found[0] if len(found) == 1 else None


def _kind(path: Path) -> str:
    return "".join(path.suffixes[-2:]).lower() if path.suffix.lower() in PACKED else path.suffix.lower()


PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip")


def dropped_files(mime: QMimeData) -> list[Path]:
    """The files and folders of this machine among what is dragged."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
