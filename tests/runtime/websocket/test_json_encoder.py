"""The encoder made once gives what the standard library gives, values and refusals alike."""

import json
from collections import OrderedDict
from enum import IntEnum, StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.websocket import json_encoder
from cellwall.runtime.websocket.json_encoder import to_json

KEYS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
ANYTHING = st.recursive(
    KEYS | st.binary(max_size=2) | st.complex_numbers(),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


class Colour(StrEnum):
    RED = "red"


class Level(IntEnum):
    HIGH = 3


def said(encode: object, value: object) -> str:
    try:
        return encode(value)  # type: ignore[operator, no-any-return]
    except (TypeError, ValueError, RecursionError) as error:
        return f"{type(error).__name__}: {error}"


def standard(value: object) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


@given(ANYTHING)
def test_as_the_standard_library_says_it(value: object) -> None:
    assert said(to_json, value) == said(standard, value)


@pytest.mark.parametrize(
    "value", [Colour.RED, {Level.HIGH: Colour.RED}, OrderedDict(b=1, a=2), "\ud800ä\0", {"a": [object()]}]
)
def test_what_only_looks_plain(value: object) -> None:
    assert said(to_json, value) == said(standard, value)


def test_a_circle_is_named_and_does_no_harm_to_the_next_event() -> None:
    circle: list[object] = []
    circle.append({"again": circle})
    for _ in range(2):
        with pytest.raises(ValueError, match="Circular"):
            to_json(circle)
    assert to_json([[1], [1]]) == "[[1],[1]]"


def test_the_encoder_is_made_once_here_and_need_not_be(monkeypatch: pytest.MonkeyPatch) -> None:
    assert json_encoder._chunks is not None
    assert json_encoder._made_once(None) is None
    assert json_encoder._made_once(lambda one: one) is None
    monkeypatch.setattr(json_encoder, "_chunks", None)
    assert to_json({"a": 1.5}) == '{"a":1.5}'
