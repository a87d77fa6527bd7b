"""Every kind of value that an experiment is made of, drawn by Hypothesis from the declarations themselves."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from nnstudio.spec.columns import ENCODINGS, Column, ColumnEncoding, Kind, Role
from nnstudio.spec.data import Batches, DataSpec
from nnstudio.spec.facts import DataFacts, Rows
from nnstudio.spec.initialisations import INITIALISATIONS, Default, Initialisation
from nnstudio.spec.layers import LAYERS, Block, LayerKind, Repeat
from nnstudio.spec.layouts import LAYOUTS
from nnstudio.spec.losses import LOSSES
from nnstudio.spec.model import Model, Pair, Row, Weights
from nnstudio.spec.model import paths as stacked
from nnstudio.spec.optimizers import OPTIMIZERS, SGD
from nnstudio.spec.params import Declared, Field, Registry, fields_of
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import SCHEDULES
from nnstudio.spec.search import Choices, Interval, Search, SearchedField
from nnstudio.spec.sources import SOURCES, Source, TableSource
from nnstudio.spec.splits import SPLITS, ShareSplit, Split
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training

D = TypeVar("D")
R = TypeVar("R", bound=Declared)

few = settings(max_examples=settings().max_examples // 4)
"""For a property that is tried anew for each kind or field."""

ROOT = Path(Path.cwd().anchor)
"""The root of the file system, so that absolute paths are absolute on every system."""

words = st.text(st.characters(codec="utf-8"), max_size=12)
names = st.text(
    st.characters(codec="utf-8", exclude_characters="/\\:\0", exclude_categories=["C"]), min_size=1, max_size=8
)
paths = st.lists(names.filter(lambda name: name not in (".", "..")), min_size=1, max_size=4).map(
    lambda parts: str(ROOT.joinpath(*parts))
)

json_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
json_values = st.recursive(
    json_scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


ENCODING_NAMES = ("utf-8", "utf-16", "cp1252", "latin-1", "shift_jis")
"""Out of the many names of encodings that Python knows."""


def values(field: Field) -> SearchStrategy[Any]:
    """Every value that ``field`` allows."""
    if field.choices:
        return st.sampled_from(field.choices)
    if field.type is bool:
        return st.booleans()
    if field.type is str:
        return paths | st.just("") if field.param.is_path else words
    low, high = field.param.low, field.param.high
    if field.type is int:
        one = st.integers(None if low is None else math.ceil(low), None if high is None else math.floor(high))
        return one | st.tuples(*[one] * field.sides) if field.sides > 1 else one
    above = field.param.above
    return st.floats(
        low if above is None else above, high, exclude_min=above is not None, allow_nan=False, allow_infinity=False
    )


def declared(cls: type[D]) -> SearchStrategy[D]:
    """Every value of a dataclass of declared fields, but for the combinations that it refuses."""
    drawn = {field.name: values(field) for field in fields_of(cls)}
    if cls is TableSource:
        return tables(drawn)
    if cls is SGD:
        some_momentum = st.builds(cls, **drawn | {"momentum": st.floats(0.01, 0.99)})
        return st.builds(cls, **drawn | {"nesterov": st.just(False)}) | some_momentum
    if issubclass(cls, Split):
        drawn["folds"] = st.just(0) | st.integers(2, 50)
    if issubclass(cls, ShareSplit):
        return shares().flatmap(
            lambda dealt: st.builds(cls, **drawn | {"validation": st.just(dealt[0]), "test": st.just(dealt[1])})
        )
    return st.builds(cls, **drawn)


@st.composite
def shares(draw: st.DrawFn) -> tuple[float, float]:
    """Shares of validation and test that leave enough rows to train on."""
    validation = draw(st.floats(0, 0.9))
    return validation, draw(st.floats(0, max(0.0, min(0.9, 0.94 - validation))))


@st.composite
def tables(draw: st.DrawFn, drawn: dict[str, SearchStrategy[Any]]) -> Any:
    """Every text table of which no sign means two things."""
    decimal = draw(drawn["decimal"])
    rest = drawn | {
        "decimal": st.just(decimal),
        "encoding": st.sampled_from(ENCODING_NAMES),
        "delimiter": drawn["delimiter"].filter(lambda sign: sign != decimal),
        "thousands": drawn["thousands"].filter(lambda sign: sign != decimal),
    }
    return draw(st.builds(TableSource, **rest))


def kinds(registry: Registry[R]) -> SearchStrategy[R]:
    """Every value of every kind that a registry knows."""
    return st.one_of([declared(kind) for kind in registry.kinds.values()])


layers: SearchStrategy[LayerKind] = kinds(LAYERS)
initialisations: SearchStrategy[Initialisation] = kinds(INITIALISATIONS).filter(lambda one: one != Default())
sources: SearchStrategy[Source] = kinds(SOURCES)
splits: SearchStrategy[Split] = kinds(SPLITS)
encodings: SearchStrategy[ColumnEncoding] = kinds(ENCODINGS)


@st.composite
def rows(draw: st.DrawFn, depth: int = 2) -> Row:
    """A row of any kind; a block holds rows that hold rows."""
    kind = draw(layers if depth else layers.filter(lambda kind: not isinstance(kind, Block)))
    most = min(kind.most, 3) if isinstance(kind, Block) else 0
    inner = st.lists(rows(depth - 1), max_size=3).map(tuple)
    return Row(
        id=draw(st.uuids()).hex[:12],
        kind=replace(kind, count=min(kind.count, 4)) if isinstance(kind, Repeat) else kind,
        name=draw(words),
        locked=draw(st.booleans()),
        locked_parameters=tuple(draw(st.lists(st.sampled_from(["weight", "bias"]), unique=True))),
        branches=tuple(draw(st.lists(inner, min_size=min(1, most), max_size=most))),
        guess=draw(words),
        rate=draw(st.sampled_from([1.0, 0.1, 3.0])),
        thaw=draw(st.sampled_from([0, 2, 10])),
        initialisation=draw(st.none() | initialisations),
    )


def _told_apart(stack: tuple[Row, ...]) -> bool:
    identities = [row.id for _, row in stacked(stack)]
    return len(set(identities)) == len(identities)


stacks = st.lists(rows(), max_size=5).map(tuple).filter(_told_apart)
weights = st.builds(
    Weights,
    path=paths,
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    by=st.sampled_from(["name", "order", "hand"]),
    pairs=st.lists(
        st.builds(Pair, row=words, tensor=words, source=words, repetition=st.integers(0, 3)), max_size=2
    ).map(tuple),
)


@st.composite
def networks(draw: st.DrawFn) -> Model:
    """A stack with where it starts; a file of layers is about one that is there."""
    rows = draw(stacks)
    grafts = draw(st.lists(weights, max_size=2)) if rows else []
    mine = tuple(replace(graft, by="hand", pairs=(Pair(rows[0].id, "", "0"),)) for graft in grafts)
    return Model(rows, draw(st.none() | weights), mine)


models = networks()
columns = st.builds(
    Column, name=words, kind=st.sampled_from(Kind), role=st.sampled_from(Role), encoding=st.none() | encodings
)
data_specs = st.builds(
    DataSpec,
    source=sources,
    columns=st.lists(columns, max_size=6).map(tuple),
    task=st.sampled_from(Task),
    split=splits,
    batches=declared(Batches),
    fingerprint=words,
    layout=kinds(LAYOUTS),
    keep_repeats=st.booleans(),
)
trainings = st.builds(
    Training,
    loss=kinds(LOSSES),
    optimizer=kinds(OPTIMIZERS),
    schedule=kinds(SCHEDULES),
    **{field.name: values(field) for field in fields_of(Training)},
)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    """Every range that is not empty."""
    whole, log = draw(st.booleans()), draw(st.booleans())
    numbers = st.integers(1 if log else -1_000, 1_000) if whole else st.floats(1e-9 if log else -1e9, 1e9)
    low, high = sorted(draw(st.tuples(numbers, numbers).filter(lambda ends: ends[0] != ends[1])))
    return Interval(low, high, log, whole, draw(st.integers(2, 30)))


scalars = st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words
choices = st.lists(scalars, min_size=1, max_size=4, unique=True).map(lambda values: Choices(tuple(values)))
searches = st.builds(
    Search,
    fields=st.lists(
        st.builds(SearchedField, path=words, span=intervals() | choices), max_size=3, unique_by=lambda field: field.path
    ).map(tuple),
    **{field.name: values(field) for field in fields_of(Search)},
)
projects = st.builds(Project, data=st.none() | data_specs, model=models, training=trainings, search=searches)


sides = st.integers(1, 40)
input_shapes: SearchStrategy[tuple[int, ...]] = (
    st.tuples(st.integers(1, 300))
    | st.tuples(st.integers(1, 30), st.integers(1, 12))
    | st.tuples(st.sampled_from([1, 3, 4]), sides, sides)
)
"""Rows, sequences (steps, features), and pictures (channels, height, width)."""


@st.composite
def facts(draw: st.DrawFn) -> DataFacts:
    """What the data may ask of a network: rows, sequences and pictures of every task and size."""
    task = draw(st.sampled_from(Task))
    classes = {Task.BINARY: 2, Task.MULTICLASS: draw(st.integers(3, 12))}.get(task, 0)
    shape = draw(input_shapes)
    answers = {Task.REGRESSION: draw(st.integers(1, 4)), Task.RECONSTRUCTION: math.prod(shape)}.get(task, 1)
    counts = [draw(st.integers(low, 100_000)) for low in (1, 0, 0)]
    names = tuple(f"class {n}" for n in range(classes))
    return DataFacts(task, shape, Rows(*counts), "target", classes=names, answers=answers)
