"""How a row becomes numbers: fitted once on the training rows, then kept with the model, as exact JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar, get_type_hints

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.encoders import (
    CategoryFeature,
    ClassTarget,
    Feature,
    ImageFeature,
    NumberFeature,
    Target,
    ValueTarget,
    need,
)
from nnstudio.spec.errors import ModelFileError, StudioError
from nnstudio.spec.facts import Shape
from nnstudio.spec.tasks import Task

KINDS: Mapping[str, type[Feature]] = {str(kind.kind): kind for kind in (NumberFeature, CategoryFeature, ImageFeature)}
VERSION = 1


@dataclass(frozen=True, slots=True)
class Encoding:
    """What every feature and the target become; `to_json` and `from_json` keep every bit."""

    task: Task
    features: tuple[Feature, ...]
    target: Target

    def __post_init__(self) -> None:
        images = sum(isinstance(feature, ImageFeature) for feature in self.features)
        need(bool(self.features) and (not images or len(self.features) == 1), "its inputs")
        need(isinstance(self.target, ClassTarget) == self.task.is_classification, "its answer")

    @property
    def image(self) -> ImageFeature | None:
        """The picture that the network sees, or None where it sees a table."""
        first = self.features[0]
        return first if isinstance(first, ImageFeature) else None

    @property
    def names(self) -> tuple[str, ...]:
        """What each encoded number of a table is called; empty for pictures."""
        return tuple(name for feature in self.features for name in feature.names)

    @property
    def input_shape(self) -> Shape:
        """The shape of one encoded example."""
        return self.image.shape if self.image else (len(self.names),)

    def to_json(self) -> str:
        features = [{"kind": feature.kind, **asdict(feature)} for feature in self.features]
        content = {
            "version": VERSION,
            "task": self.task,
            "features": features,
            "target": asdict(self.target),
        }
        return json.dumps(content, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Encoding:
        """The encoding that `to_json` wrote; raises `ModelFileError` where it is not one."""
        try:
            return _read_encoding(json.loads(text))
        except StudioError:
            raise
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            raise ModelFileError(
                "This model cannot be used.",
                "What it says about its inputs is damaged.",
                details=f"{type(error).__name__}: {error}",
            ) from error


def decode_target(encoding: Encoding, outputs: NDArray[Any]) -> NDArray[Any]:
    """What a network answers, in the target's own words.

    Class numbers ``(N,)`` become names, an array of str objects; values ``(N,)`` or ``(N, 1)`` become float64 ``(N,)``
    in the target's unit.
    """
    if isinstance(encoding.target, ClassTarget):
        names: NDArray[np.object_] = np.array(encoding.target.classes, dtype=object)[outputs]
        return names
    values = np.asarray(outputs, np.float64).reshape(len(outputs))
    return values * encoding.target.scale + encoding.target.offset


def _read_encoding(content: Mapping[str, Any]) -> Encoding:
    if content["version"] != VERSION:
        raise ModelFileError("This model was saved by another version of nnstudio.", "", "Train it anew.")
    task = Task(content["task"])
    features = tuple(_read(KINDS[item["kind"]], item) for item in content["features"])
    target_kind: type[Target] = ClassTarget if task.is_classification else ValueTarget
    target: Target = _read(target_kind, content["target"])
    return Encoding(task, features, target)


T = TypeVar("T", bound=Feature | Target)


def _read(cls: type[T], item: Mapping[str, Any]) -> T:
    """A dataclass from a JSON object, each field checked against its annotation."""
    hints = get_type_hints(cls)
    return cls(**{field.name: _checked(item[field.name], hints[field.name]) for field in fields(cls)})


def _checked(value: Any, hint: Any) -> Any:
    if hint == tuple[str, ...]:
        return tuple(_checked(part, str) for part in value)
    if hint == tuple[float, ...]:
        return tuple(_checked(part, float) for part in value)
    if hint is float and type(value) is int:
        value = float(value)
    if hint in {str, int, bool, float} and type(value) is not hint:
        raise TypeError(f"{value!r} is no {hint.__name__}")
    return value
