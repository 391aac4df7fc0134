"""Origins: where a value comes from, as a dotted name. Data and matching only; working it out is not here."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

ACCESSORS: Final = frozenset({"get_instance", "getInstance", "instance", "get_default", "shared"})
DOUBLES: Final = ("unittest.mock", "mock", "pytest_mock")


class Origin(NamedTuple):
    """Where a value comes from.

    Attributes:
        dotted: the class, function, module or attribute, e.g. "pkg.agents.AgentRegistry.get_agent".
        made: the value is what calling `dotted` gives: an instance of a class, a function's result.
        local: it is defined in the module itself.
        guessed: only a name of the usual form says so (`agent_registry` for `AgentRegistry`).
    """

    dotted: str
    made: bool = False
    local: bool = False
    guessed: bool = False

    @property
    def is_double(self) -> bool:
        """Tell whether this is a mock, or something taken from one."""
        return any(self.dotted == name or self.dotted.startswith(name + ".") for name in DOUBLES)

    def attribute(self, name: str) -> "Origin":
        """Give the origin of an attribute of this value."""
        if self.made and self.dotted.rpartition(".")[2] in ACCESSORS:
            return Origin(f"{self.dotted.rpartition('.')[0]}.{name}", False, self.local, self.guessed)
        return Origin(f"{self.dotted}.{name}", False, self.local, self.guessed)

    def called(self) -> "Origin":
        """Give the origin of what a call of this value gives."""
        return Origin(self.dotted, True, self.local, self.guessed)


def ends_with(dotted: str, pattern: str) -> bool:
    """Tell whether a dotted name is `pattern` or ends with it at a dot."""
    return dotted == pattern or dotted.endswith("." + pattern)


def matches(names: Iterable[str], patterns: Iterable[str]) -> str | None:
    """Give the first pattern that one of the dotted names ends with, or None."""
    known = tuple(names)
    return next((pattern for pattern in patterns if any(ends_with(name, pattern) for name in known)), None)


@lru_cache(maxsize=256)
def last_names(patterns: tuple[str, ...]) -> frozenset[str]:
    """Give the last parts of dotted names."""
    return frozenset(pattern.rpartition(".")[2] for pattern in patterns)


def snake_case(name: str) -> str:
    """Turn `AgentRegistry` into `agent_registry`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
