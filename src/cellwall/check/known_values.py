"""On which role calls the names of a test depend at one moment of its run. Nothing is evaluated here."""

import ast
from dataclasses import dataclass, field
from typing import Final, final

from cellwall.check.node_index import Function

Sources = frozenset[ast.Call]
NOTHING: Final[Sources] = frozenset()
_OWN: Final = 0  # the number under which `self` is kept: it is one object for all methods of a test's class


@final
@dataclass(eq=False)
class Scope:
    """The names of one call of a function, or of a comprehension or lambda in it, which stands in `outer`."""

    number: int
    outer: "Scope | None" = None
    functions: dict[str, Function] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    comprehension: bool = False


@final
class KnownValues:
    """Which role calls the value of a name or of a dotted name depends on, scope by scope."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self.sources: dict[tuple[int, str], Sources] = {(_OWN, "self"): NOTHING}

    def read(self, scope: Scope, path: str) -> Sources:
        """Give what a name depends on: its own value, or what it is an attribute of."""
        path, holder = _even(path), self._holder(scope, path)
        if holder is None:
            return NOTHING
        inside = [s for (n, p), s in self.sources.items() if n == holder and p.startswith(path + ".")]
        while (holder, path) not in self.sources:
            path = path.rpartition(".")[0]
        return self.sources[holder, path].union(*inside)

    def bind(self, scope: Scope, path: str, sources: Sources) -> None:
        """Give a name a value; what was known of the former one is forgotten."""
        path = _even(path)
        number = self._target(scope, path)
        for known in [k for k in self.sources if k[0] == number and k[1].startswith(path + ".")]:
            del self.sources[known]
        self.sources[number, path] = sources
        scope.functions.pop(path, None)

    def add(self, scope: Scope, path: str, sources: Sources) -> None:
        """Let a value that stays where it is hold more."""
        if sources:
            path, holder = _even(path), self._holder(scope, path)
            number = self._target(scope, path) if holder is None else holder
            self.sources[number, path] = self.read(scope, path) | sources

    def knows(self, scope: Scope, path: str) -> bool:
        """Tell whether a name was bound by code that was followed."""
        return self._holder(scope, path) is not None

    def join(self, other: dict[tuple[int, str], Sources]) -> None:
        """Take what holds after one way or the other through a branch."""
        for key, sources in other.items():
            self.sources[key] = self.sources.get(key, NOTHING) | sources

    def function(self, scope: Scope | None, name: str) -> tuple[Function, Scope] | None:
        """Give the function that a name means, and where it was written; None for any other value."""
        while scope is not None:
            if name in scope.functions:
                return scope.functions[name], scope
            if (scope.number, name) in self.sources:
                return None
            scope = scope.outer
        return None

    def _target(self, scope: Scope, path: str) -> int:
        if "." not in path and path not in scope.shared:
            return _OWN if path == "self" else scope.number
        holder = self._holder(scope, path)
        if holder is None:
            self.sources[scope.number, path.partition(".")[0]] = NOTHING
            return scope.number
        return holder

    def _holder(self, scope: Scope | None, path: str) -> int | None:
        root = _even(path).partition(".")[0]
        if root == "self":
            return _OWN
        while scope is not None:
            if (scope.number, root) in self.sources:
                return scope.number
            scope = scope.outer
        return None


def _even(path: str) -> str:
    """Give `self` for what a class method calls `cls`."""
    root, dot, rest = path.partition(".")
    return f"self{dot}{rest}" if root == "cls" else path
