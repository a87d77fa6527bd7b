"""The panel of the network: the stack of layers, what to do with it, and the settings of the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.gui.divider import Divider
from nnstudio.gui.network.actions import RowActions
from nnstudio.gui.network.foreign import ForeignBanner
from nnstudio.gui.network.items import Item, items_of
from nnstudio.gui.network.listing import SCROLL_BAR
from nnstudio.gui.network.model import StackModel
from nnstudio.gui.network.palette import LayerPalette, TemplatePalette
from nnstudio.gui.network.properties import LayerProperties, PropertiesScroll
from nnstudio.gui.network.sentences import empty_sentence, input_sentence, said, size_note
from nnstudio.gui.network.verbs import Verbs
from nnstudio.gui.network.view import StackView
from nnstudio.gui.network.weights import WeightsButton, start_sentence
from nnstudio.gui.panel import MARGIN, Banner, Button, ButtonRow, ElidedLabel, Level, Note, Panel, set_property
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.blocks import KnownBlock
from nnstudio.session.document import State
from nnstudio.session.preflight import Finding, preflight
from nnstudio.spec.layers import LayerKind, Shape
from nnstudio.spec.networks.template import NetworkTemplate

ROOMY_FROM = 62 * GRID
"""Pixels; in a panel that is less high, each layer has one line, so that more of them are seen."""
MANY_ROWS = 24
"""From so many rows on, the blocks of a template are folded at first."""


class NetworkPanel(Panel):
    """Renders the network of the document; everything that is clicked becomes one of the `Verbs`."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Network", parent=parent)
        self._studio = studio
        self.verbs = Verbs(studio)
        self.model = StackModel(self)
        self.view = StackView(self.model, theme)
        self.row_actions = RowActions(self.view, self.verbs)
        self.layer_palette = LayerPalette(theme, self)
        self.template_palette = TemplatePalette(studio, theme, self)
        self.properties = LayerProperties(studio, self.verbs, self.row_actions, theme)
        self.input, self.start = ElidedLabel(role="muted"), ElidedLabel(role="muted")
        self.empty, self.banner, self.foreign = Note(), Banner(), ForeignBanner(self.verbs)
        self.add = Button("+ Add layer", clicked=self.open_palette, tooltip="Choose a kind of layer to put in.")
        self.suggest = Button("Suggest", clicked=studio.suggest_network)
        self.template = Button("Template", clicked=self.open_templates)
        self.weights = WeightsButton(studio)
        self._scroll = PropertiesScroll(self.properties)
        self.divider = Divider("network", self._upper(), self._scroll, theme, 0.68)
        self._rendering = False
        self._findings: Sequence[Finding] = ()
        self._finding: Finding | None = None
        self._aside: set[str] = set()
        self._said: tuple[str, str, str, Level] | None = None
        self._begun: tuple[object, ...] = ()
        self._shown: tuple[Item | None, str, int] = (None, "", 0)
        self._arrange()
        self._connect()
        self._render(studio.state, studio.state)

    def _arrange(self) -> None:
        """The stack and the settings reach into the right margin, where their scroll bars are."""
        self.start.set_mode(Qt.TextElideMode.ElideMiddle)
        self.start.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.body.setContentsMargins(MARGIN, MARGIN, MARGIN - SCROLL_BAR, 0)
        self.body.addLayout(_row(self.input, self.start, stretch=1))
        self.body.addLayout(_row(self.empty, stretch=1))
        self.body.addLayout(_row(self.foreign, stretch=1))
        self.body.addWidget(self.divider, 1)
        for widget in (self.banner, self._scroll):
            widget.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the layers be tight where the panel is low."""
        self.view.set_dense(event.size().height() < ROOMY_FROM)
        super().resizeEvent(event)

    def _upper(self) -> QWidget:
        """The layers, and below them what can be done and what is wrong."""
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, GRID // 2)
        column.setSpacing(GRID)
        column.addWidget(self.view, 1)
        buttons = ButtonRow(GRID)
        buttons.add(self.add, "+ Layer")
        buttons.add(self.suggest)
        buttons.add(self.template)
        buttons.add_gap()
        buttons.add(self.weights)
        column.addLayout(_row(buttons))
        column.addLayout(_row(self.banner, stretch=1))
        column.addStretch(0)
        return upper

    def _connect(self) -> None:
        self.model.move_asked.connect(self.verbs.move)
        self.model.rename_asked.connect(self.verbs.rename)
        self.view.lock_clicked.connect(lambda row_id: self.verbs.toggle_lock([row_id]))
        self.view.add_asked.connect(self.open_palette)
        self.view.chosen_changed.connect(self._follow_choice)
        self.view.folds_changed.connect(self._render_folds)
        self.layer_palette.picked.connect(self._add)
        self.template_palette.picked.connect(self._use_template)
        forget = (
            self._studio.document.changed.listen(self._render),
            self._studio.run.changed.listen(self._render_start),
            self._studio.choice.changed.listen(self._take_choice),
        )
        self.destroyed.connect(lambda: [stop() for stop in forget])

    def open_palette(self) -> None:
        """Let the user choose a layer to put in behind the chosen one."""
        self.layer_palette.open_at(self.add, self._shape_behind_chosen())

    def open_templates(self) -> None:
        """Let the user choose a whole network."""
        self.template_palette.open_beside(self.template)

    def _use_template(self, template: NetworkTemplate) -> None:
        self._studio.use_template(template)
        if len(self.model.items) > MANY_ROWS:
            self.view.fold_blocks()
        self.view.setFocus()

    def _add(self, kind: type[LayerKind] | KnownBlock) -> None:
        current = self.view.current
        after = current.id if current else ""
        if isinstance(kind, KnownBlock):
            self.verbs.add_block(kind, self._shape_behind_chosen(), after)
        else:
            self.verbs.add(kind(), after)
        self.view.setFocus()

    def _shape_behind_chosen(self) -> Shape | None:
        walked, current = self._studio.state.walked, self.view.current
        if walked is None:
            return None
        if current is None:
            return walked.output
        return current.before if current.is_heading else current.after

    def _render(self, old: State, new: State) -> None:
        self._findings = self._still_said(old, new)
        self._render_stack(new)
        self._render_header(new)
        self._render_start()
        self._render_chosen()

    def _still_said(self, old: State, new: State) -> list[Finding]:
        """What speaks against the network, without the advice that was put aside; with other data it is said anew."""
        before, data = old.project.data, new.project.data
        if (before and before.source) != (data and data.source):
            self._aside.clear()
        return [finding for finding in preflight(new) if finding.blocks or finding.key not in self._aside]

    def _put_aside(self) -> None:
        if self._finding:
            self._aside.add(self._finding.key)
            self._render(self._studio.state, self._studio.state)

    def _render_stack(self, state: State, unfolded: bool = False) -> None:
        self._rendering = True
        self.view.render_items(items_of(state, self._findings, self.view.folded, self.model.items), unfolded)
        self._rendering = False

    def _render_folds(self) -> None:
        self._render_stack(self._studio.state, unfolded=True)
        self.view.setMaximumHeight(self.view.whole_height)
        self._render_chosen()

    def _render_header(self, state: State) -> None:
        walked, has_rows = state.walked, bool(state.project.model.rows)
        self.set_note(*size_note(walked) if walked and has_rows else ("", ""))
        self.input.setText(input_sentence(walked.input_shape) if walked else "")
        for label in (self.input, self.start):
            label.setVisible(walked is not None)
        self.empty.setText(empty_sentence(state))
        self.empty.setVisible(bool(self.empty.text()))
        self.view.setVisible(has_rows)
        self.view.setMaximumHeight(self.view.whole_height)
        self.suggest.setEnabled(walked is not None)
        self.template.setEnabled(walked is not None)
        self.template.setToolTip("Begin with a whole network." if walked else self.empty.text())
        self.suggest.setToolTip("Replace the stack by one that fits the data." if walked else self.empty.text())
        set_property(self.suggest, "role", "" if has_rows or walked is None else "primary")

    def _render_start(self) -> None:
        """Say where training starts; asked for with each bundle of a run, so often in vain."""
        model, run = self._studio.state.project.model, self._studio.run
        begun = model.starts, run.weights, run.finished, self._studio.state.project.training.seed
        if begun != self._begun:
            self._begun = begun
            text, story = start_sentence(model, run)
            self.start.setText(text)
            self.start.explain(story)
            self.weights.refresh()
            self.properties.weights.follow_run()

    def _follow_choice(self) -> None:
        if not self._rendering:  # then it follows anyway, once all rows are what they will be
            self._render_chosen()

    def _take_choice(self) -> None:
        """Choose the rows that were chosen in another view, and unfold what hides them."""
        if self._chosen_rows() != self._studio.choice.rows:
            self.view.reveal(self._studio.choice.rows, self._studio.state.project.model)

    def _chosen_rows(self) -> tuple[str, ...]:
        """The chosen rows, and those whose branches are chosen, as all views know them."""
        return tuple(dict.fromkeys(item.row.id for item in self.view.chosen_items))

    def _render_chosen(self) -> None:
        """Show the settings of the chosen row, unless they are shown already."""
        current = self.view.current
        shown = current, current.prefix if current else "", len(self.view.selectedIndexes())
        if shown != self._shown:
            self._shown = shown
            self._scroll.setVisible(current is not None)
            if current:
                self.properties.show_item(current, shown[2])
        self.properties.refresh()
        self._render_banner(current.row.id if current else "")
        self.foreign.show_state(self._studio.state, current)
        self._studio.choice.choose(self._chosen_rows())

    def _render_banner(self, chosen: str) -> None:
        """Say what speaks against the chosen row, or else what stops training, with its remedy."""
        about = [finding for finding in self._findings if finding.row_id == chosen and chosen]
        blocking = [finding for finding in self._findings if finding.blocks and self._studio.state.walked]
        self._finding = next(iter([*about, *blocking]), None)
        words = said(self._finding) if self._finding and self.model.items else None
        if words == self._said:
            return
        self._said = words
        self.banner.setVisible(words is not None)
        if words and self._finding:
            self.banner.say(*words[:2], self._offers(self._finding), words[3])

    def _offers(self, finding: Finding) -> list[Button]:
        """The remedies of a finding, and the way to put advice aside."""
        fixes = [fix for fix in (finding.fix, finding.other_fix) if fix]
        offers = [Button(fix.title, clicked=partial(self._fix, place)) for place, fix in enumerate(fixes)]
        aside = Button("Dismiss", "quiet", self._put_aside, "Say this no more, as long as the window is open.")
        return offers if finding.blocks else [*offers, aside]

    def _fix(self, place: int) -> None:
        """Apply a remedy of what is said now: it may have been found anew since its button was made."""
        if self._finding:
            fix = [fix for fix in (self._finding.fix, self._finding.other_fix) if fix][place]
            self._studio.use_fix(fix)


def _row(*widgets: QWidget, stretch: int = 0) -> QHBoxLayout:
    """Widgets side by side, as wide as the cards of the stack."""
    row = QHBoxLayout()
    row.setSpacing(GRID)
    row.setContentsMargins(0, 0, SCROLL_BAR, 0)
    for place, widget in enumerate(widgets):
        row.addWidget(widget, stretch if place or len(widgets) == 1 else 0)
    return row
