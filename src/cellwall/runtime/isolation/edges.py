"""What an object holds, and by which name. Looks only: it calls no method of the object's own."""

import functools
import gc
import types
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from reprlib import repr as shortened
from typing import Any, Final, cast

from cellwall.runtime.isolation.shareable import CLASS_MACHINERY, is_library_code, may_be_shared

Edge = tuple[str, object]

_vars: Final[Callable[[type], Mapping[str, Any]]] = type.__dict__["__dict__"].__get__


def edges_of(value: object, own: str) -> Iterator[Edge]:
    """Give what `value` holds, each with what to write after its own path to name it.

    Classes and functions of libraries, the package `own` apart, are not looked into.
    """
    kind = type(value)
    if issubclass(kind, type):
        yield from _class_attributes(cast(type, value), own)
        return
    if kind is types.FunctionType:
        yield from _of_function(cast(types.FunctionType, value), own)
        return
    special = next((_SPECIAL[each] for each in kind.__mro__ if each in _SPECIAL), _referents)
    attributes = [] if kind in _WRAPPERS else list(_attributes(value))
    named = {id(held) for _, held in attributes}
    for label, held in attributes:
        if label != ".__dict__" or not may_be_shared(value):
            yield label, held
    for label, held in special(value):
        if id(held) not in named:
            yield label, held
    yield f".<class {kind.__name__}>", kind


def _attributes(value: object) -> Iterator[Edge]:
    for each in type(value).__mro__:
        for name, member in tuple(_vars(each).items()):
            if type(member) not in _OF_LANGUAGE or name == "__weakref__":
                continue
            try:
                held = member.__get__(value)
            except AttributeError:  # an empty slot
                continue
            if name != "__dict__":
                if type(member) is types.MemberDescriptorType:
                    yield f".{name}", held
            elif type(held) is dict:
                yield from ((f".{own}", inner) for own, inner in tuple(held.items()))
                yield ".__dict__", held


def _referents(value: object) -> Iterator[Edge]:
    """What the garbage collector knows: all that an object of a type made in C holds."""
    for number, referent in enumerate(gc.get_referents(value)):
        if not issubclass(type(referent), type | types.ModuleType):
            yield f".<referent {number}>", referent


def _class_attributes(kind: type, own: str) -> Iterator[Edge]:
    if is_library_code(kind.__module__, own):
        return
    for name, held in tuple(_vars(kind).items()):
        of_language = name.startswith("__") and name.endswith("__") and type(held) is not types.FunctionType
        if not of_language and name not in CLASS_MACHINERY and not _is_descriptor_of_library(held):
            yield f".{name}", held
    for base in kind.__mro__[1:]:
        yield f".<class {base.__name__}>", base


def _is_descriptor_of_library(value: object) -> bool:
    """Whether a library made it to describe an attribute: a column of a model, say."""
    kind = type(value)
    return hasattr(kind, "__get__") and kind not in _KNOWN_DESCRIPTORS and is_library_code(kind.__module__)


def _of_function(function: types.FunctionType, own: str) -> Iterator[Edge]:
    for name, held in tuple(function.__dict__.items()):
        yield f".{name}", held
    if is_library_code(function.__globals__.get("__name__"), own):
        return
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    defaults = function.__defaults__ or ()
    for name, held in zip(names[len(names) - len(defaults) :], defaults, strict=True):
        yield f".<default {name}>", held
    for name, held in (function.__kwdefaults__ or {}).items():
        yield f".<default {name}>", held
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
        yield f".<closure {name}>", cell


def _of_mapping(value: dict[Any, Any]) -> Iterator[Edge]:
    for key, held in tuple(dict.items(value)):
        yield f".<key {_short(key)}>", key
        yield f"[{_short(key)}]", held


def _of_proxy(value: Mapping[Any, Any]) -> Iterator[Edge]:
    for referent in gc.get_referents(value):
        yield ".<mapping>", referent


def _of_sequence(value: Any) -> Iterator[Edge]:
    base: Any = next(each for each in (list, tuple, deque) if issubclass(type(value), each))
    for number, held in enumerate(tuple(base.__iter__(value))):
        yield f"[{number}]", held


def _of_set(value: Any) -> Iterator[Edge]:
    base: Any = set if issubclass(type(value), set) else frozenset
    for held in tuple(base.__iter__(value)):
        yield f".<element {_short(held)}>", held


def _of_method(value: Any) -> Iterator[Edge]:
    yield ".__self__", value.__self__
    yield ".__func__", value.__func__


def _of_builtin(value: Any) -> Iterator[Edge]:
    yield ".__self__", getattr(value, "__self__", None)


def _of_partial(value: Any) -> Iterator[Edge]:
    yield ".func", value.func
    yield ".args", value.args
    for name, held in value.keywords.items():
        yield f".keywords[{name!r}]", held


def _of_cell(value: Any) -> Iterator[Edge]:
    try:
        yield "", value.cell_contents
    except ValueError:  # an empty cell
        return


def _of_property(value: Any) -> Iterator[Edge]:
    for name in ("fget", "fset", "fdel"):
        yield f".{name}", getattr(value, name)


def _of_wrapper(value: Any) -> Iterator[Edge]:
    yield ".__func__", value.__func__


def _of_weak(value: Any) -> Iterator[Edge]:
    yield ".<weak>", weakref.ref.__call__(value)


_SPECIAL: Final[dict[type, Any]] = {
    dict: _of_mapping,
    types.MappingProxyType: _of_proxy,
    list: _of_sequence,
    tuple: _of_sequence,
    deque: _of_sequence,
    set: _of_set,
    frozenset: _of_set,
    types.MethodType: _of_method,
    types.BuiltinFunctionType: _of_builtin,
    types.MethodWrapperType: _of_builtin,
    functools.partial: _of_partial,
    types.CellType: _of_cell,
    property: _of_property,
    staticmethod: _of_wrapper,
    classmethod: _of_wrapper,
    weakref.ReferenceType: _of_weak,
}

_OF_LANGUAGE: Final = (types.MemberDescriptorType, types.GetSetDescriptorType)
_WRAPPERS: Final = (staticmethod, classmethod, property, functools.partial)  # their own attributes describe
_KNOWN_DESCRIPTORS: Final = (*_WRAPPERS, types.FunctionType, functools._lru_cache_wrapper)


def _short(value: object) -> str:
    plain = type(value) in (str, int, bytes, bool, float, type(None))
    return shortened(value) if plain else type(value).__name__
