"""Roles: what a name of the target code base is for, and how it is spelled there. Data only."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

ROLE_NAMES: Final = (
    "context",  # makes the context of one request of one user
    "agent_factory",  # makes an agent for a context
    "tool_factory",  # makes a tool for a context
    "dispatcher",  # makes a tool dispatcher for a context
    "pool",  # the WebSocket connection pool
    "manager",  # a WebSocket manager of one user or test, where a pool lacks the old one's members
    "session",  # opens a database session for a context, an async context manager unless it is `plain`
    "token",  # makes a token for a user id
    "token_owner",  # the user id that a token proves
    "track",  # keeps an analytics event of a context
    "query",  # the analytics events of a user id
    "limiter",  # whether a user id may make one more request: true or false
    "service_token",  # makes the token by which another service acts for a user id
    "service_owner",  # the user id for which such a token acts
    "app",  # the ASGI application
)


class Role(NamedTuple):
    """How the target code base spells one role.

    Attributes:
        name: one of ROLE_NAMES.
        imports: import statements that the expression needs, each one line.
        create: the expression with placeholders: `{context}`, `{name}`, `{user_id}`, `{token}`,
            `{arguments}`, and `{old}`, the class that the code calls today, spelled as it is there.
        awaited: whether the expression is a coroutine that must be awaited.
        replaces: what it stands instead of: dotted origins (`pkg.module.Registry.get_agent`) or the
            trailing part of one (`AgentRegistry.get_agent`); matched against resolved names.
        members: attributes that the made object has; empty means unknown. A value on which code uses
            another attribute is not replaced.
        coroutines: those members that must be awaited; empty means that calls stay as they are.
        takes: the parameters that `{arguments}` can fill, in order; empty means any. A keyword beside them is
            refused, and so is a positional argument that does not look like the parameter at its place.
        drops: variables that calls of the old class pass and that nothing takes any more (a parameter of its
            former constructor): left out of `{arguments}`.
        reached_by: dotted names (or the trailing part or a package of one) that fetch the shared thing by
            themselves: code that uses one of them would lose sight of what it shares, and is not rewritten.
        otherwise: other spellings of the same role, in order: the first that fits a call is written there.
        line: line in the configuration file, 0 for a default.
        in_loop: whether it can only be evaluated while an event loop runs, inside a coroutine function.
        plain: whether what it makes is entered by `with` (of the role `session` only), not by `async with`.
    """

    name: str
    imports: tuple[str, ...]
    create: str
    awaited: bool = False
    replaces: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    coroutines: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    reached_by: tuple[str, ...] = ()
    otherwise: tuple["Role", ...] = ()
    line: int = 0
    in_loop: bool = False
    drops: tuple[str, ...] = ()
    plain: bool = False

    @property
    def spellings(self) -> tuple["Role", ...]:
        """The role as it is spelled first, then its other spellings."""
        return (self, *self.otherwise)

    def to_record(self) -> dict[str, Any]:
        """Give JSON values."""
        return self._asdict() | {"otherwise": [other.to_record() for other in self.otherwise]}


class Roles(NamedTuple):
    """The roles of one target code base; `get` gives None for a role that nobody configured."""

    by_name: Mapping[str, Role] = MappingProxyType({})

    def get(self, name: str) -> Role | None:
        """Give the role of this name, or None."""
        return self.by_name.get(name)
