"""Requests as users write them fill operations, or stand beside them."""

from __future__ import annotations

import pytest

from cellwall.audit.configured_request import read_request, with_configured
from cellwall.audit.errors import AuditError
from cellwall.audit.operation import Kind, Operation, Parameter

RUN = Operation("POST", "/agents/{name}/run", (Parameter("name", "path", {}, True),))


def test_the_first_fills_the_operation_and_the_second_stands_beside() -> None:
    first, second = with_configured(
        [RUN], ['POST /agents/summary/run {"prompt": {text}}', 'POST /agents/other/run {"op": "read"}']
    )
    assert (first.key, first.fixed, first.kind) == (
        "POST /agents/{name}/run",
        {"name": "summary"},
        Kind.CREATE,
    )
    assert first.body is not None
    assert first.body.schema["properties"] == {"prompt": {"type": "string"}}
    assert second.key == 'POST /agents/other/run {"op": "read"}'
    assert second.body is not None
    assert second.body.schema["properties"] == {"op": {"const": "read"}}


def test_a_request_for_what_is_not_described_is_an_operation() -> None:
    _, made = with_configured([RUN], ["GET /search?q={text}&limit=5"])
    assert made.key == "GET /search"
    assert [(each.name, dict(each.schema)) for each in made.parameters] == [
        ("q", {"type": "string"}),
        ("limit", {"const": "5"}),
    ]


@pytest.mark.parametrize(
    "text", ["", "FETCH /x", "GET http://192.0.2.1/", "GET //192.0.2.1/", "POST /x {bad"]
)
def test_what_is_no_request_is_refused(text: str) -> None:
    with pytest.raises(AuditError):
        read_request(text)
