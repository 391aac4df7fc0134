"""Ids: which are refused, and how a fresh one is made. Nothing here knows what an id is for."""

from os import urandom
from typing import Final

from cellwall.runtime.errors import InvalidIdError

MAX_ID_LENGTH: Final = 255

PLACEHOLDERS: Final = frozenset(
    {
        "anonymous", "any", "default", "default_user", "dummy", "example", "global", "id", "nil", "none",
        "null", "placeholder", "registry", "shared", "singleton", "string", "system", "temp", "temporary",
        "tmp", "todo", "undefined", "unknown", "user_id", "session_id", "request_id", "xxx",
    }
)  # fmt: skip


def check_id(kind: str, value: object) -> str:
    """Give `value` back when it can tell one owner from another; `kind` names it in the error.

    Raises:
        InvalidIdError: not text, empty, longer than 255 characters, surrounded by white space,
            with unprintable characters, or a placeholder such as `default`, `temp` or `None`.
    """
    if not isinstance(value, str):
        raise InvalidIdError(f"{kind} must be a string, got {type(value).__name__}")
    if not value or value.isspace():
        raise InvalidIdError(f"{kind} is empty: every request needs an owner")
    if len(value) > MAX_ID_LENGTH:
        raise InvalidIdError(f"{kind} has {len(value)} characters, at most {MAX_ID_LENGTH} are allowed")
    if not value.isprintable() or value[0] == " " or value[-1] == " ":
        raise InvalidIdError(f"{kind} {value!r} holds unprintable characters or surrounding white space")
    if value.lower().replace("-", "_") in PLACEHOLDERS:
        raise InvalidIdError(f"{kind} {value!r} is a placeholder, and two users would share it")
    return value


def fresh_id() -> str:
    """Give 128 random bits in hexadecimal."""
    return urandom(16).hex()
