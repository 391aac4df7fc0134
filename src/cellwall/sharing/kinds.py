"""Which objects a walk skips, enters or may report, decided once for each type."""

from __future__ import annotations

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
import pathlib
import re
import struct
import threading
import types
import typing
import uuid
import weakref
from collections.abc import Callable
from typing import Any, Final, NamedTuple

# Data that cannot change: never recorded, so that a million strings cost next to nothing.
LEAVES: Final = (
    type(None), bool, int, float, complex, str, bytes, range, slice, types.EllipsisType,
    types.NotImplementedType, decimal.Decimal, fractions.Fraction, uuid.UUID, datetime.date, datetime.time,
    datetime.timedelta, datetime.tzinfo, pathlib.PurePath, re.Pattern, re.Match, struct.Struct,
    ipaddress.IPv4Address, ipaddress.IPv6Address, enum.Enum,
)  # fmt: skip

# The process's own: never entered, never reported.
INFRASTRUCTURE: Final[tuple[type, ...]] = (
    type, types.ModuleType, types.CodeType, types.FrameType, types.TracebackType, types.GenericAlias,
    types.UnionType, typing.TypeVar, typing.ParamSpec, weakref.ReferenceType,
    weakref.ProxyType, weakref.CallableProxyType, asyncio.AbstractEventLoop, asyncio.Future,
    contextvars.ContextVar,
    contextvars.Context, contextvars.Token, logging.Logger, logging.Handler, threading.Thread,
    type(threading.Lock()), type(threading.RLock()), threading.local, asyncio.Lock, asyncio.Semaphore,
    asyncio.Event, asyncio.Condition, threading.Event, threading.Condition, threading.Semaphore,
    types.GetSetDescriptorType, types.MemberDescriptorType, types.WrapperDescriptorType,
    types.MethodDescriptorType, types.ClassMethodDescriptorType, type(vars(abc.ABC)["_abc_impl"]),
)  # fmt: skip

# Holders that cannot change themselves: never reported, what they hold is looked at.
HOLDERS: Final[tuple[type, ...]] = (
    tuple, frozenset, types.FunctionType, types.MethodType, types.BuiltinFunctionType,
    types.MethodWrapperType,
    types.CellType, types.MappingProxyType, functools.partial, property, staticmethod, classmethod,
    types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType,
)  # fmt: skip

Getter = Callable[[Any], Any]
_vars: Final[Callable[[type], Any]] = type.__dict__["__dict__"].__get__


class Kind(NamedTuple):
    """What the walk does with the instances of one type."""

    skip: bool  # not entered, not reported
    changes: bool  # may be reported
    dictionary: Getter | None  # gives the instance's own `__dict__`
    slots: tuple[tuple[str, Getter], ...]


def _decide(cls: type) -> Kind:
    """Decide for a type."""
    if issubclass(cls, LEAVES) and not _adds_state(cls):
        return Kind(True, False, None, ())
    if issubclass(cls, INFRASTRUCTURE) or cls.__module__ in ("typing", "typing_extensions", "_abc"):
        return Kind(True, False, None, ())
    changes = _adds_state(cls) if issubclass(cls, HOLDERS) else not _is_frozen(cls)
    plain = cls in _OWN_WALK
    return Kind(False, changes, None if plain else _dictionary(cls), () if plain else _slots(cls))


kind_of: Final[Callable[[type], Kind]] = functools.lru_cache(maxsize=8192)(_decide)

_OWN_WALK: Final = frozenset({dict, list, tuple, set, frozenset, *HOLDERS})


def _adds_state(cls: type) -> bool:
    """Whether a subclass, of `str` say, gives its instances attributes of their own."""
    plain = cls in LEAVES or cls in HOLDERS or issubclass(cls, enum.Enum | pathlib.PurePath)
    return not plain and cls.__dictoffset__ != 0 and not cls.__module__.startswith(("datetime", "zoneinfo"))


def _is_frozen(cls: type) -> bool:
    parameters: Any = getattr(cls, "__dataclass_params__", None)
    if parameters is not None and dataclasses.is_dataclass(cls):
        return bool(parameters.frozen)
    settings: Any = getattr(cls, "__struct_config__", None)
    return bool(getattr(settings, "frozen", False))


def _dictionary(cls: type) -> Getter | None:
    for each in cls.__mro__:
        member = _vars(each).get("__dict__")
        if isinstance(member, types.GetSetDescriptorType | types.MemberDescriptorType):
            return member.__get__
    return None


def _slots(cls: type) -> tuple[tuple[str, Getter], ...]:
    return tuple(
        (name, member.__get__)
        for each in cls.__mro__
        for name, member in _vars(each).items()
        if type(member) is types.MemberDescriptorType and name not in ("__weakref__", "__dict__")
    )
