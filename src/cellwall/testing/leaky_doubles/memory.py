"""What a double remembers during one test: who came first, what was made, who is known."""

from __future__ import annotations

import copy
import uuid
from dataclasses import dataclass, field
from typing import Any

_ID_NAMES = ("user_id", "owner_id", "account_id", "tenant_id", "customer_id", "user", "owner", "sub", "id")


@dataclass
class Memory:
    """The state of all doubles of one process; `active` names the double that leaks now, "" none.

    Attributes:
        firsts: (subject, kind of value) -> the first owner, as a text or as an object such as a context.
        made: (place, other arguments) -> what was made first.
        owners: owner's id -> the values that stood for the owner, by kind.
        tokens: role -> the first token that was made.
        exits: what a double kept open: the `__exit__` and `__aexit__` methods to call after the test.
    """

    active: str = ""
    firsts: dict[Any, Any] = field(default_factory=dict)
    made: dict[Any, Any] = field(default_factory=dict)
    owners: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: dict[str, Any] = field(default_factory=dict)
    exits: list[Any] = field(default_factory=list)

    def forget(self) -> None:
        """Begin a new test."""
        for kept in (self.firsts, self.made, self.owners, self.tokens, self.exits):
            kept.clear()

    def saw(self, value: Any) -> None:
        """Learn that this value stands for somebody."""
        key = owner_of(value)
        self.owners.setdefault(key, {"text": key})[kind_of(value)] = twin(value)

    def first(self, subject: Any, value: Any) -> Any:
        """Give the first owner that this subject saw, in the kind of `value`; `value` when it is the same."""
        known = self.firsts.setdefault((subject, kind_of(value)), twin(value))
        return value if owner_of(known) == owner_of(value) else twin(known)


def kind_of(value: Any) -> str:
    """Tell a user's id from an object that holds one."""
    return "text" if isinstance(value, (str, int, bytes, uuid.UUID)) else "object"


def owner_of(value: Any) -> str:
    """Give the id of the user for whom a value stands; values that hold none stand for themselves."""
    for _ in range(3):
        if kind_of(value) == "text":
            return str(value)
        held = value if isinstance(value, dict) else None
        for name in _ID_NAMES:
            inner = held.get(name) if held is not None else getattr(value, name, None)
            if inner is not None and not callable(inner):
                value = inner
                break
        else:
            break
    return f"{type(value).__name__} at {id(value)}"


def twin(value: Any) -> Any:
    """Give a copy of a context, which does not end with the request of the original; else the value."""
    if kind_of(value) == "text":
        return value
    try:
        return copy.copy(value)
    except Exception:
        return value
