"""One field of a project in words, and the fields of what is declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nnstudio.spec.params import Declared, Field, Param, fields_of
from nnstudio.spec.shown import shown


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a project.

    ``path`` is where the same field of another project is, ``value`` what is compared with that, ``words`` how a form
    shows it. ``owner`` and ``title`` are what it is called. ``of`` is the path of the entry that says that the thing is
    there at all (a column, a layer); where that is missing, its fields need not be told. ``is_usual``: it stands at its
    default.
    """

    path: str
    owner: str
    title: str
    value: object
    words: str
    help: str = ""
    of: str = ""
    is_usual: bool = False

    @property
    def name(self) -> str:
        """What tells it from all others: ``Optimiser · Learning rate``."""
        return f"{self.owner} · {self.title}" if self.owner else self.title

    def within(self, path: str) -> Entry:
        """The same as a part of what is at ``path``."""
        return replace(self, of=path)


def entry(path: str, owner: str, field: Field, value: object) -> Entry:
    """A declared field that holds ``value``."""
    param = field.param
    return Entry(path, owner, param.title, value, shown(field, value), param.help, is_usual=value == field.default)


def fields_in(path: str, owner: str, value: Declared) -> Iterator[Entry]:
    """Every declared field of ``value``."""
    for field in fields_of(type(value)):
        yield entry(f"{path}.{field.name}", owner, field, getattr(value, field.name))


def kind_in(path: str, owner: str, param: Param, value: Declared) -> Iterator[Entry]:
    """Which kind ``value`` is of, and its fields; without an ``owner`` they belong to what ``param`` titles."""
    yield Entry(path, owner, param.title, value.key, value.title, param.help)
    yield from fields_in(path, owner or param.title, value)
