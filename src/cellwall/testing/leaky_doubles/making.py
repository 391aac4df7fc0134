"""Which doubles each role has, and how they are put into the target."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

from . import places
from .calls import Call, Leak, keep, leaky
from .first_caller import FirstCaller
from .memory import Memory
from .owner_leaks import SENDS, Broadcast, Echo, EveryOwner, FirstOwner
from .sharing_leaks import CLOSES, FirstMade, KeptOpen, Outliving
from .spelled import NotMadeError, Point, point_of

Roles = Mapping[str, Mapping[str, Any]]

_MADE_FOR_A_CONTEXT: tuple[Leak, ...] = (FirstMade(), FirstOwner(), Outliving())
_POOL: tuple[Leak, ...] = (FirstOwner(), Broadcast(), Outliving())
# What leaks where the role is called.
AT_THE_CALL: dict[str, tuple[Leak, ...]] = {
    "context": (FirstOwner(),),
    "agent_factory": _MADE_FOR_A_CONTEXT,
    "tool_factory": _MADE_FOR_A_CONTEXT,
    "dispatcher": _MADE_FOR_A_CONTEXT,
    "session": _MADE_FOR_A_CONTEXT,
    "token": (FirstMade(), FirstOwner()),
    "token_owner": (FirstMade("token"),),
    "track": (FirstOwner(),),
    "query": (EveryOwner(), FirstOwner()),
    "limiter": (FirstOwner(), FirstMade()),
    "service_token": (FirstMade(), FirstOwner()),
    "service_owner": (FirstMade("service_token"),),
}
# What leaks in the members of what the role makes.
IN_THE_MEMBERS: dict[str, tuple[Leak, ...]] = {"pool": _POOL, "manager": _POOL, "app": (FirstCaller(),)}
# Roles that are watched, because a double needs to know what they made or for whom.
WATCHED: dict[str, tuple[str, ...]] = {
    "query": ("context", "track"),
    "token_owner": ("token",),
    "service_owner": ("service_token",),
}
_OWNER_NAME = re.compile(r"(^|_)(user|owner|account|tenant|customer|recipient|context|ctx)(_id)?$")
_NEEDS_AN_OWNER = (FirstOwner.name, EveryOwner.name)


def doubles_of(role: str) -> tuple[str, ...]:
    """Give the names of the doubles that a role has."""
    return tuple(leak.name for leak in (*AT_THE_CALL.get(role, ()), *IN_THE_MEMBERS.get(role, ())))


def make(role: str, roles: Roles, memory: Memory) -> None:
    """Put all doubles of a role into the target; the memory says which one leaks.

    Raises:
        NotMadeError: it cannot be done.
    """
    point = _point(role, roles)
    for watched in WATCHED.get(role, ()):
        _watch(watched, roles, memory)
    if role in IN_THE_MEMBERS:
        _in_the_members(role, point, memory)
        return
    leaks = AT_THE_CALL.get(role)
    if leaks is None:
        raise NotMadeError(f"there is no leaky double of the role {role!r}")
    if not point.called:
        raise NotMadeError(f"the role {role!r} is no call of something that it imports")
    if point.owner is None and memory.active in _NEEDS_AN_OWNER:
        raise NotMadeError(f"the role {role!r} does not say for whom it works")
    around: places.Around = lambda original: leaky(  # noqa: E731  # one line says it
        original, leaks, memory, subject=role, owner=point.owner, watch=_made(role, memory)
    )
    places.put(point, around)


def _point(role: str, roles: Roles) -> Point:
    spelled = roles.get(role)
    if spelled is None:
        raise NotMadeError(f"nobody configured the role {role!r}")
    return point_of(role, list(spelled["imports"]), str(spelled["create"]))


def _watch(role: str, roles: Roles, memory: Memory) -> None:
    try:
        point = _point(role, roles)
        if point.called:
            around: places.Around = lambda original: leaky(  # noqa: E731
                original, (), memory, subject=role, owner=point.owner, watch=_noted(role, memory)
            )
            places.put(point, around)
    except NotMadeError:
        return  # the double then knows whom it has seen itself


def _noted(role: str, memory: Memory) -> Callable[[Call, Any], Any]:
    def note(call: Call, value: Any) -> Any:
        if role.endswith("token"):
            memory.tokens.setdefault(role, value)
        return value

    return note


def _made(role: str, memory: Memory) -> Callable[[Call, Any], Any]:
    """Watch the sessions that a role gives: closing one is a member of it."""
    return (lambda call, value: _closing(value, memory)) if role == "session" else keep


def _closing(value: Any, memory: Memory) -> Any:
    members = {
        name: leaky(member, (Outliving(), KeptOpen()), memory, subject=value)
        for name, member in _members(value).items()
        if CLOSES.search(name)
    }
    if members and not getattr(value, "_cellwall_dressed", False):
        places.dress(value, {**members, "_cellwall_dressed": True})
    return value


def _in_the_members(role: str, point: Point, memory: Memory) -> None:
    dressed = _asgi if role == "app" else _pool

    if point.called:
        around: places.Around = lambda original: leaky(  # noqa: E731
            original, (), memory, subject=role, watch=lambda call, value: dressed(value, memory)
        )
        places.put(point, around)
        return
    holder: Any = places.load(point.module)
    for name in (*filter(None, [point.name]), *point.steps):
        whose, holder = holder, places.attribute(holder, name, point)
    if role == "app" and inspect.isroutine(holder):
        setattr(whose, name, leaky(holder, (FirstCaller(),), memory, subject=role))
    else:
        dressed(holder, memory)


def _asgi(value: Any, memory: Memory) -> Any:
    if inspect.isroutine(value):
        return leaky(value, (FirstCaller(),), memory, subject=value)
    call = leaky(type(value).__call__.__get__(value), (FirstCaller(),), memory, subject=value)
    places.dress(value, {"__call__": call})
    return value


def _pool(value: Any, memory: Memory) -> Any:
    members, found = {}, False
    emitters: list[dict[str, Any]] = []
    for name, member in _members(value).items():
        place = _owner_in(member)
        found = found or place is not None
        if place is not None or CLOSES.search(name):
            watch = keep if SENDS.search(name) else _emitter(emitters, memory)
            members[name] = leaky(member, _POOL, memory, subject=value, owner=place, watch=watch)
    if not found:
        raise NotMadeError(f"no member of {type(value).__name__} says for which user it works")
    if not getattr(value, "_cellwall_dressed", False):
        places.dress(value, {**members, "_cellwall_dressed": True})
    return value


def _emitter(emitters: list[dict[str, Any]], memory: Memory) -> Callable[[Call, Any], Any]:
    """Watch what a pool makes for somebody; what sends without naming anybody is an emitter."""

    def watch(call: Call, value: Any) -> Any:
        own = {
            name: member
            for name, member in _members(value).items()
            if SENDS.search(name) and _owner_in(member) is None
        }
        if call.place is not None and own:
            emitters.append(own)
            echo = (Echo(emitters, own),)
            places.dress(value, {k: leaky(v, echo, memory, subject=value) for k, v in own.items()})
        return value

    return watch


def _members(value: Any) -> dict[str, Any]:
    names = [name for name in dir(type(value)) if not name.startswith("_")]
    functions = [name for name in names if inspect.isroutine(inspect.getattr_static(type(value), name))]
    return {name: getattr(value, name) for name in functions}


def _owner_in(member: Callable[..., Any]) -> int | None:
    try:
        names = list(inspect.signature(member).parameters)
    except (TypeError, ValueError):
        return None
    return next((position for position, name in enumerate(names) if _OWNER_NAME.search(name)), None)
