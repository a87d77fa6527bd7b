"""What actions need before they can be asked for, in sentences that several of them share."""

from __future__ import annotations

IDLE = "A run is under way; stop it first."
NO_RUN = "No run is under way."
TRAINED = "Needs a trained network, and no run under way."
FITTING_LAYERS = "Needs a network whose layers fit one another."
DATA = "Data come first: open a table or a folder."
READ_DATA = "Data that could be read come first."
TRAINABLE = "Needs data, and no other training under way."
LAYERS = "The network has no layers yet."
CHOICE = "Choose a layer first."
