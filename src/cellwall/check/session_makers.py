"""Which calls open a database session: what the role replaces, SQLAlchemy's own, usual factory names."""

import ast
import re
from functools import lru_cache
from typing import Final

from cellwall.check.call_gate import calls_one_of
from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import CLOSED, OPENED
from cellwall.check.gate import Gate
from cellwall.check.legacy_names import LEGACY_NAMES, replaced_names
from cellwall.check.module_facts import ModuleFacts, last_name
from cellwall.check.origin import ends_with, last_names
from cellwall.check.settings import CheckSettings

_CLASSES: Final = (
    "sqlalchemy.orm.Session",
    "sqlalchemy.orm.session.Session",
    "sqlalchemy.orm.scoped_session",
    "sqlalchemy.ext.asyncio.AsyncSession",
    "sqlalchemy.ext.asyncio.session.AsyncSession",
    "sqlmodel.Session",
    "sqlmodel.ext.asyncio.session.AsyncSession",
)
_FACTORY_MAKERS: Final = ("sessionmaker", "async_sessionmaker", "scoped_session", "async_scoped_session")
_FACTORY_NAMES: Final = ("SessionLocal", "AsyncSessionLocal")
_LAST_NAMES: Final = last_names((*_CLASSES, *_FACTORY_MAKERS, *_FACTORY_NAMES))


def session_gate(settings: CheckSettings) -> Gate:
    """Let through files that may call something that `opens_session`."""
    names = (*_CLASSES, *_FACTORY_NAMES, *replaced_names(settings, "session"))
    called = calls_one_of(names, mentioned=_FACTORY_MAKERS)
    *spelled, last = called.clauses
    return Gate((*spelled, (*last, *_given_back(last_names(names)))), called.kinds)


@lru_cache(maxsize=16)
def _given_back(names: frozenset[str]) -> "tuple[re.Pattern[bytes], ...]":
    """Give what finds a function that gives one of these to be called: `return orm.Session`."""
    some = b"|".join(re.escape(name.encode()) for name in sorted(names))
    before = OPENED + rb"(?:[\w\x80-\xff]++" + CLOSED + rb"\." + OPENED + rb")*"
    return tuple(
        deferred(word + rb"(?<!\w" + word + rb")\b" + before + rb"(?:" + some + rb")\b")
        for word in (b"return", b"yield")  # a pattern that begins with a text is looked for fast
    )


def opens_session(module: ModuleFacts, call: ast.Call, settings: CheckSettings) -> bool:
    """Tell whether a call opens a database session. Sessions of HTTP clients, and mocks, are none."""
    if is_replaced(module, call, settings) or module.matches(call.func, _FACTORY_NAMES) is not None:
        return True
    origin = module.resolve(call.func)
    if origin is None or origin.is_double:
        return False
    if origin.made:
        return origin.dotted.rpartition(".")[2] in _FACTORY_MAKERS
    return any(ends_with(name, cls) for name in module.names(call.func) for cls in _CLASSES)


def may_open_session(module: ModuleFacts, call: ast.Call, settings: CheckSettings) -> bool:
    """Tell by the spelling alone whether `opens_session` is worth asking: most calls are of other names."""
    name = last_name(call.func)
    return (
        name is None
        or name in _LAST_NAMES
        or name in module.project.alias_names
        or name in module.project.instance_names
        or name in module.given_names
        or name in last_names(replaced_names(settings, "session"))
    )


def is_replaced(module: ModuleFacts, call: ast.Call, settings: CheckSettings) -> bool:
    """Tell whether the role `session` stands instead of what is called here."""
    names = replaced_names(settings, "session")
    if names == LEGACY_NAMES["session"] and _is_of_another_kind(module, call):
        return False
    return module.matches(call.func, names) is not None


def _is_of_another_kind(module: ModuleFacts, call: ast.Call) -> bool:
    """Tell whether a method of some value opens the session of a talk or of a socket: it is told whose.

    Asked of the usual name only: services of agents and of sockets have a `create_session` too.
    """
    if not isinstance(call.func, ast.Attribute) or not (call.args or call.keywords):
        return False
    origin = module.resolve(call.func.value)
    return origin is None or origin.made or origin.local
