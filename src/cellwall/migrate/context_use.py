"""Which test modules need a user's context, and which have one: a count for the report, by names alone."""

import re

from cellwall.project.roles import Roles


class ContextUse:
    """Knows the roles' spellings; a module that reaches a role should speak of the context too."""

    def __init__(self, roles: Roles) -> None:
        context = roles.get("context")
        others = [role for name, role in roles.by_name.items() if name != "context"]
        replaced = [name.rpartition(".")[2] for role in others for name in role.replaces]
        made = [_last_name(role.create) for role in others]
        self._wanted = _any_of([*replaced, *made])
        self._present = _any_of(["user_context", *([_first_name(context.create)] if context else [])])

    def wanted(self, source: bytes) -> bool:
        """Whether the module names something that a role replaces or makes."""
        return bool(self._wanted.search(source))

    def present(self, source: bytes) -> bool:
        """Whether the module names the context."""
        return bool(self._present.search(source))


def _any_of(names: list[str]) -> re.Pattern[bytes]:
    words = sorted({re.escape(name) for name in names if name})
    return re.compile((r"\b(?:" + "|".join(words) + r")\b" if words else r"(?!)").encode())


def _first_name(create: str) -> str:
    match = re.match(r"\w+", create)
    return match.group() if match else ""


def _last_name(create: str) -> str:
    """Give the name that is called: `factory.create_agent({name})` -> `create_agent`."""
    match = re.search(r"(\w+)\s*\(", create)
    return match.group(1) if match else _first_name(create)
