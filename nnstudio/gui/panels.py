"""The panels of the workspace; they are made when it is first needed, which may be after the first paint."""

from __future__ import annotations

from nnstudio.gui.actions.table import RESULTS
from nnstudio.gui.data.panel import DataPanel
from nnstudio.gui.network.panel import NetworkPanel
from nnstudio.gui.studio import Studio
from nnstudio.gui.tabbed import TabbedPanel
from nnstudio.gui.theme import Theme
from nnstudio.gui.training.panel import TrainingPanel
from nnstudio.gui.workspace import Workspace


def make_workspace(studio: Studio, theme: Theme) -> Workspace:
    """The four panels side by side; what they hold is loaded by `load_contents`."""
    panels = {
        "Data": DataPanel(studio, theme),
        "Network": NetworkPanel(studio, theme),
        "Training": TrainingPanel(studio, theme),
        "Results": TabbedPanel("Results", RESULTS),
    }
    return Workspace(panels, theme)


def load_contents(workspace: Workspace, studio: Studio, theme: Theme) -> None:
    """Load what takes longer than all of the rest, before somebody asks for it."""
    from nnstudio.gui.views import result_views  # noqa: PLC0415  # loads pyqtgraph and pyarrow

    data, results = (workspace.docks[name].panel for name in ("Data", "Results"))
    assert isinstance(data, DataPanel)
    assert isinstance(results, TabbedPanel)
    data.content  # noqa: B018  # made when it is first asked for
    results.fill(result_views(studio, theme))
    workspace.draw_icons()
