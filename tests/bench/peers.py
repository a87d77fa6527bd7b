"""What users of other libraries would write for a workload of `throughput`; each is used where it can be imported.

All train as many epochs with the same batches, network and Adam, on one thread, with everything optional off:
no logger, checkpoint or progress bar, and no validation, which ours and the bare loop do after each epoch.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import warnings
from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset


class Work(Protocol):
    """What a peer has to know of a workload."""

    hidden: tuple[int, ...] | None
    batch: int
    epochs: int
    rate: float

    @property
    def parts(self) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]: ...

    def network(self) -> nn.Sequential: ...


Peer = Callable[[Any], float]
"""Trains a `Work`, and gives the accuracy on its validation rows."""


def sklearn(work: Work) -> float:
    """``MLPClassifier``; it has no convolutions."""
    from sklearn.neural_network import MLPClassifier  # noqa: PLC0415
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    (x, y), (held_x, held_y) = work.parts
    model = MLPClassifier(
        work.hidden,
        alpha=0.0,
        learning_rate_init=work.rate,
        batch_size=work.batch,
        max_iter=work.epochs,
        tol=0.0,
        n_iter_no_change=10**6,
        random_state=0,
    )
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it did not converge: it trains as long as the others
        model.fit(x.numpy(), y.numpy())
        return float(model.score(held_x.numpy(), held_y.numpy()))  # a second thread would spin on beside what follows


def skorch(work: Work) -> float:
    """``NeuralNetClassifier``."""
    from skorch import NeuralNetClassifier  # noqa: PLC0415

    (x, y), held = work.parts
    net = NeuralNetClassifier(
        work.network(),
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        lr=work.rate,
        batch_size=work.batch,
        max_epochs=work.epochs,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
    )
    net.fit(x.numpy(), y.numpy())
    return accuracy(net.module_, *held)


def lightning(work: Work) -> float:
    """``Trainer.fit``."""
    import lightning as pl  # noqa: PLC0415

    for name in ("lightning", "lightning.pytorch"):
        logging.getLogger(name).setLevel(logging.ERROR)

    class Module(pl.LightningModule):  # type: ignore[misc]  # it has no types
        def __init__(self) -> None:
            super().__init__()
            self.network, self.loss = work.network(), nn.CrossEntropyLoss()

        def training_step(self, batch: tuple[Tensor, Tensor], _: int) -> Tensor:
            x, y = batch
            loss: Tensor = self.loss(self.network(x), y)
            return loss

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters(), lr=work.rate)

    off: dict[str, Any] = dict.fromkeys(
        ("logger", "enable_checkpointing", "enable_progress_bar", "enable_model_summary"), False
    )
    module, (train, held) = Module(), work.parts
    pl.Trainer(max_epochs=work.epochs, accelerator="cpu", **off).fit(module, loader(work, *train))
    return accuracy(module.network, *held)


def fastai(work: Work) -> float:
    """``Learner.fit``."""
    from fastai.data.core import DataLoaders  # noqa: PLC0415
    from fastai.learner import Learner  # noqa: PLC0415

    train, held = work.parts
    both = DataLoaders(loader(work, *train), DataLoader(TensorDataset(*held), 1024))
    learner = Learner(both, work.network(), loss_func=nn.CrossEntropyLoss(), lr=work.rate)
    with learner.no_logging():  # a bar comes with fastai.callback.progress, which is not imported
        learner.fit(work.epochs)
    return accuracy(learner.model, *held)


def ignite(work: Work) -> float:
    """``create_supervised_trainer``."""
    from ignite.engine import create_supervised_trainer  # noqa: PLC0415

    network, (train, held) = work.network(), work.parts
    optimizer = torch.optim.Adam(network.parameters(), lr=work.rate)
    trainer = create_supervised_trainer(network, optimizer, nn.CrossEntropyLoss())
    trainer.run(loader(work, *train), max_epochs=work.epochs)
    return accuracy(network, *held)


def keras(work: Work) -> float:
    """``Model.fit`` on the PyTorch backend."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras as k  # noqa: PLC0415

    (x, y), (held_x, held_y) = work.parts
    wide = [k.layers.Dense(width, activation="relu") for width in work.hidden or ()]
    model = k.Sequential([k.Input(tuple(x.shape[1:])), *wide, k.layers.Dense(int(y.max()) + 1)])
    loss = k.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=k.optimizers.Adam(work.rate), loss=loss, metrics=["accuracy"])
    model.fit(x.numpy(), y.numpy(), batch_size=work.batch, epochs=work.epochs, verbose=0)
    return float(model.evaluate(held_x.numpy(), held_y.numpy(), verbose=0)[1])


def loader(work: Work, x: Tensor, y: Tensor) -> DataLoader[tuple[Tensor, ...]]:
    return DataLoader(TensorDataset(x, y), work.batch, shuffle=True)


def accuracy(module: nn.Module, x: Tensor, y: Tensor) -> float:
    module.eval()
    with torch.inference_mode():
        return float((module(x).argmax(1) == y).float().mean())


NEED_TABLES = {"sklearn", "keras"}
"""Peers that are written for tables here."""
PEERS: dict[str, Peer] = {
    name: peer
    for name, peer in {
        "sklearn": sklearn,
        "skorch": skorch,
        "lightning": lightning,
        "fastai": fastai,
        "ignite": ignite,
        "keras": keras,
    }.items()
    if importlib.util.find_spec(name)
}
"""Those that can be used here."""
