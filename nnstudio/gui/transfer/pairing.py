"""The popup that pairs a tensor by hand: it offers what has the same shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPoint, QSize, QStringListModel
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from nnstudio.gui.search_popup import SearchPopup
from nnstudio.gui.theme import GRID
from nnstudio.spec.mapping import Line, Place

SIZE = QSize(44 * GRID, 36 * GRID)
FRESH, BY_RULE = "Keep it fresh", "Go by the rule again"


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be chosen for a line: a title, and the pair that it means; ``source`` is None for the rule."""

    title: str
    place: Place
    file: int
    source: str | None


def offers(line: Line, lines: Sequence[Line], titles: Mapping[str, str]) -> list[Offer]:
    """What may be paired with a line: for a place tensors of the file, for a tensor that is left over places."""
    if line.place is None:
        return list(_places_for(line, lines, titles))
    return list(_sources_for(line, line.place, lines))


def _sources_for(line: Line, place: Place, lines: Sequence[Line]) -> Iterator[Offer]:
    file = max(line.file, 0)
    if line.by_hand:
        yield Offer(BY_RULE, place, file, None)
    if line.source:
        yield Offer(FRESH, place, file, "")
    for other in lines:
        if other.source and other.file == file and other.source_shape == place.shape and other.source != line.source:
            used = f"  ·  now in {other.place.name}" if other.place else ""
            yield Offer(f"{other.source}{used}", place, file, other.source)


def _places_for(line: Line, lines: Sequence[Line], titles: Mapping[str, str]) -> Iterator[Offer]:
    for other in lines:
        if other.place is not None and other.place.shape == line.source_shape:
            title = titles.get(other.place.row, "")
            yield Offer(f"{other.place.name}  ·  {title}", other.place, line.file, line.source)


class PairingPopup(SearchPopup):
    """Lists offers; the one that is picked is told to ``take``."""

    def __init__(self, take: Callable[[Offer], object], parent: QWidget) -> None:
        self.found = QListView()
        super().__init__(self.found, "tensors", "Search tensors of the same shape", parent)
        self._take_offer = take
        self._titles = QStringListModel(self)
        self._offers: Sequence[Offer] = ()
        self._shown: Sequence[Offer] = ()
        self.found.setModel(self._titles)
        self.found.setUniformItemSizes(True)
        self.found.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.found.setAccessibleName("Tensors of the same shape")

    def open_at(self, place: QPoint, offered: Sequence[Offer]) -> None:
        """Show what is offered below ``place``, or as near to it as the screen has room."""
        self._offers = offered
        room = self.screen().availableGeometry()
        left = min(place.x(), room.right() - SIZE.width() - GRID)
        top = min(place.y(), room.bottom() - SIZE.height() - GRID)
        self._open(SIZE, QPoint(max(left, room.left()), max(top, room.top())))

    def _list(self) -> None:
        words = self.search.text().casefold().split()
        self._shown = [offer for offer in self._offers if all(word in offer.title.casefold() for word in words)]
        self._titles.setStringList([offer.title for offer in self._shown])
        self.found.setCurrentIndex(self._titles.index(0))

    def _pick(self, index: QModelIndex) -> None:
        if index.isValid():
            self.close()
            self._take_offer(self._shown[index.row()])
