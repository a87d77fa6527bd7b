"""What printed code carries along of the program's own source: the classes and functions that it uses, word for word.

Only the annotations of functions are left out: a script has none.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Pasted:
    """The imports and the definitions that some names stand for, in the order of their source."""

    imports: tuple[str, ...]
    definitions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """One definition of the source, or one imported name: its text, and the names that occur in it."""

    text: str
    names: frozenset[str]


def pasted(source: str, wanted: Collection[str]) -> Pasted:
    """What code needs that names ``wanted`` definitions of ``source``; raises KeyError where one is not there."""
    imports, defined = _parts(source)
    used = set(_with_needed(wanted, defined))
    named = set().union(*(defined[name].names for name in used))
    return Pasted(
        tuple(part.text for name, part in imports.items() if name in named),
        tuple(part.text for name, part in defined.items() if name in used),
    )


def _with_needed(wanted: Collection[str], defined: Mapping[str, _Part]) -> Iterator[str]:
    """The definitions themselves and those of the same source that they name."""
    for name in wanted:
        yield name
        yield from _with_needed((defined[name].names & defined.keys()) - {name}, defined)


@lru_cache(maxsize=4)
def _parts(source: str) -> tuple[Mapping[str, _Part], Mapping[str, _Part]]:
    """The imported names and the definitions of a module, by name."""
    tree = ast.parse(source)
    defined = [node for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    return dict(_imports(tree)), {node.name: _definition(source, node) for node in defined}


def _definition(source: str, node: ast.ClassDef | ast.FunctionDef) -> _Part:
    if isinstance(node, ast.ClassDef):
        return _Part(_text(source, node), _names(node))
    text = f"{_signature(node)}\n{_body(source, node)}"
    function = ast.parse(text)
    return _Part(text, _names(function) - _own_names(function))


def _imports(tree: ast.Module) -> Iterator[tuple[str, _Part]]:
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from ((item.asname or item.name, _Part(_import(item), frozenset())) for item in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
            for item in node.names:
                yield item.asname or item.name, _Part(f"from {node.module} import {item.name}", frozenset())


def _import(item: ast.alias) -> str:
    return f"import {item.name} as {item.asname}" if item.asname else f"import {item.name}"


def _text(source: str, node: ast.ClassDef | ast.FunctionDef) -> str:
    """The lines of a definition, with comments that stand behind its code."""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return "\n".join(source.splitlines()[first - 1 : node.end_lineno])


def _signature(node: ast.FunctionDef) -> str:
    """The first line of a function, without its types."""
    arguments = copy.deepcopy(node.args)
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        argument.annotation = None
    return f"def {node.name}({ast.unparse(arguments)}):"


def _body(source: str, node: ast.FunctionDef) -> str:
    """The lines below the first, in which no name is given a type."""
    lines = source.splitlines()
    for inner in ast.walk(node):
        if isinstance(inner, ast.AnnAssign) and inner.value:
            first, last = inner.target.end_col_offset, inner.annotation.end_col_offset
            lines[inner.lineno - 1] = lines[inner.lineno - 1][:first] + lines[inner.lineno - 1][last:]
    return "\n".join(lines[node.body[0].lineno - 1 : node.end_lineno])


def _own_names(function: ast.AST) -> frozenset[str]:
    """What a function calls its arguments and what it computes."""
    arguments = {inner.arg for inner in ast.walk(function) if isinstance(inner, ast.arg)}
    stored = {
        inner.id for inner in ast.walk(function) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
    }
    return frozenset(arguments | stored)


def _names(node: ast.AST) -> frozenset[str]:
    return frozenset(inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))
