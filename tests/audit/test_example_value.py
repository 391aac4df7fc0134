"""Made values fit their schema, hold canaries where there is room, and are the same each time."""

from __future__ import annotations

from typing import Any

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from cellwall.audit.example_value import ValueMaker, is_id
from cellwall.canary import CanaryBook


def maker(book: CanaryBook | None = None, **options: Any) -> ValueMaker:
    return ValueMaker(book or CanaryBook(), "alice", "label", lambda _name, _schema: None, **options)


LEAF = st.sampled_from(
    [
        {"type": "string"}, {"type": "string", "minLength": 40}, {"type": "string", "maxLength": 5},
        {"type": "string", "format": "uuid"}, {"enum": ["a", "b"]}, {"type": "integer", "minimum": 7},
        {"type": "integer", "exclusiveMinimum": 7}, {"type": "number", "maximum": 3}, {"type": "boolean"},
        {"anyOf": [{"type": "null"}, {"type": "string"}]}, {"const": 4},
        {"type": "string", "pattern": "^[0-9]{4}$"},
        {"type": ["string", "null"]},
    ]
)  # fmt: skip
SCHEMA = st.recursive(
    LEAF,
    lambda inner: (
        st.builds(lambda each: {"type": "array", "items": each, "minItems": 1}, inner)
        | st.builds(
            lambda fields: {"type": "object", "properties": fields, "required": list(fields)},
            st.dictionaries(
                st.sampled_from(["title", "email", "user_id", "password", "when"]), inner, max_size=4
            ),
        )
    ),
    max_leaves=8,
)


@given(SCHEMA)
def test_a_value_fits_its_schema(schema: dict[str, Any]) -> None:
    jsonschema.validate(maker().make(schema, "field"), schema)


@given(SCHEMA)
def test_a_value_is_the_same_each_time(schema: dict[str, Any]) -> None:
    assert maker().make(schema, "field") == maker().make(schema, "field")


def test_texts_are_the_owners() -> None:
    book = CanaryBook()
    made = maker(book).make(
        {"type": "object", "properties": {"text": {}, "email": {"format": "email"}, "tag": {"maxLength": 12}}}
    )
    assert all(book.owners_in(value) == {"alice"} for value in made.values())


def test_optional_ids_of_things_that_are_not_there_are_left_out() -> None:
    schema = {"type": "object", "properties": {"coupon_id": {"type": "integer"}, "text": {}}}
    assert set(maker().make(schema)) == {"text"}
    assert set(maker().make({**schema, "required": ["coupon_id"]})) == {"coupon_id", "text"}
    assert maker(lean=True).make({**schema, "required": []}) == {}


def test_what_is_an_id_by_its_name() -> None:
    assert all(is_id(name) for name in ("id", "note_id", "noteId", "user-uuid", "pk"))
    assert not any(is_id(name) for name in ("paid", "identity", "video", "text"))


def test_a_hostile_pattern_is_no_trap() -> None:
    assert maker().make({"type": "string", "pattern": "(" * 300}, "field")
    assert maker().make({"type": "string", "pattern": "["}, "field")
