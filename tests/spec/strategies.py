"""Every kind of value that an experiment is made of, drawn by Hypothesis from the declarations themselves."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from nnstudio.spec.data import SOURCES, Batches, Column, DataSpec, Kind, Role, Source, Split
from nnstudio.spec.facts import DataFacts, Rows
from nnstudio.spec.layers import LAYERS, LayerKind
from nnstudio.spec.losses import LOSSES
from nnstudio.spec.model import Model, Row, Weights
from nnstudio.spec.optimizers import OPTIMIZERS
from nnstudio.spec.params import Declared, Field, Registry, fields_of
from nnstudio.spec.project import Project
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training

D = TypeVar("D")
R = TypeVar("R", bound=Declared)

few = settings(max_examples=30)
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


def values(field: Field) -> SearchStrategy[Any]:
    """Every value that ``field`` allows."""
    if field.choices:
        return st.sampled_from(field.choices)
    if field.type is bool:
        return st.booleans()
    if field.type is str:
        return paths if field.name == "path" else words
    low, high = field.param.low, field.param.high
    if field.type is int:
        return st.integers(None if low is None else math.ceil(low), None if high is None else math.floor(high))
    above = field.param.above
    return st.floats(low if above is None else above, high, exclude_min=above is not None, allow_nan=False)


def declared(cls: type[D]) -> SearchStrategy[D]:
    """Every value of a dataclass of declared fields."""
    return st.builds(cls, **{field.name: values(field) for field in fields_of(cls)})


def kinds(registry: Registry[R]) -> SearchStrategy[R]:
    """Every value of every kind that a registry knows."""
    return st.one_of([declared(kind) for kind in registry.kinds.values()])


layers: SearchStrategy[LayerKind] = kinds(LAYERS)
sources: SearchStrategy[Source] = kinds(SOURCES)


@st.composite
def splits(draw: st.DrawFn) -> Split:
    """Every split that leaves enough rows to train on."""
    validation = draw(st.floats(0, 0.9))
    test = draw(st.floats(0, max(0.0, min(0.9, 0.94 - validation))))
    return Split(validation, test, draw(st.booleans()), draw(st.integers(0, 2**31 - 1)))


rows = st.builds(
    Row,
    id=st.uuids().map(lambda identity: identity.hex[:12]),
    kind=layers,
    name=words,
    locked=st.booleans(),
    locked_parameters=st.lists(st.sampled_from(["weight", "bias"]), unique=True).map(tuple),
)
stacks = st.lists(rows, max_size=5, unique_by=lambda row: row.id).map(tuple)
weights = st.builds(Weights, path=paths, sha256=st.text("0123456789abcdef", min_size=64, max_size=64))
models = st.builds(Model, rows=stacks, start=st.none() | weights)
columns = st.builds(Column, name=words, kind=st.sampled_from(Kind), role=st.sampled_from(Role))
data_specs = st.builds(
    DataSpec,
    source=sources,
    columns=st.lists(columns, max_size=6).map(tuple),
    task=st.sampled_from(Task),
    split=splits(),
    batches=declared(Batches),
    fingerprint=words,
)
trainings = st.builds(
    Training,
    loss=kinds(LOSSES),
    optimizer=kinds(OPTIMIZERS),
    **{field.name: values(field) for field in fields_of(Training)},
)
projects = st.builds(Project, data=st.none() | data_specs, model=models, training=trainings)


@st.composite
def facts(draw: st.DrawFn) -> DataFacts:
    """What the data may ask of a network: tables and pictures of every task and size."""
    task = draw(st.sampled_from(Task))
    classes = {Task.BINARY: 2, Task.REGRESSION: 0}.get(task) or draw(st.integers(3, 12)) * (task is Task.MULTICLASS)
    sides = st.integers(1, 40)
    shape: SearchStrategy[tuple[int, ...]] = st.tuples(st.integers(1, 300)) | st.tuples(
        st.sampled_from([1, 3]), sides, sides
    )
    counts = [draw(st.integers(low, 100_000)) for low in (1, 0, 0)]
    return DataFacts(task, draw(shape), Rows(*counts), "target", classes=tuple(f"class {n}" for n in range(classes)))
