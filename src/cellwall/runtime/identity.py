"""Ids: which are refused, and how a fresh one is made. Nothing here knows what an id is for."""

import re
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

KNOWN_USERS: Final = 4096

known_users: Final[set[str]] = set()  # ids that were let through lately: most requests are of few users
_LONGEST: Final = max(map(len, PLACEHOLDERS))  # no text gets shorter by lower()
_ENDS: Final = "".join({end for word in PLACEHOLDERS for end in (word[-1], word[-1].upper())})
_TEMPLATE: Final = re.compile(r"\$?\{.*\}|<.*>|\[object .*\]|%\(.*\)s")  # of Python, shells, pages, scripts


def check_id(kind: str, value: object) -> str:
    """Give `value` back when it can tell one owner from another; `kind` names it in the error.

    A subclass of `str` comes back as the plain text that it holds, whatever its methods say.

    Raises:
        InvalidIdError: not text, empty, longer than 255 characters, surrounded by white space,
            with unprintable characters, or a placeholder such as `default`, `temp` or `None`; for a user
            also a template that nobody filled in, such as `{user_id}`.
    """
    # Every request comes through here several times: the usual id is let through by these lines alone.
    if type(value) is str:
        if value in known_users:
            return value
        if len(value) <= MAX_ID_LENGTH and value.isprintable() and " " not in value:
            if len(value) > _LONGEST:
                return _remembered(value) if kind == "user_id" else value
            if value and (value[-1] not in _ENDS or value.lower().replace("-", "_") not in PLACEHOLDERS):
                return _remembered(value) if kind == "user_id" else value
    return _check_unusual(kind, value)


def _remembered(value: str) -> str:
    if value[-1] in "}>]s":
        _refuse_template(value)
    if len(known_users) >= KNOWN_USERS:
        known_users.clear()
    known_users.add(value)
    return value


def _check_unusual(kind: str, value: object) -> str:
    """Decide about any value; what `check_id` lets through before is let through here too."""
    if not isinstance(value, str):
        raise InvalidIdError(f"{kind} must be a string, got {type(value).__name__}")
    text = str.__str__(value)  # a subclass could answer for itself below, and differently each time
    if len(text) > MAX_ID_LENGTH:
        raise InvalidIdError(f"{kind} has {len(text)} characters, at most {MAX_ID_LENGTH} are allowed")
    if not text or text.isspace():
        raise InvalidIdError(f"{kind} is empty: every request needs an owner")
    if not text.isprintable() or text[0] == " " or text[-1] == " ":
        raise InvalidIdError(f"{kind} {text!r} holds unprintable characters or surrounding white space")
    if text.lower().replace("-", "_") in PLACEHOLDERS:
        raise InvalidIdError(f"{kind} {text!r} is a placeholder, and two users would share it")
    if kind == "user_id":
        _refuse_template(text)
    return text


def _refuse_template(text: str) -> None:
    if _TEMPLATE.fullmatch(text):
        raise InvalidIdError(f"user_id {text!r} is a template that nobody filled in: every user would be it")


def fresh_id() -> str:
    """Give 128 random bits in hexadecimal."""
    return urandom(16).hex()
