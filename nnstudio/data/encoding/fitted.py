"""How a row becomes numbers: fitted once on the training rows, then kept with the model, as exact JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from math import prod
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.answers import ClassTarget, InputTarget, Target, ValueTarget
from nnstudio.data.encoding.encoders import CategoryFeature, DateFeature, Feature, ImageFeature, NumberFeature
from nnstudio.data.trust import need
from nnstudio.spec.errors import ModelFileError, SpecError, StudioError
from nnstudio.spec.facts import Shape
from nnstudio.spec.layouts import LAYOUTS, Layout, RowLayout, SequenceLayout, WindowLayout
from nnstudio.spec.tasks import Task

KINDS: Mapping[str, type[Feature]] = {
    str(kind.kind): kind for kind in (NumberFeature, CategoryFeature, DateFeature, ImageFeature)
}
TARGETS: Mapping[str, type[Target]] = {kind.key: kind for kind in (ClassTarget, ValueTarget, InputTarget)}
VERSION = 2

PAST = " (past)"
"""Behind the name of a target's earlier values, which a window shows."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """What every feature and the target become; `to_json` and `from_json` keep every bit.

    ``past`` are the target's columns as features of earlier rows, where windows look ahead; ``group`` is the column
    whose values windows never mix.
    """

    task: Task
    features: tuple[Feature, ...]
    target: Target
    layout: Layout = field(default_factory=RowLayout)
    past: tuple[Feature, ...] = ()
    group: str = ""

    def __post_init__(self) -> None:
        images = sum(isinstance(feature, ImageFeature) for feature in self.seen)
        need(bool(self.seen) and (not images or len(self.seen) == 1), "its inputs")
        need(not self.past or isinstance(self.layout, WindowLayout), "its inputs")
        need(not (images and isinstance(self.layout, WindowLayout)), "its inputs")
        need(isinstance(self.target, ClassTarget) == self.task.is_classification, "its answer")
        need(isinstance(self.target, InputTarget) == (self.task is Task.RECONSTRUCTION), "its answer")
        steps = self.layout.steps if isinstance(self.layout, SequenceLayout) and not images else 1
        need(images > 0 or (bool(self.names) and len(self.names) % steps == 0), "its inputs")

    @property
    def seen(self) -> tuple[Feature, ...]:
        """Everything that the network sees of a row, in order."""
        return (*self.features, *self.past)

    @property
    def image(self) -> ImageFeature | None:
        """The picture that the network sees, or None where it sees a table."""
        first = self.seen[0]
        return first if isinstance(first, ImageFeature) else None

    @property
    def names(self) -> tuple[str, ...]:
        """What each encoded number of a row is called; empty for pictures."""
        own = (name for feature in self.features for name in feature.names)
        return (*own, *(name + PAST for feature in self.past for name in feature.names))

    @property
    def origins(self) -> tuple[str, ...]:
        """The column that each encoded number of a row comes from; empty for pictures."""
        return tuple(feature.name for feature in self.seen for _ in feature.names)

    def meanings(self, figures: bool = False) -> tuple[str, ...]:
        """How each encoded number of a row comes about: in words, or with its ``figures``.

        Of pictures only the figures are told, a sentence for each channel.
        """
        return tuple(meaning for feature in self.seen for meaning in feature.meanings(figures))

    @property
    def input_shape(self) -> Shape:
        """The shape of one encoded example."""
        if self.image and isinstance(self.layout, SequenceLayout):
            channels, height, width = self.image.shape
            return height, width * channels
        if self.image:
            return self.image.shape
        width = len(self.names)
        match self.layout:
            case SequenceLayout(steps):
                return steps, width // steps
            case WindowLayout(length):
                return length, width
        return (width,)

    @property
    def answers(self) -> int:
        """How many numbers one target has."""
        return prod(self.input_shape) if isinstance(self.target, InputTarget) else len(self.target.names)

    def to_json(self) -> str:
        content = {
            "version": VERSION,
            "task": self.task,
            "features": list(map(_write, self.features)),
            "past": list(map(_write, self.past)),
            "target": {"kind": self.target.key, **asdict(self.target)},
            "layout": LAYOUTS.write(self.layout),
            "group": self.group,
        }
        return json.dumps(content, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Encoding:
        """The encoding that `to_json` wrote, now or in an earlier version; raises `ModelFileError` where it is none."""
        try:
            return _read_encoding(_upgraded(json.loads(text)))
        except SpecError as error:
            raise _damaged(error) from error
        except StudioError:
            raise
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
            raise _damaged(error) from error


def _damaged(error: Exception) -> ModelFileError:
    return ModelFileError(
        "This model cannot be used.",
        "What it says about its inputs is damaged.",
        details=f"{type(error).__name__}: {error}",
    )


def decode_target(encoding: Encoding, outputs: NDArray[Any]) -> NDArray[Any]:
    """What a network answers, in the target's own words.

    Class numbers ``(N,)`` become names, an array of str objects. Values ``(N,)`` or ``(N, T)`` become float64 in the
    target's unit: ``(N,)`` for one target, ``(N, T)`` for several. A reconstruction stays as it is encoded, float64
    ``(N, numbers)``.
    """
    target = encoding.target
    if isinstance(target, ClassTarget):
        names: NDArray[np.object_] = np.array(target.classes, dtype=object)[outputs]
        return names
    values = np.asarray(outputs, np.float64).reshape(len(outputs), -1)
    if isinstance(target, InputTarget):
        return values
    own: NDArray[np.float64] = values * np.array(target.scales) + np.array(target.offsets)
    return own[:, 0] if len(target.names) == 1 else own


# ---- JSON ----


def _write(feature: Feature) -> dict[str, Any]:
    return {"kind": feature.kind, **asdict(feature)}


def _upgraded(content: dict[str, Any]) -> dict[str, Any]:
    """What an earlier nnstudio wrote, as this one would have written it."""
    if content["version"] == 1:
        content = _from_version_1(content)
    if content["version"] != VERSION:
        raise ModelFileError("This model was saved by another version of nnstudio.", "", "Train it anew.")
    target = content["target"]
    if target["kind"] == ValueTarget.key and "means" not in target:  # values were always standardised
        return content | {"target": target | {"means": target["offsets"]}}
    return content


def _from_version_1(content: dict[str, Any]) -> dict[str, Any]:
    """There was one way to encode each kind of column, and one target."""
    target = content["target"]
    if "classes" in target:
        answer = {"kind": ClassTarget.key, **target}
    else:
        each = {"names": target["name"], "offsets": target["offset"], "scales": target["scale"]}
        answer = {"kind": ValueTarget.key, **{name: [value] for name, value in each.items()}}
    features = list(map(_feature_from_version_1, content["features"]))
    rest = {"past": [], "group": "", "layout": LAYOUTS.write(RowLayout())}
    return {"version": 2, "task": content["task"], "features": features, "target": answer} | rest


def _feature_from_version_1(item: dict[str, Any]) -> dict[str, Any]:
    match item["kind"]:
        case "number":
            offset_scale = {"offset": item["mean"], "scale": item["std"]}
            return item | offset_scale | {"method": "standard", "indicator": False}
        case "category":
            return item | {"code": "one_hot", "other": False}
    return item | {"levels": 256, "method": "standard"}


def _read_encoding(content: Mapping[str, Any]) -> Encoding:
    return Encoding(
        Task(content["task"]),
        tuple(_read(KINDS[item["kind"]], item) for item in content["features"]),
        _read(TARGETS[content["target"]["kind"]], content["target"]),
        LAYOUTS.read(content["layout"]),
        tuple(_read(KINDS[item["kind"]], item) for item in content["past"]),
        _checked(content["group"], str),
    )


T = TypeVar("T", bound=Feature | Target)


def _read(cls: type[T], item: Mapping[str, Any]) -> T:
    """A dataclass from a JSON object, each field checked against its annotation."""
    hints = get_type_hints(cls)
    return cls(**{field.name: _checked(item[field.name], hints[field.name]) for field in fields(cls)})


def _checked(value: Any, hint: Any) -> Any:
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise TypeError(f"{value!r} is no list")
        return tuple(_checked(part, get_args(hint)[0]) for part in value)
    if get_origin(hint) is Literal:
        hint = str
    if hint is float and type(value) is int:
        value = float(value)
    if type(value) is not hint:
        raise TypeError(f"{value!r} is no {hint.__name__}")
    return value
