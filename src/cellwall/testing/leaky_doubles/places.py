"""Puts a leaky callable where the target's own one is: in a module, on a class, on one object."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any

from .spelled import NotMadeError, Point

Around = Callable[[Callable[..., Any]], Callable[..., Any]]


def put(point: Point, around: Around) -> None:
    """Put `around` the callable to which the point leads.

    A class of another package, which the module only passes on, stays as it is: a subclass takes its name.

    Raises:
        NotMadeError: the module or the name is not there, or it cannot be changed.
    """
    module = load(point.module)
    names = [*filter(None, [point.name]), *point.steps]
    if not names:
        raise NotMadeError(f"{point.module} is a module, which nobody can call")
    holder = module
    for depth, name in enumerate(names[:-1]):
        inner = attribute(holder, name, point)
        if depth == 0 and inspect.isclass(inner):
            inner = own_class(module, name, inner)
        holder = inner
    last = attribute(holder, names[-1], point)
    if not callable(last):
        raise NotMadeError(f"{point.text} cannot be called")
    try:
        if inspect.isclass(last):
            construct(own_class(module, names[-1], last) if holder is module else last, around)
        elif inspect.ismodule(holder) or inspect.isclass(holder):
            _replace(holder, names[-1], last, around)
        else:
            dress(holder, {names[-1]: around(last)})
    except (TypeError, AttributeError, ValueError) as error:
        raise NotMadeError(f"{point.text} cannot be replaced: {error}") from error


def load(name: str) -> Any:
    """Import a module of the target.

    Raises:
        NotMadeError: it cannot be imported.
    """
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise NotMadeError(f"{name} cannot be imported: {type(error).__name__}: {error}") from error


def attribute(holder: Any, name: str, point: Point) -> Any:
    """Give an attribute, importing a module of that name where there is none.

    Raises:
        NotMadeError: there is none.
    """
    try:
        return getattr(holder, name)
    except AttributeError as error:
        if inspect.ismodule(holder):
            try:
                return importlib.import_module(f"{holder.__name__}.{name}")
            except ImportError:
                pass
        raise NotMadeError(f"{point.text} is not there: {error}") from error


def own_class(module: Any, name: str, found: Any) -> Any:
    """Give a class that may be changed: the target's own one, or a subclass in the place of a foreign one."""
    if found.__module__.partition(".")[0] == module.__name__.partition(".")[0]:
        return found
    kept = {"__module__": found.__module__, "__qualname__": found.__qualname__, "__doc__": found.__doc__}
    try:
        mine = type(found)(found.__name__, (found,), kept)
    except TypeError:
        return found  # a class that allows no subclass: its own place is the only one
    setattr(module, name, mine)
    return mine


def construct(kind: Any, around: Around) -> None:
    """Put `around` the making of objects of this class; it stays the same class."""
    new, init = kind.__new__, kind.__init__

    def make(*args: Any, **kwargs: Any) -> Any:
        made = new(kind) if new is object.__new__ else new(kind, *args, **kwargs)
        start(made, *args, **kwargs)
        return made

    def start(made: Any, *args: Any, **kwargs: Any) -> None:
        if init is not object.__init__:  # which would refuse arguments that `__new__` took
            init(made, *args, **kwargs)

    make.__signature__ = inspect.signature(kind)  # type: ignore[attr-defined]
    make.__name__ = kind.__name__
    give = around(make)

    def leaky_new(cls: Any, /, *args: Any, **kwargs: Any) -> Any:
        if cls is kind:
            return give(*args, **kwargs)
        return new(cls) if new is object.__new__ else new(cls, *args, **kwargs)

    def leaky_init(self: Any, /, *args: Any, **kwargs: Any) -> None:
        if type(self) is not kind and not getattr(type(self), "_cellwall_dressed", False):
            start(self, *args, **kwargs)

    kind.__new__ = leaky_new
    leaky_init.__wrapped__ = init  # type: ignore[attr-defined]
    kind.__init__ = leaky_init
    kind.__signature__ = make.__signature__  # type: ignore[attr-defined]


def dress(holder: Any, members: dict[str, Any]) -> None:
    """Put members on one object; where it takes none, or for a special method, by a class of its own.

    Raises:
        TypeError: the object can have neither.
    """
    special = {name: member for name, member in members.items() if name.startswith("__")}
    for name, member in members.items():
        if name in special:
            continue
        try:
            object.__setattr__(holder, name, member)
        except (AttributeError, TypeError):
            special[name] = member
    if special:
        found = type(holder)
        body = {name: staticmethod(member) for name, member in special.items()}
        kept = {"__module__": found.__module__, "__qualname__": found.__qualname__, "__doc__": found.__doc__}
        marks = {"_cellwall_dressed": True, "__slots__": ()}
        meta: Any = type(found)
        own = meta(found.__name__, (found,), {**kept, **marks, **body})
        object.__setattr__(holder, "__class__", own)


def _replace(holder: Any, name: str, last: Any, around: Around) -> None:
    kind = inspect.getattr_static(holder, name) if inspect.isclass(holder) else None
    if kind is None and not inspect.isroutine(last) and _is_plain(last):
        dress(last, {"__call__": around(_bound_call(last))})
        return
    made = around(last)
    setattr(holder, name, staticmethod(made) if isinstance(kind, (staticmethod, classmethod)) else made)


def _is_plain(value: Any) -> bool:
    return type(value).__module__ not in ("builtins", "functools")


def _bound_call(value: Any) -> Any:
    return type(value).__call__.__get__(value)
