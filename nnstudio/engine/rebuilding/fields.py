"""The fields of a module as they lay in a file: each is checked before it is used."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.engine.foreign.records import Record, class_name
from nnstudio.engine.foreign.refusals import quoted
from nnstudio.spec.layers.sliding import Window, alike
from nnstudio.spec.params import Sides


class Inexpressible(Exception):
    """What of a module no layer here can do, in words to stand within a sentence."""


class Fields:
    """The fields of one module; what is missing or of another kind than expected raises `Inexpressible`."""

    def __init__(self, kind: str, values: Mapping[str, object]) -> None:
        self._of, self._values = kind, values

    @classmethod
    def of(cls, record: Record) -> Fields:
        """Those of a module that lay in a file."""
        return cls(class_name(record), vars(record))

    def need(self, name: str, *allowed: object, missing: bool = False) -> None:
        """Raise `Inexpressible` unless the field is one of ``allowed``, or ``missing`` is allowed and it is."""
        if missing and name not in self._values:
            return
        value = self._values.get(name)
        if not any(type(value) is type(one) and value == one for one in allowed):
            raise Inexpressible(f"{self._of} with {name} = {quoted(value)[1:-1]} is not among the layers here")

    def whole(self, name: str) -> int:
        value = self._values.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._odd(name)
        return value

    def affine(self, name: str = "affine") -> bool:
        """Whether it scales and shifts; only one of these is not among the layers here."""
        affine = self.flag(name)
        if affine and not (self.has("weight") and self.has("bias")):
            raise Inexpressible(f"{self._of} without a shift is not among the layers here")
        return affine

    def number(self, name: str) -> float:
        value = self._values.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self._odd(name)
        return value

    def flag(self, name: str) -> bool:
        value = self._values.get(name)
        if not isinstance(value, bool):
            raise self._odd(name)
        return value

    def word(self, name: str) -> str:
        value = self._values.get(name)
        if not isinstance(value, str):
            raise self._odd(name)
        return value

    def sides(self, name: str) -> tuple[int, ...]:
        """One number, or several."""
        value = self._values.get(name)
        numbers = tuple(value) if isinstance(value, tuple | list) else (value,)
        if not numbers or not all(isinstance(one, int) and not isinstance(one, bool) for one in numbers):
            raise self._odd(name)
        return tuple(one for one in numbers if isinstance(one, int))

    def window(self, name: str) -> Sides:
        """The one number that all sides share, or one for each of them."""
        return alike(self.sides(name))

    def padding(self) -> Sides:
        """The border of a convolution, which may be given in a word."""
        value = self._values.get("padding")
        if value == "valid":
            return 0
        if value != "same":
            return self.window("padding")
        kernel, dilation = self.sides("kernel_size"), self.window("dilation")
        if isinstance(dilation, tuple) and len(dilation) != len(kernel):
            raise self._odd("dilation")
        reach = Window(kernel, 1, 0, dilation).reach(len(kernel))
        if any(side % 2 == 0 for side in reach) or self.window("stride") != 1:
            raise Inexpressible(f"{self._of} with a border on one side only is not among the layers here")
        return alike([side // 2 for side in reach])

    def has(self, parameter: str) -> bool:
        """Whether the module holds a parameter of that name."""
        parameters = self._values.get("_parameters")
        return isinstance(parameters, Mapping) and parameters.get(parameter) is not None

    @property
    def children(self) -> Mapping[str, Record]:
        """The modules in this one."""
        modules = self._values.get("_modules")
        if not isinstance(modules, Mapping):
            raise self._odd("_modules")
        return {str(name): self._module(name, child) for name, child in modules.items()}

    def part(self, name: str) -> Fields:
        """The fields of a module in this one."""
        modules = self._values.get("_modules")
        child = modules.get(name) if isinstance(modules, Mapping) else None
        if isinstance(child, Record) or child is None:
            return Fields.of(self._module(name, child))
        return Fields(type(child).__name__, vars(child))

    def child(self, name: str) -> Record:
        modules = self._values.get("_modules")
        return self._module(name, modules.get(name) if isinstance(modules, Mapping) else None)

    def optional_child(self, name: str) -> Record | None:
        modules = self._values.get("_modules")
        child = modules.get(name) if isinstance(modules, Mapping) else None
        return None if child is None else self._module(name, child)

    def function(self, name: str) -> str:
        """The path of a function that a field refers to; it is never called."""
        value = self._values.get(name)
        if not (isinstance(value, type) and issubclass(value, Record)):
            raise self._odd(name)
        return value.path

    def _module(self, name: object, child: object) -> Record:
        if not isinstance(child, Record):
            raise self._odd(str(name))
        return child

    def _odd(self, name: str) -> Inexpressible:
        return Inexpressible(f"the field {quoted(name)} of {self._of} is not what PyTorch writes")
