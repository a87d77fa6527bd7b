"""The network that a weights file holds, rebuilt as far as it can be told."""

from __future__ import annotations

from dataclasses import replace

from nnstudio.engine.checkpoint import ModelFile
from nnstudio.engine.foreign.records import class_name
from nnstudio.engine.foreign.refusals import quoted
from nnstudio.engine.rebuilding.families import COMPUTED, Known, known, tensors_of
from nnstudio.engine.rebuilding.fields import Inexpressible
from nnstudio.engine.rebuilding.installed import Installed, installed, other
from nnstudio.engine.rebuilding.order import has_lost_order, in_likely_order
from nnstudio.engine.rebuilding.pickled import rows_of_module
from nnstudio.engine.rebuilding.plain import Plain, plain
from nnstudio.engine.rebuilding.policies import inputs
from nnstudio.engine.rebuilding.stacking import Stacked
from nnstudio.engine.rebuilding.traced import rows_of_traced
from nnstudio.engine.rebuilding.units import COUNTER, Shapes, Unit, units_of
from nnstudio.spec.files import model_in
from nnstudio.spec.layers import Shape
from nnstudio.spec.layers.base import size
from nnstudio.spec.model import Model, Row
from nnstudio.spec.naming import by_names, named_tensors
from nnstudio.spec.rebuilt import Rebuilt
from nnstudio.spec.shapes import walk

PICTURE = (3, 224, 224)
"""What the networks of torchvision are made for."""

DEEP = 24
"""From so many layers with weights on, a plain stack is doubtful."""

MANY = 50
"""Tensors; what torchvision has beside the known families holds no fewer, and to look through it takes a while."""

WAYS_AROUND = (
    "So deep a network mostly has ways around some of its layers, which weights do not tell: compare what it gives."
)

TRANSFORMED = (
    "The weights that torchvision publishes for it were learned on pixels from −1 to 1: scale the pictures so."
)

OWN_CLASS = "It is of a class of its own ({}), whose code is not in the file: which would say how its layers connect."

MOST_SAID = 3
"""Sentences on where the layers of a file do not fit."""


def rebuild(file: ModelFile, input_shape: Shape | None = None) -> Rebuilt:
    """The network of a weights file; ``input_shape`` is that of an example, where it is known.

    A file of ours carries its project, a whole module says its layers itself; of all others, names and shapes tell.
    """
    if model := model_in(file.project):
        return Rebuilt("exact", "a network of nnstudio", model.rows, input_shape)
    if file.module is None:
        return rebuild_from(file.shapes, input_shape)
    try:
        return _of_module(file, rows_of_module(file.module), input_shape)
    except Inexpressible as problem:
        told = rebuild_from(file.shapes, input_shape)
        is_theirs = not type(file.module).path.startswith("torch.nn.")
        name = quoted(class_name(file.module))[1:-1]
        why = OWN_CLASS.format(name) if is_theirs else f"It is not rebuilt as it was: {problem}."
        return replace(told, notes=(why, *told.notes))


def _of_module(file: ModelFile, rows: tuple[Row, ...], input_shape: Shape | None) -> Rebuilt:
    """A whole module, with the shape of an example that gives it the tensors that it has."""
    first = next((unit for unit in units_of(file.shapes) if isinstance(unit, Unit)), None)
    sizes = [shape for lot in (inputs([first]) if first else ()) for shape in lot]
    fitting = (shape for shape in [*([input_shape] if input_shape else []), *sizes] if _holds(rows, shape, file.shapes))
    what = f"a whole module ({class_name(file.module)})" if file.module else ""
    return Rebuilt("exact", what, rows, next(fitting, None))


def _holds(rows: tuple[Row, ...], shape: Shape, shapes: Shapes) -> bool:
    """Whether the rows work, and have the tensors of the file, where examples of ``shape`` come in."""
    walked = walk(Model(rows), shape)
    if walked.problem:
        return False
    sources = by_names(Model(rows), shapes)
    wanted = ((name, size) for name, size in named_tensors(walked).items() if not name.endswith(COUNTER))
    return all(shapes.get(sources.get(name, "")) == size for name, size in wanted)


def rebuild_from(shapes: Shapes, input_shape: Shape | None = None) -> Rebuilt:
    """The network with tensors of these names and shapes; ``input_shape`` is that of an example, where it is known."""
    if found := known(shapes):
        return _part_of(_of_family(found, shapes, input_shape), shapes)
    run = plain(shapes, input_shape)
    if has_lost_order(shapes):
        ordered = in_likely_order(shapes)
        other_run = plain(ordered, input_shape)
        if _fit(other_run) > _fit(run) or (other_run.is_whole and _fit(other_run) == _fit(run)):
            run, shapes = other_run, ordered
    if len(shapes) >= MANY and (not run.is_whole or run.units >= DEEP) and (library := installed(shapes)):
        return _of_library(library, shapes, input_shape)
    return _part_of(_of_run(run, shapes, input_shape), shapes)


