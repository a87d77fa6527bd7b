"""How a network is trained."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from nnstudio.spec.losses import CrossEntropy, Loss
from nnstudio.spec.optimizers import Adam, Optimizer
from nnstudio.spec.params import Declared, Param


@dataclass(frozen=True, slots=True)
class Training(Declared):
    """Loss, optimiser, and how long."""

    title = "Training"

    loss: Loss = field(default_factory=CrossEntropy)
    optimizer: Optimizer = field(default_factory=Adam)
    epochs: Annotated[int, Param("Epochs", "How often the network sees every training row.", low=1, high=10**6)] = 100
    seed: Annotated[int, Param("Seed", "The same seed gives the same run.", low=0, high=2**31 - 1)] = 0
    device: Annotated[
        Literal["auto", "cpu", "cuda", "mps"],
        Param(
            "Device",
            "Where the numbers are crunched; automatic takes a graphics card where one works.",
            labels=("Automatic", "CPU", "CUDA graphics card", "Apple graphics (MPS)"),
        ),
    ] = "auto"
