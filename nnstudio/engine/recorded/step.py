"""A training step that starts eager and is replayed as soon as it is proven that this gives the same bits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from nnstudio.engine.frozen import same_bits
from nnstudio.engine.recorded.recorder import NotRecordable, Recorder
from nnstudio.engine.recorded.replay import Replay
from nnstudio.engine.recorded.update import Move, fused_update
from nnstudio.engine.step import EagerStep

RECORD_AT = 2
"""Which batch of a shape is recorded; before the first one the optimiser has no state yet."""


Effect = Callable[[], Sequence[Tensor]]
"""Changes something, and gives results."""


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A step for one shape of batch: where its loss, its output and its gradients lie when it is over."""

    replay: Replay
    loss: Tensor
    output: Tensor
    gradients: dict[Tensor, Tensor]

    def results(self, *batch: Tensor) -> list[Tensor]:
        self.replay(*batch)
        return [self.loss, self.output, *self.gradients.values()]


class RecordedStep:
    """Learns from batches as ``eager`` does, to the bit, with a recording for each number of rows.

    ``reason`` says, behind “because”, why all steps stay eager; None while nothing speaks against recordings. The locks
    of the network and the modes of its layers stay as they are until it is told to `forget`.
    """

    def __init__(self, eager: EagerStep) -> None:
        self.eager, self.module, self.update = eager, eager.module, eager.update
        self._buffers = list(eager.module.buffers())
        self.reason: str | None = None
        self.forget()

    def forget(self) -> None:
        """Record anew from here on: other parameters train, or layers are in another mode."""
        self._seen: Counter[int] = Counter()
        self._recordings: dict[int, Recording] = {}
        self._proven: dict[int, Callable[..., tuple[Tensor, ...]]] = {}
        self._left: dict[int, dict[Tensor, Tensor]] = {}

    def gradients_of(self, rows: int) -> Mapping[Tensor, Tensor]:
        """The gradients that the last batch, one of so many ``rows``, has left, by their parameters."""
        return self._left.get(rows) or self.eager.gradients_of(rows)

    def __call__(self, x: Tensor, y: Tensor, *weights: Tensor) -> tuple[Tensor, ...]:
        step = self._proven.get(x.size(0))
        if step is None:
            return self._on_trial(x, y, *weights)
        return step(x, y, *weights)

    def _on_trial(self, *batch: Tensor) -> tuple[Tensor, ...]:
        """Learn eagerly, and come nearer to a recording on the way."""
        rows = len(batch[0])
        self._seen[rows] += 1
        if self.reason is None and self._seen[rows] >= RECORD_AT and not self.update.gathered:
            try:
                if rows in self._recordings:
                    return self._prove(self._recordings.pop(rows), *batch)
                self._recordings[rows] = self._record(*batch)
            except NotRecordable as error:
                self.reason = str(error)
        return self.eager(*batch)

    # ---- Recording ----

    def _record(self, *batch: Tensor) -> Recording:
        """Watch a step that is not taken: buffers and random numbers are as they were behind it."""
        before = _State(self._buffers)
        try:
            return self._watched([tensor.clone() for tensor in batch])
        except (RuntimeError, TypeError, NotImplementedError) as error:
            raise NotRecordable(f"PyTorch says: {str(error).splitlines()[0]}") from error
        finally:
            before.restore()

    def _watched(self, batch: Sequence[Tensor]) -> Recording:
        recorder = Recorder()
        inputs = [recorder.place(tensor) for tensor in batch]
        with recorder:
            loss, output = self.eager.gradients(*batch)
        given = [recorder.place(loss), recorder.place(output)]
        gradients = {
            parameter: recorder.place(parameter.grad)
            for parameter in self.update.parameters
            if parameter.grad is not None
        }
        replay = Replay(recorder, inputs, given, list(gradients.values()))
        return Recording(replay, given[0], given[1], gradients)

    # ---- Proof ----

    def _prove(self, recording: Recording, *batch: Tensor) -> tuple[Tensor, ...]:
        """Take a step in both ways; only what agrees in every bit is replayed from here on."""
        result: list[tuple[Tensor, ...]] = []

        def eager() -> Sequence[Tensor]:
            loss, output = self.eager.gradients(*batch)
            result.append((loss.detach(), output.detach(), *batch[2:]))
            return [*result[0][:2], *(each.grad for each in recording.gradients if each.grad is not None)]

        if not _agree(self._buffers, eager, partial(recording.results, *batch)):
            self.reason = "replaying it did not give the same bits"
            self.update()
        else:
            rows = len(batch[0])
            self._proven[rows] = self._replayed(recording, self._proven_move(recording))
            self._left[rows] = recording.gradients
        return result[0]

    def _proven_move(self, recording: Recording) -> Move:
        """Move the parameters, and give what does so for this recording at every step."""

        def slow() -> tuple[()]:
            self.update.take(recording.gradients)
            return ()

        optimizer = self.update.optimizer
        fused = fused_update(optimizer, recording.gradients) if self.update.is_the_optimizers_alone else None
        if fused is None:
            slow()
            return slow
        state = [each for kept in optimizer.state.values() for each in kept.values() if isinstance(each, Tensor)]
        changed = [*(parameter.detach() for parameter in self.update.parameters), *state]
        return fused if _agree(changed, slow, fused) else slow

    @staticmethod
    def _replayed(recording: Recording, move: Move) -> Callable[..., tuple[Tensor, ...]]:
        replay, loss, output = recording.replay, recording.loss, recording.output

        def step(*batch: Tensor) -> tuple[Tensor, ...]:
            replay(*batch)
            move()
            return loss.detach(), output.detach(), *batch[2:]

        return step


class _State:
    """Tensors and the random number generator as they are now."""

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        self._tensors, self._values = tensors, [tensor.clone() for tensor in tensors]
        self._generator = torch.get_rng_state()

    def restore(self) -> None:
        for tensor, value in zip(self._tensors, self._values, strict=True):
            tensor.copy_(value)
        torch.set_rng_state(self._generator)

    def equals(self, other: _State) -> bool:
        mine, others = [*self._values, self._generator], [*other._values, other._generator]
        return all(map(same_bits, mine, others))


def _agree(changed: Sequence[Tensor], one: Effect, other: Effect) -> bool:
    """Whether ``one`` and ``other`` give the same and do the same to ``changed`` and the generator.

    Behind it, everything is as ``one`` left it.
    """
    before = _State(changed)
    given = [tensor.clone() for tensor in one()]
    after = _State(changed)
    before.restore()
    found = other()
    same = _State(changed).equals(after) and len(given) == len(found) and all(map(same_bits, given, found))
    after.restore()
    return same
