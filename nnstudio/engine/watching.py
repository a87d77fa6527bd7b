"""One step of training, watched: every number that a student of it would ask for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from nnstudio.engine.answer_terms import answer_terms
from nnstudio.engine.build import leaves_of
from nnstudio.engine.devices import threads_restored
from nnstudio.engine.frozen import set_mode
from nnstudio.engine.gradients import norms_of
from nnstudio.engine.listening import Hook, listening
from nnstudio.engine.seen import figures_of
from nnstudio.engine.slow_motion import SlowMotion
from nnstudio.spec.layers.activation import Activation
from nnstudio.spec.model import Row
from nnstudio.spec.watched import Buffer, MovedWeight, Neuron, Passed, Term, WatchedLayer, WatchedStep

MOST_VALUES = 512
"""Numbers of an example that are told of each layer."""
MOST_TERMS = 6
MOST_MOVED = 8
CURVE_POINTS = 121


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be told beside the step itself; see `nnstudio.spec.requests.WatchStep`."""

    steps: int = 0
    place: int = 0
    layer: str = ""
    unit: int = -1
    in_training: bool = True


@dataclass(slots=True)
class _Pass:
    """What went into each layer and came out, by prefix, in the order in which the batch came to them."""

    inputs: dict[str, Tensor] = field(default_factory=dict)
    outputs: dict[str, Tensor] = field(default_factory=dict)

    def hook(self, prefix: str) -> Hook:
        def told(_layer: nn.Module, given: tuple[Tensor, ...], output: Tensor) -> None:
            self.inputs[prefix] = given[0].detach().clone()  # an activation may work in place
            self.outputs[prefix] = output.detach().clone()

        return told


def watch(
    run: SlowMotion, wish: Wish, features: tuple[str, ...], targets: tuple[str, ...], is_wanted: Callable[[], bool]
) -> WatchedStep | None:
    """The step that is wished for, with ``run`` left in front of it; None where it ``is_wanted`` no more.

    ``features`` and ``targets`` are the names of the encoded numbers and of the target columns. One thread; PyTorch's
    generator goes on as if nothing had been drawn.
    """
    with threads_restored(), torch.random.fork_rng(devices=[]):
        torch.set_num_threads(1)
        if not run.go_to(wish.steps, is_wanted):
            return None
        moment = run.moment()
        try:
            return _Watch(run, wish, features).told(targets)
        finally:
            run.restore(moment)


