"""Which test modules need a user's context, and which have one: a count for the report, by names alone."""

import re

from cellwall.project.roles import Role, Roles


class ContextUse:
    """Knows the roles' spellings; a module that reaches a role which takes a context should speak of one."""

    def __init__(self, roles: Roles) -> None:
        context = roles.get("context")
        self._reached = {
            name: _any_of([*(replaced.rpartition(".")[2] for replaced in role.replaces), _made(role)])
            for name, role in roles.by_name.items()
        }
        self._takers = [name for name, role in roles.by_name.items() if "{context}" in role.create]
        self._present = _any_of(["user_context", *([_first_name(context.create)] if context else [])])

    def roles(self, source: bytes) -> list[str]:
        """Give the roles that the module reaches, sorted: it names what one makes or replaces."""
        return sorted(name for name, names in self._reached.items() if names.search(source))

    def wanted(self, source: bytes) -> bool:
        """Whether the module names what a role makes for a context, or what such a role replaces."""
        return any(self._reached[name].search(source) for name in self._takers)

    def present(self, source: bytes) -> bool:
        """Whether the module names the context."""
        return bool(self._present.search(source))


def user_makers(roles: Roles) -> frozenset[str]:
    """Give the names that are called with a user's id: of roles whose expression takes one."""
    return frozenset(_made(role) for role in roles.by_name.values() if "{user_id}" in role.create)


def _any_of(names: list[str]) -> re.Pattern[bytes]:
    words = sorted({re.escape(name) for name in names if name})
    return re.compile((r"\b(?:" + "|".join(words) + r")\b" if words else r"(?!)").encode())


def _first_name(create: str) -> str:
    match = re.match(r"\w+", create)
    return match.group() if match else ""


def _made(role: Role) -> str:
    """Give the name that is called: `factory.create_agent({name})` -> `create_agent`."""
    match = re.search(r"(\w+)\s*\(", role.create)
    return match.group(1) if match else _first_name(role.create)
