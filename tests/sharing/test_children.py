"""What objects hold, by type; the fast and the named way agree; nothing of the object's own runs."""

import asyncio
import contextvars
import functools
import sys
import types
import weakref
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.sharing.children import children_of, named_children_of
from cellwall.sharing.kinds import kind_of


class Plain:
    def __init__(self, held: object) -> None:
        self.held = held

    def method(self) -> None: ...


class Slotted:
    __slots__ = ("empty", "held")

    def __init__(self, held: object) -> None:
        self.held = held


class Both(Slotted):
    def __init__(self, held: object) -> None:
        self.more = held


class Hostile:
    """Whoever runs code of it is told."""

    def __init__(self, held: object) -> None:
        object.__setattr__(self, "held", held)

    def __getattribute__(self, name: str) -> object:
        raise AssertionError(name)

    __eq__ = __hash__ = __iter__ = __len__ = __bool__ = __repr__ = __getattribute__  # type: ignore[assignment]


class HostileDict(dict[str, object]):
    def items(self) -> Any:
        raise AssertionError

    __iter__ = __len__ = keys = values = items


def holding(held: object) -> dict[str, object]:
    def closure() -> object:
        return held

    def default(x: object = held) -> object:
        return x

    def keyword(*, x: object = held) -> object:
        return x

    return {
        "plain": Plain(held),
        "slots": Slotted(held),
        "both": Both(held),
        "hostile": Hostile(held),
        "hostile dictionary": HostileDict(held=held),
        "dictionary": {"x": held},
        "ordered": OrderedDict(x=held),
        "list": [held],
        "tuple": (held,),
        "deque": deque([held]),
        "closure": closure,
        "default": default,
        "keyword": keyword,
        "partial": functools.partial(print, held),
        "keywords": functools.partial(print, end=held),
        "method": Plain(held).method,
        "builtin": [held].append,
        "property": property(closure),
        "static": staticmethod(default),
        "proxy": types.MappingProxyType({"x": held}),
        "exception": ValueError(held),
        "iterator": iter([held]),
    }


def reach(value: object, target: object, depth: int = 4) -> bool:
    """Whether `target` is below `value`."""
    if value is target:
        return True
    kind = kind_of(type(value))
    return (
        depth > 0 and not kind.skip and any(reach(one, target, depth - 1) for one in children_of(value, kind))
    )


@pytest.mark.parametrize("name", holding(None))
def test_what_an_object_holds_is_reached(name: str) -> None:
    target = Plain(None)
    assert reach(holding(target)[name], target)


@pytest.mark.parametrize("name", holding(None))
def test_the_named_way_leads_to_the_same(name: str) -> None:
    value = holding(Plain(None))[name]
    kind = kind_of(type(value))
    named = list(named_children_of(value, kind))
    assert {id(held) for held in children_of(value, kind)} <= {id(held) for _, held in named}
    assert all(isinstance(label, str) for label, _ in named)


def test_nothing_leads_to_what_is_the_process() -> None:
    here = contextvars.ContextVar("here")
    for value in (Plain, sys, test_nothing_leads_to_what_is_the_process.__code__, here, weakref.ref(Plain)):
        assert kind_of(type(value)).skip, value
    loop = asyncio.new_event_loop()
    assert kind_of(type(loop)).skip
    loop.close()
    assert not reach(test_nothing_leads_to_what_is_the_process, globals())


@dataclass(frozen=True)
class Frozen:
    held: object


class Text(str):
    """A text with attributes."""


@pytest.mark.parametrize(
    ("value", "changes"),
    [
        *((value, True) for value in ([], {}, set(), Plain(1), Slotted(1), Text())),
        *((value, False) for value in ((1,), frozenset(), Frozen(1), len, lambda: 1)),
    ],
)
def test_what_can_change(value: object, changes: bool) -> None:
    kind = kind_of(type(value))
    assert (kind.skip, kind.changes) == (False, changes)


graphs = st.recursive(
    st.one_of(st.integers(), st.text(max_size=3)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=2), inner, max_size=3)
        | st.tuples(inner)
        | st.builds(Plain, inner)
        | st.builds(Slotted, inner)
    ),
    max_leaves=20,
)


@given(graphs)
def test_both_ways_agree_on_any_graph(value: Any) -> None:
    kind = kind_of(type(value))
    if kind.skip:
        return
    named = [held for _, held in named_children_of(value, kind)]
    for held in children_of(value, kind):
        assert any(held is one for one in named) or isinstance(held, str | int)