def _fit(run: Plain) -> tuple[int, int]:
    """More for more layers that fit behind each other, and then with less force."""
    return (run.stack.units, -run.stack.forced) if run.stack else (0, 0)


def _part_of(told: Rebuilt, shapes: Shapes) -> Rebuilt:
    """Of a network that is rebuilt in part, or not at all: what the whole is, where torchvision has it."""
    if told.certainty not in ("part", "none") or len(shapes) < MANY or not (whole := other(shapes)):
        return told
    note = f"It has the names of {whole}: more than layers behind each other can do."
    return replace(told, notes=(note, *told.notes))


def _of_library(found: Installed, shapes: Shapes, input_shape: Shape | None) -> Rebuilt:
    """A network of torchvision; where rows cannot have its connections, what can be used of it."""
    what = f"{found.name} of torchvision"
    try:
        rows = rows_of_traced(found.module)
    except Inexpressible as problem:
        told = _of_run(plain(shapes, input_shape), shapes, input_shape)
        return replace(told, notes=(f"It has the names and shapes of {what}, but {problem}.", *told.notes))
    wanted, notes = _input(rows, shapes, input_shape, PICTURE)
    used = tensors_of(rows, wanted)
    unused = tuple(name for name in shapes if name not in used and not name.endswith((COUNTER, *COMPUTED)))
    aside = (f"{len(unused):,} tensors help only while it is trained, and are not part of it.",) if unused else ()
    moved = (TRANSFORMED,) if hasattr(found.module, "transform_input") else ()
    return Rebuilt("known", what, rows, wanted, (*aside, *moved, *notes), unused)


def _of_run(run: Plain, shapes: Shapes, input_shape: Shape | None) -> Rebuilt:
    if run.stack is None:
        return Rebuilt("none", notes=run.broken[:MOST_SAID] or ("It holds no layers.",))
    return _of_stack(run, run.stack, shapes, input_shape)


def _of_family(found: Known, shapes: Shapes, input_shape: Shape | None) -> Rebuilt:
    """A network of a known family; where its end is another one, with the layers that seem to be there instead."""
    wanted, notes = _input(found.rows, shapes, input_shape, found.input_shape)
    rest = {name: shapes[name] for name in found.rest}
    if not rest:
        end = ("It has no last layers: it ends with the features of a picture.",) if found.headless else ()
        return Rebuilt("known", found.title, found.rows, wanted, (*end, *notes))
    features = walk(Model(found.rows), wanted).output
    head = plain(rest, features) if found.headless else None
    if head and head.stack and head.is_whole and head.stack.input_shape == features:
        what = f"{found.title} with other last layers"
        return Rebuilt("guessed", what, (*found.rows, *head.stack.rows), wanted, notes)
    others = f"{len(rest):,} tensors beside it are not part of it."
    return Rebuilt("part", found.title, found.rows, wanted, (others, *notes), tuple(rest))


def _of_stack(found: Plain, stack: Stacked, shapes: Shapes, input_shape: Shape | None) -> Rebuilt:
    wanted, notes = _input(stack.rows, shapes, input_shape, stack.input_shape)
    if found.is_whole:
        lone = f"a lone layer ({stack.rows[-1].kind.wording()})"
        what = lone if len(stack.rows) == 1 else f"a plain stack of {found.units} layers with weights"
        doubts = (WAYS_AROUND,) if found.units >= DEEP else ()
        return Rebuilt("guessed", what, stack.rows, wanted, (*doubts, *notes))
    what = f"a network of which {stack.units} of {found.units} layers with weights fit behind each other"
    unused = tuple(name for name in shapes if name not in found.used)
    return Rebuilt("part", what, stack.rows, wanted, (*found.broken[:MOST_SAID], *notes), unused)


def _input(
    rows: tuple[Row, ...], shapes: Shapes, given: Shape | None, proposed: Shape
) -> tuple[Shape, tuple[str, ...]]:
    """The shape of an example that the rows take, and a note where that is not the one that is given."""
    if given is None:
        return proposed, ()
    if _holds(rows, given, shapes):
        return given, ()
    return proposed, (f"It takes {size(proposed)}, but the data has {size(given)}.",)
