"""Descriptions become operations, and none of them leads anywhere else."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cellwall.audit.openapi import base_path, foreign_servers, read_openapi, resolve
from cellwall.audit.operation import Kind

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "servers": [{"url": "https://api.example.com/v9"}, {"url": "http://127.0.0.1:5000"}],
    "security": [{"bearer": []}],
    "paths": {
        "/notes/{note_id}": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {"operationId": "read"},
            "put": {
                "security": [],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Note"}}}
                },
            },
        },
        "/createdb": {"get": {}},
        "/login": {"post": {}},
    },
    "components": {
        "parameters": {
            "Id": {"name": "note_id", "in": "path", "required": True, "schema": {"type": "integer"}}
        },
        "schemas": {
            "Note": {
                "type": "object",
                "properties": {"text": {"type": "string"}, "parent": {"$ref": "#/components/schemas/Note"}},
            }
        },
    },
}


def test_operations_have_parameters_bodies_and_what_is_said_of_credentials() -> None:
    get, put, drop, login = read_openapi(DOCUMENT)
    assert get.parameters[0].schema == {"type": "integer"}
    assert (get.secured, put.secured) == (True, False)
    assert put.body is not None
    assert put.body.schema["properties"]["parent"] == {}  # it leads into itself
    assert (get.kind, put.kind, drop.kind, login.kind) == (Kind.READ, Kind.UPDATE, Kind.UNSAFE, Kind.ACCOUNT)


def test_servers_of_other_machines_are_noted_and_never_used() -> None:
    assert foreign_servers(DOCUMENT) == ["https://api.example.com/v9"]
    assert base_path(DOCUMENT) == ""
    assert base_path({"servers": [{"url": "/api/"}]}) == "/api"
    assert base_path({"servers": [{"url": "http://localhost:1/v1/"}]}) == "/v1"
    assert base_path({"servers": [{"url": "//evil.example/x"}]}) == ""


def test_a_path_is_in_the_description_or_not_called_at_all() -> None:
    assert read_openapi({"paths": {"https://evil.example/x": {"get": {}}, "x": {"get": {}}}}) == []


def test_references_outside_are_not_followed() -> None:
    assert resolve(DOCUMENT, {"$ref": "https://evil.example/schema.json"}) == {}
    assert resolve(DOCUMENT, {"$ref": "../../etc/passwd"}) == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "paths",
                    "/a/{b}",
                    "get",
                    "post",
                    "parameters",
                    "name",
                    "in",
                    "schema",
                    "$ref",
                    "servers",
                    "url",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_no_description_breaks_the_reader(document: Any) -> None:
    for operation in read_openapi(document):
        assert operation.path.startswith("/")
    foreign_servers(document)
