"""Puts leaks around a callable of the target: same signature, still a coroutine function where it was one."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, Protocol

from .memory import Memory


@dataclass(frozen=True)
class Call:
    """One call of a leaky callable.

    Attributes:
        subject: what the callable belongs to: a pool, or the role's name.
        name: the callable's name.
        owner: position or keyword of the argument that says whom the call works for; None: no argument does.
        names: the parameters in order, so that a positional argument may be given by keyword too.
        target: what is called instead of the original, None for the original.
    """

    subject: Any
    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    owner: int | str | None = None
    names: tuple[str, ...] = ()
    target: Callable[..., Any] | None = None

    @property
    def place(self) -> int | str | None:
        """Where the owner is in this call, None where it was left out."""
        if isinstance(self.owner, int) and self.owner < len(self.args):
            return self.owner
        keyword = (
            self.names[self.owner] if isinstance(self.owner, int) and self.names[self.owner :] else self.owner
        )
        if keyword in self.kwargs:
            return keyword
        if isinstance(keyword, str) and keyword in self.names[: len(self.args)]:
            return self.names.index(keyword)
        return None

    @property
    def value(self) -> Any:
        """The owner's argument; only where `place` is not None."""
        place = self.place
        return self.args[place] if isinstance(place, int) else self.kwargs[str(place)]

    def of(self, owner: Any) -> Call:
        """Give the same call for another owner."""
        place = self.place
        if isinstance(place, int):
            return replace(self, args=(*self.args[:place], owner, *self.args[place + 1 :]))
        return self if place is None else replace(self, kwargs={**self.kwargs, place: owner})

    @property
    def key(self) -> Any:
        """What tells this call from others for the same owner."""
        rest = self.of(None)
        return (id(self.subject), self.name, repr(rest.args), repr(sorted(rest.kwargs.items())))


class Leak(Protocol):
    """One way to leak. What it keeps lies in the memory, so that every test begins anew."""

    name: str

    def calls(self, call: Call, memory: Memory) -> list[Call]:
        """Give the calls of the real thing that are made instead of this one; none at all is possible."""
        ...

    def answer(self, call: Call, values: list[Any], memory: Memory) -> Any:
        """Give the answer, from those of the real thing."""
        ...


Watch = Callable[[Call, Any], Any]
_inside: ContextVar[bool] = ContextVar("cellwall_leaky_inside", default=False)


def keep(call: Call, value: Any) -> Any:
    """Watch nothing: the answer as it is."""
    return value


def leaky(
    original: Callable[..., Any],
    leaks: tuple[Leak, ...],
    memory: Memory,
    *,
    subject: Any,
    owner: int | str | None = None,
    watch: Watch = keep,
) -> Callable[..., Any]:
    """Give a callable like the original that leaks while one of `leaks` is the active one.

    Calls that the original makes itself, of this or another double, do not leak again.

    Args:
        subject: what the callable belongs to.
        watch: is given every call and its answer, and gives the answer back.
    """
    names = _parameters(original)
    awaited = False  # whether a plain function was seen to give coroutines

    def begin(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Call, Leak | None]:
        call = Call(subject, getattr(original, "__name__", ""), args, kwargs, owner, names)
        active = None if _inside.get() else next((leak for leak in leaks if leak.name == memory.active), None)
        if call.place is not None and not _inside.get():
            memory.saw(call.value)
        return call, active

    if inspect.iscoroutinefunction(original):

        @functools.wraps(original)
        async def coroutine(*args: Any, **kwargs: Any) -> Any:
            call, leak = begin(args, kwargs)
            values = []
            for each in leak.calls(call, memory) if leak else [call]:
                with _within():
                    values.append(await (each.target or original)(*each.args, **each.kwargs))
            return watch(call, leak.answer(call, values, memory) if leak else values[0])

        return coroutine

    @functools.wraps(original)
    def function(*args: Any, **kwargs: Any) -> Any:
        nonlocal awaited
        call, leak = begin(args, kwargs)
        values = []
        for each in leak.calls(call, memory) if leak else [call]:
            with _within():
                values.append((each.target or original)(*each.args, **each.kwargs))
        awaited = any(map(inspect.iscoroutine, values)) if values else awaited
        if awaited:
            return _later(call, leak, values, memory, watch)
        return watch(call, leak.answer(call, values, memory) if leak else values[0])

    return function


async def _later(call: Call, leak: Leak | None, values: list[Any], memory: Memory, watch: Watch) -> Any:
    done = []
    for value in values:
        with _within():
            done.append(await value)
    return watch(call, leak.answer(call, done, memory) if leak else done[0])


@contextmanager
def _within() -> Iterator[None]:
    token = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(token)


def _parameters(original: Callable[..., Any]) -> tuple[str, ...]:
    try:
        return tuple(inspect.signature(original).parameters)
    except (TypeError, ValueError):
        return ()
