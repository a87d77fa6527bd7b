"""What a model asks of one example: its inputs with what the training rows hold, for a form to be made of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.answers import ValueTarget
from nnstudio.data.columns import DAY, NO_MOMENT, Rows, name_of
from nnstudio.data.encoding.encoders import CategoryFeature, DateFeature, Feature, NumberFeature
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.table import MappedTable
from nnstudio.spec.inputs import ChoiceInput, DateInput, Input, NumberInput, PictureInput, SeenValues

MOST_LOOKED_AT = 200_000
"""Training rows that are looked at, evenly spread where there are more."""

BINS = 24

WIDE = 3.0
"""Standard deviations to either side of the mean that are offered where no training row can be looked at."""


def inputs_of(encoding: Encoding, table: MappedTable | None, train: Rows) -> tuple[Input, ...]:
    """An input for each column; what is known of it comes from the rows ``train`` of ``table``, if there is one."""
    rows = train[:: max(1, len(train) // MOST_LOOKED_AT)]
    return tuple(_input(feature, table, rows) for feature in encoding.seen)


def _input(feature: Feature, table: MappedTable | None, rows: Rows) -> Input:
    match feature:
        case NumberFeature():
            return _number(feature, table.numbers(feature.name)[rows] if table else np.empty(0))
        case CategoryFeature():
            return _choice(feature, table, rows)
        case DateFeature():
            return _date(feature, table.moments(feature.name)[rows] if table else np.empty(0, np.int64))
    return PictureInput(feature.name, feature.width, feature.height, len(feature.mean))


def _number(feature: NumberFeature, values: NDArray[np.float64]) -> NumberInput:
    known = values[~np.isnan(values)]
    if not len(known):
        known = _estimated(feature)
    low, first, middle, third, high = np.quantile(known, [0, 0.25, 0.5, 0.75, 1]).tolist()
    is_whole = bool(len(values)) and bool(np.all(known == np.floor(known)))
    return NumberInput(
        feature.name, low, high, middle, float(known.mean()), (first, middle, third), is_whole, feature.fill
    )


def _estimated(feature: NumberFeature) -> NDArray[np.float64]:
    """A few values as they may have been, judged by how they are scaled."""
    bounds = (0.0, 1.0) if feature.method == "minmax" else (-WIDE, WIDE)
    scaled = np.linspace(*bounds, 5) * feature.scale + feature.offset
    return np.sign(scaled) * np.expm1(np.abs(scaled)) if feature.method == "log" else scaled


def _choice(feature: CategoryFeature, table: MappedTable | None, rows: Rows) -> ChoiceInput:
    counts = [0] * len(feature.categories)
    if table:
        found = table.labels(feature.name, None)
        named = dict(zip(found.names, found.counts(rows)[:-1].tolist(), strict=True))
        counts = [named.get(name, 0) for name in feature.categories]
    typical = feature.fill or (feature.categories[int(np.argmax(counts))] if counts else "")
    return ChoiceInput(
        feature.name, feature.categories, tuple(counts), typical, feature.other, feature.missing, feature.fill
    )


def _date(feature: DateFeature, times: NDArray[np.int64]) -> DateInput:
    known = times[times != NO_MOMENT]
    if not len(known):
        days = np.array([feature.days_mean + step * feature.days_std for step in (-2, 0, 2)])
        known = (np.clip(days, -700_000, 2_900_000).round() * DAY).astype(np.int64)  # the years 53 to 9909
    bounds = (known.min(), known.max(), np.sort(known)[len(known) // 2])
    return DateInput(feature.name, *(name_of(np.datetime64(int(at), "us")) for at in bounds))


def seen_values(target: ValueTarget, values: NDArray[np.float64]) -> tuple[SeenValues, ...]:
    """The values ``(N, T)`` of the training rows at a glance, one for each target."""
    return tuple(_seen(name, values[:, at]) for at, name in enumerate(target.names))


def estimated_values(target: ValueTarget) -> tuple[SeenValues, ...]:
    """The same where the training rows are out of reach: as if values lay evenly around their mean."""
    spread = np.linspace(-2, 2, 101)
    means = zip(target.names, target.means, target.scales, strict=True)
    return tuple(_seen(name, mean + spread * scale) for name, mean, scale in means)


def _seen(name: str, values: NDArray[np.float64]) -> SeenValues:
    counts, _ = np.histogram(values, BINS)
    percentiles = np.quantile(values, np.linspace(0, 1, 101))
    return SeenValues(name, float(values.mean()), tuple(percentiles.tolist()), tuple(counts.tolist()))
