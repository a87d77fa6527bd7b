"""What is said about the batches of an epoch."""

from __future__ import annotations

import math

from nnstudio.spec.data import Batches
from nnstudio.spec.parts import PART_WORDS
from nnstudio.spec.words import counted


def batch_count(total: int, size: int) -> int:
    """Batches that ``total`` examples make; the last may be shorter."""
    return math.ceil(total / size) if total else 0


def sizes(total: int, size: int) -> str:
    """``275 rows in 18 batches of 16; the last has 3``."""
    count = batch_count(total, size)
    rest = total - (count - 1) * size if count else 0
    batches = counted(count, "batch")
    if count <= 1:
        return f"{counted(total, 'row')} in {batches}"
    last = f"; the last has {rest:,}" if rest != size else ""
    return f"{counted(total, 'row')} in {batches} of {size:,}{last}"


def lesson(part: str, total: int, batches: Batches, epoch: int) -> str:
    """What handing out this part in batches means, in one or two sentences."""
    handed = sizes(total, batches.size)
    if part != "train":
        title = PART_WORDS[part].capitalize()
        return f"{title} hands out {handed}, in the order of the file: nothing is learned from them."
    if batches.balance == "sampling":
        return f"An epoch draws {handed}. Rows of rare classes are drawn more often, so that some come repeatedly."
    if not batches.shuffle:
        return f"An epoch hands out {handed}. Without shuffling every epoch goes through the file in the same order."
    other = epoch + 1
    return f"An epoch hands out {handed}. They are shuffled: epoch {other:,} hands them out in another order."
