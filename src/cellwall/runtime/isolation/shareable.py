"""Which kinds of objects everybody may share, each with its reason. Knows kinds, not who holds what."""

import abc
import asyncio
import contextvars
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import ipaddress
import logging
import operator
import pathlib
import re
import struct
import sys
import sysconfig
import threading
import types
import typing
import uuid
import weakref
import zoneinfo
from typing import Any, Final

_LIBRARIES: Final = tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))

# What is left out of the walk altogether: nothing of a user can be in it, or it is the process's own.
CLOSED: Final[dict[Any, str]] = {
    **dict.fromkeys(
        (type(None), bool, int, float, complex, str, bytes, range, slice, types.EllipsisType,
         types.NotImplementedType, decimal.Decimal, fractions.Fraction, uuid.UUID, datetime.date,
         datetime.time, datetime.timedelta, datetime.tzinfo, zoneinfo.ZoneInfo, pathlib.PurePath,
         re.Pattern, struct.Struct, ipaddress.IPv4Address, ipaddress.IPv6Address, ipaddress.IPv4Network,
         ipaddress.IPv6Network,
         operator.itemgetter, operator.attrgetter, types.CodeType),
        "cannot change",
    ),
    enum.Enum: "a constant with a name",
    types.ModuleType: "a module is the process's; what it holds is for `cellwall check`",
    logging.Logger: "a logger is the process's; it keeps no records",
    asyncio.AbstractEventLoop: "an event loop is its thread's",
    contextvars.ContextVar: "holds a value for each context, none by itself",
    type(threading.Lock()): "a lock carries no data",
    type(threading.RLock()): "a lock carries no data",
    typing.TypeVar: "a word of the type system",
    typing.ParamSpec: "a word of the type system",
    types.GenericAlias: "a word of the type system",
    types.UnionType: "a word of the type system",
    type(vars(abc.ABC)["_abc_impl"]): "what abstract classes know of their subclasses",
    functools.cached_property: "puts its value into the instance",
}  # fmt: skip

# By name, so that no library is imported for it: what is made to be shared by the requests of a process.
MADE_FOR_ALL: Final[dict[str, str]] = {
    "cellwall.runtime.agents.AgentInstanceFactory": "holds definitions alone",
    "cellwall.runtime.agents.AgentRegistry": "holds definitions alone",
    "cellwall.runtime.tools.ToolFactory": "holds definitions alone",
    "cellwall.runtime.tools.ToolRegistry": "holds definitions alone",
    "cellwall.runtime.dispatcher.ToolDispatcherFactory": "makes a dispatcher for each request, holds none",
    "cellwall.runtime.database.manager.RequestScopedSessionManager": "keeps owners apart, tested by attacks",
    "cellwall.runtime.database.embedded.EmbeddedStorage": "a file for each owner, tested by attacks",
    "cellwall.runtime.database.guard.engine.GuardedEngine": "keeps owners apart, tested by attacks",
    "cellwall.runtime.database.rls.storage.RowLevelSecurity": "keeps owners apart, tested by attacks",
    "cellwall.runtime.database.rls.signing.OwnerSigner": "signs for whom it is told; holds a key alone",
    "cellwall.runtime.database.ownership.Ownership": "describes tables, not rows",
    "cellwall.runtime.websocket.pool.WebSocketConnectionPool": "keeps owners apart, tested by attacks",
    "cellwall.runtime.websocket.memory_broker.MemoryBroker": "keeps owners apart, tested by attacks",
    "cellwall.runtime.websocket.redis_broker.RedisBroker": "keeps owners apart, tested by attacks",
    "cellwall.runtime.analytics.log.AnalyticsLog": "keeps owners apart, tested by attacks",
    "cellwall.runtime.analytics.memory.MemoryAnalyticsStore": "is asked for one owner's events at a time",
    "cellwall.runtime.analytics.sqlite.SQLiteAnalyticsStore": "is asked for one owner's events at a time",
    "cellwall.runtime.analytics.postgres.PostgresAnalyticsStore": "is asked for one owner's events at a time",
    "cellwall.runtime.cache.UserCache": "keys carry the owner, tested by attacks",
    "cellwall.runtime.cache.MemoryCacheStore": "keys carry the owner, tested by attacks",
    "cellwall.runtime.redis_cache.RedisCacheStore": "keys carry the owner, tested by attacks",
    "cellwall.runtime.limits.memory.MemoryRateLimiter": "counts each user apart",
    "cellwall.runtime.limits.redis.RedisRateLimiter": "counts each user apart",
    "cellwall.runtime.http_client.HttpClients": "makes a client for each request",
    "cellwall.runtime.tokens.issuer.TokenIssuer": "signs for whom it is told, reads by the whole token",
    "cellwall.runtime.tokens.keys.SigningKey": "the service's key, no user's",
    "cellwall.runtime.tokens.keys.KeyRing": "the service's keys, no user's",
    "cellwall.runtime.tokens.revocation.MemoryRevocationList": "says yes or no of one token or user",
    "cellwall.runtime.tokens.redis_revocation.RedisRevocationList": "says yes or no of one token or user",
    "cellwall.runtime.tokens.replay.MemoryReplayGuard": "says yes or no of one token",
    "cellwall.runtime.tokens.redis_replay.RedisReplayGuard": "says yes or no of one token",
    "cellwall.runtime.tokens.service_issuer.ServiceTokenIssuer": "signs for whom it is told",
    "cellwall.runtime.tokens.service_verifier.ServiceTokenVerifier": "reads by the whole token",
    "cellwall.runtime.tokens.service_keys.ServiceKey": "the service's key, no user's",
    "cellwall.runtime.tokens.service_keys.TrustedKey": "another service's key, no user's",
    "httpx.AsyncHTTPTransport": "connections; cookies and credentials are the client's",
    "httpx.HTTPTransport": "connections; cookies and credentials are the client's",
    "sqlalchemy.engine.base.Engine": "gives a connection to one request at a time",
    "sqlalchemy.ext.asyncio.engine.AsyncEngine": "gives a connection to one request at a time",
    "sqlalchemy.sql.schema.MetaData": "describes tables, not rows",
    "sqlalchemy.sql.schema.Table": "describes a table, not rows",
    "sqlalchemy.orm.decl_api.registry": "describes models, not rows",
    "sqlalchemy.orm.mapper.Mapper": "describes a model, not rows",
    "sqlalchemy.orm.instrumentation.ClassManager": "describes a model, not rows",
}

