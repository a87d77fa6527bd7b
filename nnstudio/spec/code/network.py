"""The network as PyTorch code: one ``nn.Sequential`` of the calls that the engine carries out, in the same order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from nnstudio.spec.calls import Call
from nnstudio.spec.code.imports import head
from nnstudio.spec.code.pasted import pasted
from nnstudio.spec.code.text import WIDEST, Code, Kept, broken, comment, commented, cut, settings_of, value
from nnstudio.spec.initialised import fillings
from nnstudio.spec.layers.base import size
from nnstudio.spec.layers.nesting import Repeat
from nnstudio.spec.printed import STEP, Line, Part
from nnstudio.spec.shapes import Step, Walk

_ALWAYS = ("import torch", "from torch import nn")

NETWORK = "Network"
"""The title of the part that makes the network."""


def network_code(walked: Walk, seed: int, modules: str, like: Code | None = None) -> Code:
    """Code that makes the network with the weights that ``seed`` gives it, bit for bit.

    ``modules`` is the source of the small modules that PyTorch lacks; those that are used are pasted. Layers that
    cannot work, and those whose input is therefore unknown, stand there as comments. What was printed as ``like`` is
    taken over for steps that are the very same.
    """
    part, kept = network_like(walked, seed, modules, like)
    return Code((*head(part.imports, part.definitions), *part.lines), kept)


def network_part(walked: Walk, seed: int, modules: str) -> Part:
    """The same as a part of a script."""
    return network_like(walked, seed, modules, None)[0]


def network_like(walked: Walk, seed: int, modules: str, like: Code | None) -> tuple[Part, Mapping[int, Kept]]:
    """The part of a script, and what the next printing can take over from it as this one did from ``like``."""
    kept = [_printed(step, like) for step in walked.steps]
    return _part(walked, seed, modules, kept), {id(one.step): one for one in kept}


def _part(walked: Walk, seed: int, modules: str, kept: Sequence[Kept]) -> Part:
    body = [line for one in kept for line in one.lines]
    carried = pasted(modules, frozenset[str]().union(*(one.modules for one in kept)))
    model = [Line("model = nn.Sequential("), *body, Line(")")] if body else [Line("model = nn.Sequential()")]
    start = (Line(f"torch.manual_seed({seed})"), Line(_passage(walked)))
    lines = (*start, *model, *_filled(walked))
    return Part(NETWORK, lines, frozenset((*_ALWAYS, *carried.imports)), carried.definitions)


def _printed(step: Step, like: Code | None) -> Kept:
    """A layer of the outermost stack, as it was printed before where it is the same."""
    old = like.kept.get(id(step)) if like else None
    if old and old.step is step:
        return old
    lines = tuple(line.indented(1) for line in _layer(step, WIDEST - len(STEP)))
    return Kept(step, lines, frozenset(_own([step])))


def _filled(walked: Walk) -> Iterator[Line]:
    """The tensors that start otherwise than PyTorch makes them; none where the network cannot be made as a whole."""
    for filling in () if walked.problem else fillings(walked):
        given = (f"{name}={value(setting)}" for name, setting in filling.call.kwargs.items())
        yield Line(f"{filling.call.name}({', '.join((_parameter(filling.tensor), *given))})", filling.row_id)


def _parameter(tensor: str) -> str:
    """A parameter of the model by its name in the ``state_dict``: ``model[0].weight`` for ``0.weight``."""
    place, _, name = tensor.partition(".")
    return f'model.get_parameter("{tensor}")' if "." in name else f"model[{place}].{name}"


def _passage(walked: Walk) -> str:
    """What goes in and what comes out, as a comment."""
    given = f"A batch of {_batch(walked.input_shape)} goes in"
    return comment(f"{given}, {_batch(walked.output)} comes out." if walked.output else f"{given}.")


def _own(steps: Iterable[Step]) -> set[str]:
    """The names of the modules that PyTorch lacks."""
    names = {call.name for step in steps if (call := _call(step)) and "." not in call.name}
    return names.union(*(_own(inner) for step in steps for inner in step.inner))


def _call(step: Step) -> Call | None:
    """What makes the layer; None where that is not known."""
    if step.before is None or (step.problem and not step.inner):
        return None
    return step.row.kind.call(step.before)


def _layer(step: Step, room: int) -> Iterator[Line]:
    """The lines of one layer, which have ``room`` for so many characters."""
    row, call = step.row, _call(step)
    if call is None or step.problem:
        yield Line(cut(comment(_trouble(step)), room), row.id)
    if call is None:
        return
    arguments = settings_of(call)
    first, *rest = [f"{call.name}("] if row.branches else broken(call.name, arguments, room)
    yield Line(commented(first, _about(step), room), row.id)
    if row.branches:
        yield from (line.indented(1) for line in _stacks(step, room - 4))
        yield from (Line(f"{argument},", row.id).indented(1) for argument in arguments)
        rest = ["),"]
    yield from (Line(text, row.id) for text in rest)


def _trouble(step: Step) -> str:
    """Why a layer is not printed, or why what it gives is not known."""
    what = step.problem.what if step.problem else "its input is not known."
    return f"{step.row.title}: {what}" if step.row.name or not step.problem else what


def _about(step: Step) -> str:
    """What the comment behind a layer says: its name, if it has one of its own, and the shape that comes out."""
    shape = _batch(step.after) if step.after else "unknown shape"
    return f"{step.row.name}: {shape}" if step.row.name else shape


def _stacks(step: Step, room: int) -> Iterator[Line]:
    """The stacks in a block: each branch, or each repetition; neighbours that are the same are written once."""
    alike = [(steps, 1) for steps in step.inner]
    if isinstance(step.row.kind, Repeat):
        groups = (list(same) for _, same in groupby(step.inner, key=id))  # the walk gives what is the same but once
        alike = [(same[0], len(same)) for same in groups]
    for steps, times in alike:
        yield from _repeated(steps, times, step.row.id, room)


def _repeated(steps: Sequence[Step], times: int, row_id: str, room: int) -> Iterator[Line]:
    if times == 1:
        yield from _sequential(steps, row_id, room)
        return
    *lines, last = _sequential(steps, row_id, room - 4)
    yield Line("*(", row_id)
    yield from (line.indented(1) for line in (*lines, Line(last.text.removesuffix(","), row_id)))
    yield Line(f"for _ in range({times})", row_id).indented(1)
    yield Line("),", row_id)


def _sequential(steps: Sequence[Step], row_id: str, room: int) -> Iterator[Line]:
    if not steps:
        yield Line("nn.Sequential(),", row_id)
        return
    yield Line("nn.Sequential(", row_id)
    for step in steps:
        yield from (line.indented(1) for line in _layer(step, room - 4))
    yield Line("),", row_id)


def _batch(shape: Sequence[int]) -> str:
    return f"N × {size(tuple(shape))}"
