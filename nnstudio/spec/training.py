"""How a network is trained."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from nnstudio.spec.losses import CrossEntropy, Loss
from nnstudio.spec.optimizers import Adam, Optimizer
from nnstudio.spec.params import Declared, Param
from nnstudio.spec.schedules import ConstantRate, Schedule

LOSS = Param("Loss", "What training makes small.")
OPTIMIZER = Param("Optimiser", "How a gradient becomes a step.")
SCHEDULE = Param("Schedule", "How the learning rate changes while training goes on.")


@dataclass(frozen=True, slots=True)
class Training(Declared):
    """Loss, optimiser, how the learning rate changes, and how long."""

    title = "Training"

    loss: Loss = field(default_factory=CrossEntropy)
    optimizer: Optimizer = field(default_factory=Adam)
    schedule: Schedule = field(default_factory=ConstantRate)
    epochs: Annotated[int, Param("Epochs", "How often the network sees every training row.", low=1, high=10**6)] = 100
    patience: Annotated[
        int,
        Param(
            "Early stopping",
            "Ends when the validation loss was no better for so many epochs; 0 never does.",
            low=0,
            high=10**6,
            unit="epochs",
        ),
    ] = 15
    clip: Annotated[
        float, Param("Clip gradient", "Shortens a gradient that is longer than this; 0 leaves it alone.", 0, 10**6)
    ] = 0.0
    decay: Annotated[
        Literal["all", "weights"],
        Param(
            "Decay of",
            "Weight decay pulls on all parameters, or leaves biases and norms alone.",
            labels=("All parameters", "Weights, not biases and norms"),
        ),
    ] = "all"
    accumulate: Annotated[
        int,
        Param("Accumulate", "Batches whose gradients are averaged for one step.", low=1, high=10_000, unit="batches"),
    ] = 1
    ema: Annotated[
        float,
        Param(
            "EMA decay",
            "Share of the weights’ moving average that each step keeps. The average is what is judged, kept, saved and"
            " exported in their place; 0 keeps none.",
            low=0,
            high=0.99999,
            usual=(0.9, 0.999),
        ),
    ] = 0.0
    seed: Annotated[int, Param("Seed", "The same seed gives the same run.", low=0, high=2**31 - 1)] = 0
    device: Annotated[
        Literal["auto", "cpu", "cuda", "mps"],
        Param(
            "Device",
            "Where the numbers are crunched; automatic takes a graphics card where one works.",
            labels=("Automatic", "CPU", "CUDA graphics card", "Apple graphics (MPS)"),
        ),
    ] = "auto"
    precision: Annotated[
        Literal["float32", "bfloat16", "float16"],
        Param(
            "Precision",
            "What layers calculate in; a smaller type is faster where the device is built for it. Tested on the CPU.",
            labels=("Full (float32)", "Mixed (bfloat16)", "Mixed (float16, CUDA)"),
        ),
    ] = "float32"
