"""Jobs that look at the split and at what the network sees: examples, parts, rows as a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.encoding.encode import encode
from nnstudio.data.encoding.look import show_examples as encode_shown
from nnstudio.data.splitting.parts import export_rows, list_parts
from nnstudio.spec.events import ExamplesShown, Inbox, PartsListed, Saved
from nnstudio.spec.requests import ExportRows, ListParts, ShowExamples


def show_examples(request: ShowExamples, inbox: Inbox) -> Iterator[ExamplesShown]:
    """Encode some examples, in the order in which an epoch deals them out where one is asked for."""
    del inbox  # nothing can be said to a job that ends by itself
    in_epoch = request.epoch > 0 and request.part == "train"
    yield ExamplesShown(encode_shown(request, _order(request) if in_epoch else None))


def _order(request: ShowExamples) -> NDArray[np.int64]:
    """Positions in the training rows, as an epoch of a run deals them out, ``(rows,) int64``."""
    from nnstudio.engine.order import Order  # noqa: PLC0415  # loads torch, which nothing else here needs

    encoded = encode(request.data, standardised=request.standardised)
    train = encoded.rows.train
    classes = encoded.y[train].astype(np.int64) if request.data.task.is_classification else None
    order: NDArray[np.int64] = Order(len(train), classes, request.seed, request.data.batches)(request.epoch).numpy()
    return order


def list_the_parts(request: ListParts, inbox: Inbox) -> Iterator[PartsListed]:
    """Say which part of the split every row belongs to."""
    del inbox
    yield PartsListed(str(list_parts(request.data)))


def export_the_rows(request: ExportRows, inbox: Inbox) -> Iterator[Saved]:
    """Write the rows with their part as CSV."""
    del inbox
    export_rows(request.data, Path(request.out), request.part)
    yield Saved(request.out)
