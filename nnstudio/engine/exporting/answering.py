"""A network with the step behind it that turns what it gives into answers, so that a file of it can be used alone."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nnstudio.data.answers import ClassTarget, InputTarget, ValueTarget
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.engine.measures import probabilities
from nnstudio.spec.losses import Loss

INPUT = "input"
"""What the one input is called: encoded examples, float32 ``(N, *input_shape)``."""


@dataclass(frozen=True, slots=True)
class Output:
    """One output, float32 ``(N, len(columns))``: its name, what it means, and what each of its numbers is of.

    ``columns`` is empty where its numbers have no names, such as pixels, or where it is a single number ``(N,)``.
    """

    name: str
    meaning: str
    columns: tuple[str, ...] = ()


def outputs_of(loss: Loss, encoding: Encoding) -> tuple[Output, ...]:
    """The outputs of an `Answering` network in their order; the answer is the last but for a reconstruction."""
    target = encoding.target
    match target:
        case ClassTarget():
            return (*_scores(loss, target), Output("probabilities", _chances(loss), target.classes))
        case InputTarget():
            meaning = "the input as the network gives it again, as encoded"
            error = "the mean squared error of each example, as encoded"
            return Output("reconstruction", meaning, encoding.names), Output("reconstruction_error", error)
    values = Output("values", "the answers, in the units of the target columns", target.names)
    return (*_standardised(loss, target), values)


def _scores(loss: Loss, target: ClassTarget) -> tuple[Output, ...]:
    """What the network itself gives, where that is not its answer already."""
    columns = target.classes if loss.counts_classes else (target.positive,)
    if loss.link == "identity":
        return ()
    if loss.link == "exp":
        return (Output("log_probabilities", "natural logarithms of the probabilities", columns),)
    return (Output("logits", f"scores of any size; the {loss.link} of them gives the probabilities", columns),)


def _chances(loss: Loss) -> str:
    if loss.is_calibrated:
        return "one for each class, adding up to 1; the class with the largest is the answer"
    return "shares that only rank the classes, adding up to 1; the class with the largest is the answer"


def _standardised(loss: Loss, target: ValueTarget) -> tuple[Output, ...]:
    if loss.link == "exp":
        return (Output("log_values", "natural logarithms of the values", target.names),)
    if _in_own_unit(target):
        return ()
    return (Output("standardised", "(value − offset) ÷ scale, as the network gives them", target.names),)


def _in_own_unit(target: ValueTarget) -> bool:
    """Whether the network answers in the units of the columns by itself."""
    return set(target.scales) == {1.0} and set(target.offsets) == {0.0}


class Answering(nn.Sequential):
    """The layers of a trained network, with its ``state_dict``, and behind them what makes answers of what they give.

    ``forward`` takes encoded examples and gives a tuple with one tensor for each of `outputs_of`. Classes get
    probabilities, also both of a yes or no; values are in the units of their columns.
    """

    scales: Tensor
    offsets: Tensor

    def __init__(self, network: nn.Sequential, loss: Loss, encoding: Encoding) -> None:
        super().__init__(*network)
        self._loss, self._encoding = loss, encoding
        self.outputs = outputs_of(loss, encoding)
        target = encoding.target
        if isinstance(target, ValueTarget) and not _in_own_unit(target):  # buffers, but no part of the weights
            self.register_buffer("scales", torch.tensor(target.scales), persistent=False)
            self.register_buffer("offsets", torch.tensor(target.offsets), persistent=False)
        self.requires_grad_(False).eval()

    def forward(self, input: Tensor) -> tuple[Tensor, ...]:
        given: Tensor = super().forward(input)  # type: ignore[no-untyped-call]  # PyTorch's own
        answers = self._answers(input, given)
        return answers if len(answers) == len(self.outputs) else (given, *answers)

    def _answers(self, example: Tensor, given: Tensor) -> tuple[Tensor, ...]:
        meant = probabilities(self._loss, given)
        match self._encoding.target:
            case ClassTarget():
                return (meant if self._loss.counts_classes else torch.cat((1 - meant, meant), 1),)
            case InputTarget():
                return meant, (meant - example.flatten(1)).square().mean(1)
            case ValueTarget() as target if not _in_own_unit(target):
                return (meant * self.scales + self.offsets,)
        return (meant,)
