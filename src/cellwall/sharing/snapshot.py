"""What globals, class attributes and context variables hold at one moment, to be compared."""

from __future__ import annotations

import contextvars
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, final

from cellwall.sharing.children import children_of
from cellwall.sharing.kinds import kind_of

_OWN: Final = "cellwall_"  # our own variables: who works here is not the service's state
NODES: Final = 5_000  # objects looked at inside one value


@final
@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is kept: `kind` in words, the module it is written in, and its name there."""

    kind: str
    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.module}.{self.name}" if self.module else f"{self.kind} {self.name}"


GLOBAL: Final = "module global"
ATTRIBUTE: Final = "class attribute"
VARIABLE: Final = "context variable"

Contents = tuple[object, ...]


def snapshot(modules: Iterable[types.ModuleType]) -> dict[Place, Contents]:
    """Give for each place the value and the objects inside it, all kept alive for the comparison."""
    return {place: _contents(value) for place, value in places(modules)}


def differs(before: Contents, after: Contents) -> bool:
    """Whether the value or anything inside it is another object than before."""
    return len(before) != len(after) or any(
        one is not other for one, other in zip(before, after, strict=True)
    )


def places(modules: Iterable[types.ModuleType]) -> Iterator[tuple[Place, Any]]:
    """Give each place with its value: of the modules, of the classes they define, of the current context."""
    homes: dict[int, tuple[str, str]] = {}
    for module in modules:
        for name, value in list(vars(module).items()):
            if isinstance(value, contextvars.ContextVar):
                homes.setdefault(id(value), (module.__name__, name))
            elif isinstance(value, type):
                if value.__module__ == module.__name__:
                    yield from _attributes(value)
            elif not name.startswith("__") and not isinstance(value, types.ModuleType | types.FunctionType):
                yield Place(GLOBAL, module.__name__, name), value
    for variable, value in contextvars.copy_context().items():
        if variable.name.startswith(_OWN):
            continue
        module_name, name = homes.get(id(variable), ("", variable.name))
        yield Place(VARIABLE, module_name, name), value


def _attributes(cls: type) -> Iterator[tuple[Place, Any]]:
    for name, value in list(vars(cls).items()):
        if isinstance(value, type):
            if value.__module__ == cls.__module__ and value.__qualname__.startswith(f"{cls.__qualname__}."):
                yield from _attributes(value)
        elif not name.startswith("__") and not callable(value) and not hasattr(type(value), "__get__"):
            yield Place(ATTRIBUTE, cls.__module__, f"{cls.__qualname__}.{name}"), value


def _contents(value: object) -> Contents:
    """Give the value and what is inside it, breadth first, text and numbers included."""
    seen: dict[int, object] = {id(value): value}
    level: list[object] = [value]
    while level and len(seen) < NODES:
        below: list[object] = []
        for holder in level:
            kind = kind_of(type(holder))
            if not kind.skip:
                for child in children_of(holder, kind):
                    if id(child) not in seen:
                        seen[id(child)] = child
                        below.append(child)
        level = below
    return tuple(seen.values())
