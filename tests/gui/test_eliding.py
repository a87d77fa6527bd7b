"""Names are cut where they tell least."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from nnstudio.gui.eliding import cut_of


@pytest.mark.parametrize("name", ["encoder.layers.encoder_layer_0.ln_1", "features.1.0.block.0", "heads.head · output"])
def test_paths_of_modules_keep_their_end(name: str) -> None:
    assert cut_of(name) is Qt.TextElideMode.ElideLeft


@pytest.mark.parametrize("name", ["Convolution 2d", "a vector for each step", "3 units. Bias", "", "conv1"])
def test_other_names_keep_their_beginning(name: str) -> None:
    assert cut_of(name) is Qt.TextElideMode.ElideRight
