"""Inputs of requests are found one by one, compared, and put into another request."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.testing.probes.exchange import Request
from cellwall.testing.probes.inputs import Input, differing, inputs_of, with_inputs

JSON = (("content-type", "application/json"), ("content-length", "9"))
FORM = (("content-type", "application/x-www-form-urlencoded"),)


def test_every_input_is_found_and_credentials_are_none() -> None:
    headers = (("authorization", "x"), ("cookie", "y"), ("host", "z"), ("x-task", "t1"), *JSON)
    request = Request("POST", "/users/a%20b?q=1&q=2", headers, b'{"id": 7, "to": ["u", null]}')
    assert {str(at): value for at, value in inputs_of(request).items()} == {
        "path 1": "users",
        "path 2": "a b",
        "query 0.q": "1",
        "query 1.q": "2",
        "header x-task": "t1",
        "body id": "7",
        "body to.0": "u",
        "body to.1": "null",
    }
    assert inputs_of(Request("POST", "/", FORM, b"a=1"))[Input("body", (0, "a"))] == "1"
    assert inputs_of(Request("POST", "/", JSON, b"{broken")) == {}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (Request("GET", "/u/alice"), Request("GET", "/u/bob"), Request("GET", "/u/alice")),
        (Request("GET", "/u?x=1&id=a%26b"), Request("GET", "/u?x=1&id=c"), Request("GET", "/u?x=1&id=a%26b")),
        (
            Request("GET", "/", (("x-s", "a"),)),
            Request("GET", "/", (("x-s", "b"),)),
            Request("GET", "/", (("x-s", "a"),)),
        ),
        (
            Request("POST", "/", FORM, b"id=a"),
            Request("POST", "/", FORM, b"id=b"),
            Request("POST", "/", FORM, b"id=a"),
        ),
    ],
    ids=["path", "query", "header", "form"],
)
def test_what_differs_is_put_into_the_other(first: Request, second: Request, expected: Request) -> None:
    values = differing(first, second)
    assert len(values) == 1
    assert with_inputs(second, values) == expected
    assert differing(first, first) == {}


def test_json_keeps_kinds_and_the_length_is_right() -> None:
    second = Request("POST", "/", JSON, b'{"id":7,"name":"b"}')
    first = Request("POST", "/", JSON, b'{"id":12,"name":"a"}')
    changed = with_inputs(second, differing(first, second))
    assert json.loads(changed.body) == {"id": 12, "name": "a"}
    assert dict(changed.headers)["content-length"] == str(len(changed.body))


values = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=10)


@given(values, values)
def test_any_value_goes_into_a_path_and_out_again(first: str, second: str) -> None:
    from urllib.parse import quote

    a, b = (Request("GET", f"/u/{quote(value, safe='')}/x") for value in (first, second))
    assert inputs_of(with_inputs(b, differing(a, b))) == inputs_of(a)
