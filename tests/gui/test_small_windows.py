"""The whole window with a trained network: nothing overlaps or is cut, down to 150 % and 200 % on a small screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget

from nnstudio.gui.actions.table import PANELS, RESULTS
from nnstudio.gui.app import build
from nnstudio.gui.arrangements import PAIR
from nnstudio.gui.code.page import CodePage
from nnstudio.gui.data.columns_delegate import ROW
from nnstudio.gui.data.columns_view import ColumnTable
from nnstudio.gui.main_window import MainWindow
from nnstudio.gui.network.places import DENSE, ROOMY
from nnstudio.gui.network.view import StackView
from nnstudio.gui.panel import PageScroll
from nnstudio.gui.plots.curve_plot import CurvePlot
from nnstudio.gui.tabbed import TabbedPanel
from nnstudio.gui.tables.quiet import QuietTable
from nnstudio.gui.theme import Theme, scaled
from nnstudio.gui.toolbar.bar import ICON_WIDTH, SEARCH_WIDTH, SearchButton
from nnstudio.jobs.link import ThreadLink
from nnstudio.resources import resource
from nnstudio.session import edits
from tests.gui.fakes import studio_over

SIZES = [(1280, 780), (853, 510), (640, 380)]
"""1280×800 without its frame and title, at 100, 150 and 200 %: logical pixels."""


@pytest.fixture(scope="module")
def trained(qapp: QApplication, lasting_theme: Theme, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """The window with the penguins and a network that was trained for a moment."""
    with pytest.MonkeyPatch.context() as patch, studio_over(ThreadLink, qapp) as studio:
        for name in ("CONFIG", "DATA", "CACHE"):
            patch.setenv(f"NNSTUDIO_{name}", str(tmp_path_factory.mktemp(name.lower())))
        window = build(qapp, studio, lasting_theme, opens_something=True)
        window.setWindowState(Qt.WindowState.WindowNoState)
        window.show()
        studio.open_path(resource("samples/penguins.nnstudio"))
        wait_until(lambda: studio.state.facts is not None)
        training = replace(studio.state.project.training, epochs=3, patience=0)
        studio.apply("Epochs", edits.set_training(studio.state.project, training))
        studio.train()
        wait_until(lambda: studio.run.finished is not None)
        wait_until(lambda: results_of(window).stack.count() == len(RESULTS))
        yield window
        window.may_close = lambda: True
        window.close()
        window.deleteLater()  # no other test is to dress it once more
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def wait_until(holds: object) -> None:
    """Let the program go on until something holds; a run of the suite that takes too long is ended as a whole."""
    assert callable(holds)
    while not holds():
        QCoreApplication.processEvents()


def results_of(window: MainWindow) -> TabbedPanel:
    panel = window.workspace.docks["Results"].panel
    assert isinstance(panel, TabbedPanel)
    return panel


def open_page(window: MainWindow, page: str) -> None:
    window.workspace.bring_forward("Results" if page in RESULTS else page)
    if page in RESULTS:
        results_of(window).open_tab(page)
    for _ in range(4):  # what is laid out anew asks for it once more
        QApplication.processEvents()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_window_takes_the_size_that_it_is_given(trained: MainWindow, size: tuple[int, int]) -> None:
    trained.resize(*size)
    open_page(trained, "Curves")
    assert (trained.width(), trained.height()) == size
    needed, room = trained.workspace._needed, trained.workspace.size()
    assert needed.boundedTo(room) == needed
    assert lasting_faults(trained) == []


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("panel", [name for name in PANELS if name != "Results"])
def test_nothing_in_a_panel_overlaps_or_is_cut(trained: MainWindow, size: tuple[int, int], panel: str) -> None:
    trained.resize(*size)
    open_page(trained, panel)
    assert lasting_faults(trained.workspace.docks[panel]) == []


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("page", RESULTS)
def test_nothing_on_a_page_overlaps_is_cut_or_scrolled_sideways(
    trained: MainWindow, size: tuple[int, int], page: str
) -> None:
    trained.resize(*size)
    open_page(trained, page)
    scroll = results_of(trained).stack.currentWidget()
    assert isinstance(scroll, PageScroll)
    assert not scroll.horizontalScrollBar().isVisible()
    assert lasting_faults(trained.workspace.docks["Results"]) == []


@pytest.fixture(scope="module")
def large(trained: MainWindow, lasting_theme: Theme) -> Iterator[MainWindow]:
    """The same window, in which every page was seen before the text was made larger."""
    trained.resize(1280, 780)
    for page in RESULTS:
        open_page(trained, page)
    lasting_theme.resize(150)
    yield trained
    lasting_theme.resize(100)


@pytest.mark.parametrize("page", RESULTS)
def test_with_larger_text_nothing_on_a_page_overlaps_or_is_cut(large: MainWindow, page: str) -> None:
    open_page(large, page)
    scroll = results_of(large).stack.currentWidget()
    assert isinstance(scroll, PageScroll)
    assert not scroll.horizontalScrollBar().isVisible()
    assert lasting_faults(large.workspace.docks["Results"]) == []


@pytest.mark.parametrize("panel", [name for name in PANELS if name != "Results"])
def test_with_larger_text_nothing_in_a_panel_overlaps_or_is_cut(large: MainWindow, panel: str) -> None:
    open_page(large, panel)
    assert large.workspace.arrangement is PAIR, "panels with larger text need more room"
    assert lasting_faults(large.workspace.docks[panel]) == []


def test_the_search_of_the_toolbar_has_room_for_larger_words(large: MainWindow) -> None:
    (search,) = large.findChildren(SearchButton)
    assert search.minimumWidth() in (scaled(SEARCH_WIDTH), ICON_WIDTH)


def test_rows_plots_and_code_grow_with_the_text(large: MainWindow) -> None:
    (plot, *_) = large.findChildren(CurvePlot)
    assert plot.graph.getPlotItem().getAxis("left").style["tickFont"].pixelSize() == scaled(12) == 18
    (columns,) = large.findChildren(ColumnTable)
    assert {columns.rowHeight(row) for row in range(columns.model().rowCount())} == {scaled(ROW)}
    (stack,) = large.findChildren(StackView)
    assert stack.sizeHintForRow(0) in (ROOMY.row, DENSE.row)
    assert ROOMY.card == scaled(42) > 42
    (code,) = large.findChildren(CodePage)
    assert code.font().pixelSize() == 18
    for table in large.findChildren(QuietTable):
        assert table.verticalHeader().defaultSectionSize() > table.fontMetrics().height()


SETTLED_MILLISECONDS = 10_000
"""So long a busy machine may take until everything is laid out; what is still wrong then, stays wrong."""


def lasting_faults(root: QWidget) -> list[str]:
    """What `faults` finds once everything is laid out, also what the engine has still told meanwhile."""
    deadline = QDeadlineTimer(SETTLED_MILLISECONDS)
    QApplication.processEvents()
    while (found := list(faults(root))) and not deadline.hasExpired():
        QApplication.processEvents()
    return found


def faults(root: QWidget) -> Iterator[str]:
    """What overlaps, reaches out of its parent or is smaller than it can be, among all that layouts place below it."""
    for parent in [root, *root.findChildren(QWidget)]:
        if parent.layout() is None or not parent.isVisible():
            continue
        placed = [child for child in parent.children() if isinstance(child, QWidget) and is_placed(child)]
        for first, other in combinations(placed, 2):
            if first.geometry().intersects(other.geometry()):
                yield f"{name_of(first)} overlaps {name_of(other)}"
        for widget in placed:
            if not isinstance(parent, QMainWindow) and not parent.rect().contains(widget.geometry()):
                yield f"{name_of(widget)} is cut"
            least = widget.minimumSizeHint().boundedTo(widget.maximumSize())
            least.setWidth(widget.minimumWidth() or least.width())
            least.setHeight(widget.minimumHeight() or least.height())
            if least.boundedTo(widget.size()) != least:
                yield f"{name_of(widget)} needs {least.toTuple()}, has {widget.size().toTuple()}"


def is_placed(widget: QWidget) -> bool:
    """Whether it is seen, and no window of its own."""
    return widget.isVisible() and not widget.isWindow() and not is_behind(widget)


def is_behind(widget: QWidget) -> bool:
    """Whether it is a panel behind another one that shares its place: Qt keeps it outside of the window."""
    above = widget.parentWidget()
    return isinstance(widget, QDockWidget) and above is not None and not above.rect().intersects(widget.geometry())


def name_of(widget: QWidget) -> str:
    above = widget.parentWidget()
    text = getattr(widget, "text", str)()
    return f"{type(widget).__name__} “{text}” in {type(above).__name__} at {widget.geometry().getRect()}"