class _Watch:
    """The step under way."""

    def __init__(self, run: SlowMotion, wish: Wish, features: tuple[str, ...]) -> None:
        self._run, self._wish, self._features = run, wish, features
        self._leaves = list(run.project.model.leaves())
        self._module, self._update = run.module, run.learner.eager.update
        self._layers = leaves_of(run.module, run.project.model)
        self._place = max(0, min(wish.place, len(run.batch[0]) - 1))

    def told(self, targets: tuple[str, ...]) -> WatchedStep:
        run, rate = self._run, self._run.learner.scheduler.rate
        x, y, *weights = run.batch
        forward, loss = self._pass_through()
        norms = norms_of(self._layers, run.learner.eager.gradients_of(len(x)))
        before = self._remembered()
        stepped = run.update()
        layer = self._layer(forward, before)
        torch.set_rng_state(run.random)
        with torch.no_grad():
            after = float(run.loss(self._module(x), y, *weights))
        last = forward.outputs[self._leaves[-1][0]] if self._leaves else x
        answer, right = last[self._place : self._place + 1].float(), y[self._place : self._place + 1]
        loss_kind, facts = run.project.training.loss, run.examples.facts
        row_loss = float(run.loss(answer, right, *(torch.ones(1) for _ in weights)))
        return WatchedStep(
            wish_steps := run.position,
            run.epoch,
            wish_steps % run.batches + 1,
            run.batches,
            tuple(map(int, run.rows)),
            self._place,
            _numbers(x[self._place]),
            tuple(x.shape),
            tuple(self._passed(prefix, row, forward, norms.get(prefix)) for prefix, row in self._leaves),
            answer_terms(loss_kind, facts, answer[0], right[0], targets),
            row_loss,
            float(loss),
            after,
            rate,
            math.hypot(*norms.values()),
            layer,
            self._features[:MOST_VALUES],
            () if facts.task.is_classification or not loss_kind.standardises else run.examples.target_scales,
            self._wish.in_training,
            stepped,
        )

    # ---- Forward and backward ----

    def _pass_through(self) -> tuple[_Pass, Tensor]:
        """Let the batch pass in training, which leaves gradients; what is told may be of another pass in ``eval()``."""
        x, y, *weights = self._run.batch
        self._run.learner.frozen.train()
        seen = _Pass()
        with listening(self._layers, seen.hook):
            loss, _ = self._run.learner.eager.gradients(x, y, *weights)
        if self._wish.in_training:
            return seen, loss.detach()
        told = _Pass()
        set_mode(self._module, training=False)
        with listening(self._layers, told.hook), torch.no_grad():
            loss = self._run.loss(self._module(x), y, *weights)
        self._run.learner.frozen.train()
        return told, loss

    def _passed(self, prefix: str, row: Row, forward: _Pass, norm: float | None) -> Passed:
        output = forward.outputs[prefix]
        dtype = str(output.dtype).removeprefix("torch.")
        numbers = output.float()
        return Passed(
            row.id,
            prefix,
            tuple(output.shape),
            dtype,
            _numbers(output[self._place]),
            (numbers == 0).float().mean().item(),
            numbers.std(correction=0).item(),
            norm,
        )

    # ---- The layer that is looked at ----

    def _layer(self, forward: _Pass, before: dict[str, dict[str, Tensor]]) -> WatchedLayer | None:
        found = next(((prefix, row) for prefix, row in self._leaves if row.id == self._wish.layer), None)
        if found is None:
            return None
        prefix, row = found
        module = self._module.get_submodule(prefix)
        inputs, outputs = forward.inputs[prefix], forward.outputs[prefix]
        x, y = inputs[self._place].float(), outputs[self._place].float()
        named = [(f"{prefix}.{name}", parameter) for name, parameter in module.named_parameters()]
        return WatchedLayer(
            row.id,
            _numbers(x),
            _numbers(y),
            tuple(inputs.shape),
            tuple(outputs.shape),
            self._neuron(module, x, y, before, prefix),
            _curve(module, x) if isinstance(row.kind, Activation) and not named else (),
            self._moved(named, before),
            tuple(figures_of(name, parameter.grad) for name, parameter in named if parameter.grad is not None),
        )

    def _neuron(
        self, module: nn.Module, x: Tensor, y: Tensor, before: dict[str, dict[str, Tensor]], prefix: str
    ) -> Neuron | None:
        """How one unit comes about, with the weights that it had in the pass."""
        if not isinstance(module, nn.Linear) or x.dim() != 1:
            return None
        unit = self._wish.unit if 0 <= self._wish.unit < len(y) else int(y.argmax())
        weights = before[f"{prefix}.weight"]["before"][unit].float()
        products = x * weights
        strongest = products.abs().argsort(descending=True)[:MOST_TERMS].tolist()
        names = self._features if len(self._features) == len(x) and prefix == self._leaves[0][0] else ()
        terms = tuple(
            Term(names[place] if names else f"x[{place}]", float(x[place]), float(weights[place]))
            for place in strongest
        )
        bias = float(before[f"{prefix}.bias"]["before"][unit]) if f"{prefix}.bias" in before else 0.0
        others = float(products.sum() - products[strongest].sum())
        return Neuron(unit, len(x), terms, others if len(terms) < len(x) else 0.0, bias, float(y[unit]))

    def _remembered(self) -> dict[str, dict[str, Tensor]]:
        """Every parameter by name as it is in front of the step, with what the optimiser remembers of it."""
        return {
            name: {"before": parameter.detach().clone()} | self._memory(parameter, copied=True)
            for name, parameter in self._module.named_parameters()
        }

    def _memory(self, parameter: nn.Parameter, *, copied: bool = False) -> dict[str, Tensor]:
        """What the optimiser remembers of a parameter, number by number."""
        known: dict[str, Any] = self._update.optimizer.state.get(parameter, {})
        return {
            name: tensor.clone() if copied else tensor
            for name, tensor in known.items()
            if isinstance(tensor, Tensor) and tensor.shape == parameter.shape and name != "step"
        }

    def _moved(
        self, named: list[tuple[str, nn.Parameter]], before: dict[str, dict[str, Tensor]]
    ) -> tuple[MovedWeight, ...]:
        """The weights of a layer with the largest gradients, first."""
        found: list[tuple[float, MovedWeight]] = []
        for name, parameter in named:
            if parameter.grad is None:
                continue
            after = self._memory(parameter)
            for flat in parameter.grad.abs().flatten().argsort(descending=True)[:MOST_MOVED].tolist():
                buffers = tuple(
                    Buffer(key, _at(before[name].get(key), flat), _at(tensor, flat)) for key, tensor in after.items()
                )
                gradient = _at(parameter.grad, flat)
                place = ", ".join(str(int(each)) for each in torch.unravel_index(torch.tensor(flat), parameter.shape))
                moved = MovedWeight(
                    f"{name}[{place}]",
                    _at(before[name]["before"], flat),
                    gradient,
                    buffers,
                    _at(parameter.detach(), flat),
                )
                found.append((abs(gradient), moved))
        found.sort(key=lambda each: -each[0])
        return tuple(moved for _, moved in found[:MOST_MOVED])


def _at(tensor: Tensor | None, flat: int) -> float:
    """A number of a tensor by its place in a row; 0 where nothing was remembered yet."""
    return 0.0 if tensor is None else float(tensor.flatten()[flat])


def _numbers(tensor: Tensor) -> tuple[float, ...]:
    return tuple(tensor.detach().flatten()[:MOST_VALUES].float().tolist())


def _curve(module: nn.Module, x: Tensor) -> tuple[tuple[float, float], ...]:
    """Points of an activation around what goes into it."""
    reach = max(3.0, float(x.abs().max()) * 1.1 if x.numel() else 3.0)
    if not torch.isfinite(torch.tensor(reach)):
        reach = 3.0
    across = torch.linspace(-reach, reach, CURVE_POINTS)
    with torch.no_grad():
        up = module(across.clone())
    return tuple(zip(across.tolist(), up.tolist(), strict=True))
