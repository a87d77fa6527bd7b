"""Small modules that printed code carries along: the parts of their source text that are used, word for word."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Pasted:
    """The imports and the classes that some names stand for, in the order of their source."""

    imports: tuple[str, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """One class of the source, or one imported name: its text, and the names that occur in it."""

    text: str
    names: frozenset[str]


def pasted(source: str, wanted: Collection[str]) -> Pasted:
    """What code needs that names the classes ``wanted`` of ``source``; raises KeyError where one is not there."""
    imports, classes = _parts(source)
    used = set(_with_needed(wanted, classes))
    named = set().union(*(classes[name].names for name in used))
    return Pasted(
        tuple(part.text for name, part in imports.items() if name in named),
        tuple(part.text for name, part in classes.items() if name in used),
    )


def _with_needed(wanted: Collection[str], classes: Mapping[str, _Part]) -> Iterator[str]:
    """The classes themselves and those of the same source that they name."""
    for name in wanted:
        yield name
        yield from _with_needed((classes[name].names & classes.keys()) - {name}, classes)


@lru_cache(maxsize=2)
def _parts(source: str) -> tuple[Mapping[str, _Part], Mapping[str, _Part]]:
    """The imported names and the classes of a module, by name."""
    tree = ast.parse(source)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return dict(_imports(tree)), {node.name: _Part(_text(source, node), _names(node)) for node in classes}


def _imports(tree: ast.Module) -> Iterator[tuple[str, _Part]]:
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from ((item.asname or item.name, _Part(f"import {item.name}", frozenset())) for item in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
            for item in node.names:
                yield item.asname or item.name, _Part(f"from {node.module} import {item.name}", frozenset())


def _text(source: str, node: ast.ClassDef) -> str:
    """The lines of a class, with comments that stand behind its code."""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return "\n".join(source.splitlines()[first - 1 : node.end_lineno])


def _names(node: ast.ClassDef) -> frozenset[str]:
    return frozenset(inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))
