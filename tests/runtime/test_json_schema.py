"""The part of JSON Schema that is known is checked to the letter; everything else is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.json_schema import ANNOTATIONS, Mismatch, check_schema, check_value

NAN, INFINITY = float("nan"), float("inf")

# schema, what fits, what does not
CASES: list[tuple[dict[str, Any], list[Any], list[Any]]] = [
    ({"type": "string"}, ["", "x"], [None, 1, b"x", ["x"]]),
    ({"type": "integer"}, [0, -1, 10**30, 1.0], [True, "1", 1.5, None, NAN, INFINITY]),
    ({"type": "number"}, [0, 1.5, -2], [True, "1.5", NAN, INFINITY, -INFINITY]),
    ({"type": "boolean"}, [True, False], [0, 1, "true"]),
    ({"type": "null"}, [None], [0, "", False]),
    ({"type": "array"}, [[], (1,)], ["ab", {}, {1}]),
    ({"type": "object"}, [{}], [[], "x"]),
    ({"type": ["string", "null"]}, ["x", None], [1]),
    ({"enum": ["add", 1, None]}, ["add", 1, None], ["multiply", True, 2]),
    ({"const": False}, [False], [0, None]),
    ({"minimum": 1, "maximum": 3}, [1, 2.5, 3, "x"], [0, 4, -1]),
    ({"exclusiveMinimum": 1, "exclusiveMaximum": 3}, [2], [1, 3]),
    ({"minLength": 1, "maxLength": 2}, ["a", "ab", 7], ["", "abc"]),
    ({"minItems": 1, "maxItems": 2}, [[1], [1, 2], "abc"], [[], [1, 2, 3]]),
    ({"items": {"type": "integer"}}, [[], [1, 2], "ab"], [["1"], [1, None]]),
    ({"anyOf": [{"type": "integer"}, {"minLength": 2}]}, [1, "ab"], ["a"]),
    ({"allOf": [{"type": "string"}, {"minLength": 2}]}, ["ab"], ["a", 1]),
    ({"properties": {"a": {"type": "integer"}}}, [{}, {"a": 1}, {"b": "x"}, 7], [{"a": "1"}]),
    ({"required": ["a"]}, [{"a": None}, 7], [{}, {"b": 1}]),
    ({"properties": {"a": True}, "additionalProperties": False}, [{}, {"a": 1}], [{"b": 1}]),
    ({"additionalProperties": {"type": "integer"}}, [{"a": 1}], [{"a": "1"}]),
    ({"properties": {"a": False}}, [{}], [{"a": 1}]),
    ({}, [None, 1, {}, []], []),
    (dict.fromkeys(sorted(ANNOTATIONS), "x"), [None, 1], []),
]


@pytest.mark.parametrize(("schema", "fitting", "others"), CASES, ids=[str(case[0])[:40] for case in CASES])
def test_what_fits(schema: dict[str, Any], fitting: list[Any], others: list[Any]) -> None:
    check_schema(schema)
    for value in fitting:
        check_value(value, schema)
    for value in others:
        with pytest.raises(Mismatch):
            check_value(value, schema)


def test_the_place_and_what_was_expected_are_named() -> None:
    schema = {
        "properties": {"filter": {"properties": {"tags": {"items": {"type": "string"}}}, "required": ["by"]}}
    }
    with pytest.raises(Mismatch, match=r"filter\.tags\[2\] must be of type string, not int"):
        check_value({"filter": {"by": 1, "tags": ["a", "b", 3]}}, schema)
    with pytest.raises(Mismatch, match=r"filter\.by must be given"):
        check_value({"filter": {}}, schema)
    with pytest.raises(Mismatch, match="the arguments must be of type object"):
        check_value([], {"type": "object"})


def test_the_value_is_not_repeated() -> None:
    with pytest.raises(Mismatch) as caught:
        check_value({"a": "secret" * 1000, "b": 1}, {"properties": {"a": {"enum": ["x"]}}})
    assert "secret" not in str(caught.value)
    with pytest.raises(Mismatch) as caught:
        check_value({"k" * 10_000_000: 1}, {"additionalProperties": False})
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "schema",
    [
        None,
        "object",
        {"pattern": "(a+)+$"},
        {"$ref": "http://169.254.169.254/"},
        {"typ": "string"},
        {"type": "text"},
        {"type": 7},
        {"type": [["string"]]},
        {"enum": "add"},
        {"required": "a"},
        {"required": [1]},
        {"properties": []},
        {"minimum": "1"},
        {"maximum": NAN},
        {"minLength": True},
        {"maxItems": 1.5},
        {"items": [{"type": "string"}]},
        {"anyOf": {"type": "string"}},
        {"properties": {"a": {"items": {"oneOf": []}}}},
        {"additionalProperties": {"not": {}}},
    ],
)
def test_what_is_not_known_is_refused(schema: Any) -> None:
    with pytest.raises(ValueError, match="schema"):
        check_schema(schema)


def test_the_place_in_the_schema_is_named() -> None:
    with pytest.raises(ValueError, match=r"schema\.a\.items: the keyword 'oneOf'"):
        check_schema({"properties": {"a": {"items": {"oneOf": []}}}})


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
schemas = st.recursive(
    st.sampled_from([case[0] for case in CASES]),
    lambda inner: (
        st.builds(lambda s: {"items": s}, inner)
        | st.builds(lambda s: {"properties": {"a": s}, "additionalProperties": s}, inner)
        | st.builds(lambda s, t: {"anyOf": [s, t]}, inner, inner)
    ),
    max_leaves=5,
)


@given(schemas, values)
def test_any_value_has_an_answer(schema: dict[str, Any], value: Any) -> None:
    check_schema(schema)
    answer = _fits(lambda: check_value(value, schema))
    assert _fits(lambda: check_value(value, {"allOf": [schema]})) == answer
    assert _fits(lambda: check_value(value, {"anyOf": [schema, schema]})) == answer
    assert _fits(lambda: check_value([value], {"items": schema})) == answer
    assert _fits(lambda: check_value({"x": value}, {"additionalProperties": schema})) == answer


def _fits(check: Callable[[], None]) -> bool:
    try:
        check()
    except Mismatch:
        return False
    return True
