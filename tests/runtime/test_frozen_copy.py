"""A frozen copy tells what was given, and nothing that happens later changes it."""

import copy
import datetime
from collections import OrderedDict, UserDict
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.frozen_copy import MAX_DEPTH, MAX_TEXT, TooMuchData, frozen_copy

atoms = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
plain = st.recursive(
    atoms, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner), max_leaves=20
)


def thaw(value: Any) -> Any:
    """Undo the freezing, with tuples for lists."""
    if isinstance(value, MappingProxyType):
        return {key: thaw(item) for key, item in value.items()}
    return tuple(map(thaw, value)) if isinstance(value, tuple) else value


def with_tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: with_tuples(item) for key, item in value.items()}
    return tuple(map(with_tuples, value)) if isinstance(value, list | tuple) else value


def change_everything(value: Any) -> None:
    if isinstance(value, dict):
        for item in value.values():
            change_everything(item)
        value.clear()
        value["changed"] = True
    elif isinstance(value, list):
        for item in value:
            change_everything(item)
        value[:] = ["changed"]


@given(st.dictionaries(st.text(), plain))
def test_it_tells_what_was_given_whatever_happens_to_that(data: dict[str, Any]) -> None:
    before = with_tuples(copy.deepcopy(data))
    frozen = frozen_copy(data)
    change_everything(data)
    assert thaw(frozen) == before


def test_it_cannot_be_changed() -> None:
    frozen: Any = frozen_copy({"a": {"b": [1, {"c"}]}})
    for change in (
        lambda: frozen.update(x=1),
        lambda: frozen["a"].update(x=1),
        lambda: frozen["a"]["b"].append(1),
        lambda: frozen["a"]["b"][1].add(1),
    ):
        with pytest.raises(AttributeError):
            change()
    with pytest.raises(TypeError):
        frozen["a"] = 1


def test_data_of_other_types() -> None:
    today = datetime.date(2025, 9, 2)
    given: dict[str, Any] = {
        "decimal": Decimal("1.5"),
        "date": today,
        "ordered": OrderedDict(x=[1]),
        "user": UserDict(x=1),
        "bytes": bytearray(b"x"),
        "set": {1, ("a",)},
    }
    frozen = frozen_copy(given)
    assert frozen["decimal"] == Decimal("1.5") and frozen["date"] is today
    assert dict(frozen["ordered"]) == {"x": (1,)} and dict(frozen["user"]) == {"x": 1}
    assert frozen["bytes"] == b"x" and type(frozen["bytes"]) is bytes
    assert frozen["set"] == {1, "<tuple>"}


class Hostile:
    def __repr__(self) -> str:
        raise AssertionError("asked for its text")

    __str__ = __repr__
    __deepcopy__ = __copy__ = __reduce__ = None


class Shouting(str):
    def __str__(self) -> str:
        return "somebody else"


def test_objects_are_named_and_never_asked() -> None:
    frozen = frozen_copy({"x": Hostile(), "y": {Hostile(): [Hostile()]}, "z": Shouting("ada")})
    assert frozen["x"] == "<Hostile>"
    assert dict(frozen["y"]) == {"<Hostile>": ("<Hostile>",)}
    assert frozen["z"] == "ada" and type(frozen["z"]) is str


def test_long_texts_are_cut() -> None:
    frozen = frozen_copy({"text": "x" * 10_000_000, "bytes": b"x" * 20_000, "short": "x" * MAX_TEXT})
    assert frozen["text"] == "x" * MAX_TEXT + "... (10000000 in all)"
    assert frozen["bytes"] == b"x" * MAX_TEXT + b"... (20000 in all)"
    assert frozen["short"] == "x" * MAX_TEXT


def test_no_circles() -> None:
    circle: dict[str, Any] = {}
    circle["again"] = [circle]
    with pytest.raises(TooMuchData, match="deeper than 64"):
        frozen_copy(circle)


def test_depth_has_a_limit() -> None:
    def nested(levels: int) -> dict[str, Any]:
        inner: Any = 1
        for _ in range(levels):
            inner = [inner]
        return {"x": inner}

    frozen_copy(nested(MAX_DEPTH - 1))
    with pytest.raises(TooMuchData):
        frozen_copy(nested(MAX_DEPTH))


def test_a_bomb_of_shared_lists_is_refused() -> None:
    bomb: list[Any] = ["x"]
    for _ in range(30):
        bomb = [bomb] * 10
    with pytest.raises(TooMuchData, match="100000 values"):
        frozen_copy({"bomb": bomb})
    with pytest.raises(TooMuchData):
        frozen_copy({"set": set(range(200_000))})
