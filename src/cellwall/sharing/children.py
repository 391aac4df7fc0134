"""What an object holds, by type: attributes, slots, items, closures, defaults, what a method is bound to.

Looks only, and runs no code of the object's own. Never leads to classes, modules, code, globals, weak
references or event loops. `children_of` is the fast one; `named_children_of` gives the same with the text
that names each, for the few objects whose path is printed.
"""

from __future__ import annotations

import functools
import gc
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from reprlib import repr as shortened
from typing import Any, Final

from cellwall.sharing.kinds import Kind

Named = tuple[str, object]


def children_of(value: Any, kind: Kind) -> Iterable[object]:
    """Give what `value`, of the given kind, holds, in any order."""
    cls = type(value)
    if cls is dict:
        return (*value.values(), *value)
    if cls in _ITERABLE:
        return value  # type: ignore[no-any-return]
    if (
        kind.dictionary is not None
        and not kind.slots
        and cls.__flags__ & _HEAP
        and not issubclass(cls, _ITEMS)
    ):
        try:
            return (kind.dictionary(value),)
        except (AttributeError, TypeError):
            return ()
    return [held for _, held in named_children_of(value, kind)]


_HEAP: Final = 1 << 9  # CPython's Py_TPFLAGS_HEAPTYPE: made by a class statement
_ITERABLE: Final = frozenset({list, tuple, set, frozenset})


def named_children_of(value: Any, kind: Kind) -> Iterator[Named]:
    """Give what `value` holds, each with the text that follows the value's own path."""
    for name, get in kind.slots:
        try:
            yield f".{name}", get(value)
        except (AttributeError, TypeError):  # an empty slot
            continue
    if kind.dictionary is not None:
        with suppress(AttributeError, TypeError):
            yield ".__dict__", kind.dictionary(value)
    cls = type(value)
    items = next((_ITEMS_OF[each] for each in cls.__mro__ if each in _ITEMS_OF), None)
    if items is not None:
        yield from items(value)
    elif not kind.slots and kind.dictionary is None:
        yield from ((f".<referent {n}>", held) for n, held in enumerate(gc.get_referents(value)))


def _of_mapping(value: Any) -> Iterator[Named]:
    for key, held in list(dict.items(value)):
        yield f"[{_short(key)}]", held
        yield f".<key {_short(key)}>", key


def _of_sequence(value: Any) -> Iterator[Named]:
    own = next(each for each in (list, tuple, deque) if isinstance(value, each))
    yield from ((f"[{number}]", held) for number, held in enumerate(list(own.__iter__(value))))


def _of_set(value: Any) -> Iterator[Named]:
    own = set if isinstance(value, set) else frozenset
    yield from ((f".<element {_short(held)}>", held) for held in list(own.__iter__(value)))


def _of_function(value: Any) -> Iterator[Named]:
    code = value.__code__
    names = code.co_varnames[: code.co_argcount]
    defaults = value.__defaults__ or ()
    yield from zip(
        (f".<default {name}>" for name in names[len(names) - len(defaults) :]), defaults, strict=True
    )
    yield from ((f".<default {name}>", held) for name, held in (value.__kwdefaults__ or {}).items())
    yield from zip((f".<closure {name}>" for name in code.co_freevars), value.__closure__ or (), strict=True)
    yield from ((f".{name}", held) for name, held in list(vars(value).items()))


def _of_cell(value: Any) -> Iterator[Named]:
    try:
        yield "", value.cell_contents
    except ValueError:  # an empty cell
        return


def _of_partial(value: Any) -> Iterator[Named]:
    yield from ((".func", value.func), (".args", value.args), (".keywords", value.keywords))


def _of_builtin(value: Any) -> Iterator[Named]:
    yield ".__self__", value.__self__


def _of_method(value: Any) -> Iterator[Named]:
    yield from ((".__self__", value.__self__), (".__func__", value.__func__))


def _of_wrapper(value: Any) -> Iterator[Named]:
    yield ".__func__", value.__func__


def _of_property(value: Any) -> Iterator[Named]:
    yield from ((f".{name}", getattr(value, name)) for name in ("fget", "fset", "fdel"))


def _of_exception(value: Any) -> Iterator[Named]:
    yield from ((f".{name}", getattr(value, name)) for name in ("args", "__cause__", "__context__"))


def _of_proxy(value: Any) -> Iterator[Named]:
    yield from ((".<mapping>", held) for held in gc.get_referents(value))


def _nothing(value: object) -> Iterator[Named]:
    """What is running: its frame leads to every local variable and to the globals."""
    return iter(())


_ITEMS_OF: Final[dict[type, Callable[[Any], Iterator[Named]]]] = {
    dict: _of_mapping,
    list: _of_sequence,
    tuple: _of_sequence,
    deque: _of_sequence,
    set: _of_set,
    frozenset: _of_set,
    types.FunctionType: _of_function,
    types.CellType: _of_cell,
    functools.partial: _of_partial,
    types.MethodType: _of_method,
    types.BuiltinFunctionType: _of_builtin,
    types.MethodWrapperType: _of_builtin,
    staticmethod: _of_wrapper,
    classmethod: _of_wrapper,
    property: _of_property,
    BaseException: _of_exception,
    types.MappingProxyType: _of_proxy,
    types.GeneratorType: _nothing,
    types.CoroutineType: _nothing,
    types.AsyncGeneratorType: _nothing,
    functools._lru_cache_wrapper: _nothing,
}
_ITEMS: Final = tuple(_ITEMS_OF)


def _short(value: object) -> str:
    plain = type(value) in (str, int, bytes, bool, float, type(None))
    return shortened(value) if plain else type(value).__name__
