"""What the engine is given: the encoded data of a project."""

from __future__ import annotations

from nnstudio.data.encoding.encode import Encoded, encode
from nnstudio.engine.examples import Examples
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import SourceFacts
from nnstudio.spec.project import Project, data_to_train_on


def encoded_for(project: Project, fold: int = 0) -> Encoded:
    """The data of a project as its loss wants the target; see `encode`."""
    return encode(data_to_train_on(project), fold=fold, standardised=project.training.loss.standardises)


def require_unchanged(found: Encoded | SourceFacts, fingerprint: str, refusal: DataError) -> None:
    """Raise ``refusal`` where the data no longer have this ``fingerprint``; an empty one is not known."""
    if fingerprint and found.fingerprint != fingerprint:
        raise refusal


def examples_of(encoded: Encoded) -> Examples:
    """The encoded data as the engine takes it."""
    rows = encoded.rows
    return Examples(
        encoded.x,
        encoded.y,
        rows.train,
        rows.validation,
        rows.test,
        encoded.facts,
        encoded.encoding.target.scales,
        encoded.weights,
    )