# What may be the same object twice though it holds others: those are looked at in its stead.
_UNCHANGING_HOLDERS: Final = (
    tuple,
    frozenset,
    types.MappingProxyType,
    types.FunctionType,
    types.MethodType,
    types.BuiltinFunctionType,
    types.MethodWrapperType,
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
    types.ClassMethodDescriptorType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
    types.CellType,
    functools.partial,
    property,
    staticmethod,
    classmethod,
    weakref.ReferenceType,
)

# Attributes of classes that a library keeps its description of the class in, not its data.
CLASS_MACHINERY: Final = frozenset({"model_config", "_field_defaults"})  # pydantic, namedtuple

_CLOSED_KINDS: Final = tuple(CLOSED)
_KEEPS_NO_DATA: Final = (enum.Enum, pathlib.PurePath, logging.Logger, asyncio.AbstractEventLoop)


def is_closed(value: object) -> bool:
    """Whether the walk ends here: everybody may share it, and there is nothing to look at inside."""
    kind = type(value)
    if issubclass(kind, type):
        return False
    if issubclass(kind, _CLOSED_KINDS):
        return not _adds_state(kind)
    return (
        kind is object
        or _is_mark_of_library(kind, value)
        or kind.__module__ in ("typing", "typing_extensions")
        or any(_name(each) in MADE_FOR_ALL for each in kind.__mro__)
    )


def may_be_shared(value: object) -> bool:
    """Whether two may hold this very object, as long as what it holds may be shared too."""
    kind = type(value)
    if issubclass(kind, type):
        return True  # its attributes are looked at
    if issubclass(kind, _UNCHANGING_HOLDERS):
        return not _adds_state(kind)
    return _is_frozen(kind)


@functools.lru_cache(maxsize=4096)
def is_library_code(name: object, own: str = "") -> bool:
    """Whether a module comes with Python or from an installed package, other than the package `own`.

    What such classes and functions have in common for all users is their makers' care.
    """
    if not isinstance(name, str) or name.partition(".")[0] == own:
        return False
    module = sys.modules.get(name) or sys.modules.get(name.partition(".")[0])
    origin = getattr(getattr(module, "__spec__", None), "origin", None)
    return origin in ("built-in", "frozen") or str(origin).startswith(_LIBRARIES)


def _adds_state(kind: type) -> bool:
    """Whether a subclass, of `str` say, gives its instances attributes that can change."""
    if kind in CLOSED or kind in _UNCHANGING_HOLDERS or issubclass(kind, _KEEPS_NO_DATA):
        return False
    return kind.__dictoffset__ != 0 and not is_library_code(kind.__module__)


def _is_frozen(kind: type) -> bool:
    if _name(kind) == "cellwall.runtime.context.UserExecutionContext":
        return False  # frozen, and yet never two users'
    parameters: Any = getattr(kind, "__dataclass_params__", None)
    if parameters is not None and dataclasses.is_dataclass(kind):
        return bool(parameters.frozen)
    struct_config: Any = getattr(kind, "__struct_config__", None)
    return bool(getattr(struct_config, "frozen", False))


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _is_mark_of_library(kind: type, value: object) -> bool:
    """Whether a library made it as a sign, "no default" say: an object without any attribute."""
    plain = kind.__flags__ & _MANAGED_DICT and kind.__basicsize__ <= object.__basicsize__ + _WEAK_REFERENCES
    return bool(plain) and is_library_code(kind.__module__) and not object.__getattribute__(value, "__dict__")


_MANAGED_DICT: Final = 1 << 4  # CPython's flag of classes whose instances have a `__dict__` of the usual kind
_WEAK_REFERENCES: Final = 8  # bytes
