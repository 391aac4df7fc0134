"""One call of an operation with its values, and how it is written for the wire."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, final
from urllib.parse import quote, urlencode

from cellwall.audit.actor import Actor
from cellwall.audit.exchange import Request
from cellwall.audit.operation import Operation

_BOUNDARY: Final = "cellwall-audit-boundary"


@final
@dataclass(frozen=True)
class Call:
    """The values that an operation is called with; `body` is JSON data, None for no body."""

    operation: Operation
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None

    def values(self) -> dict[str, Any]:
        """Give what the call made or named, by name: the body's and the path's, not a query's filters."""
        body = self.body if isinstance(self.body, Mapping) else {}
        return {**body, **self.path}

    def with_value(self, place: str, name: str, value: Any) -> Call:
        """Give the call with one value replaced; a body's field by name, or by place: `input.id`."""
        if place == "body":
            return replace(self, body=_with(self.body, name, value))
        if place == "path":
            return replace(self, path={**self.path, name: value})
        if place == "query":
            return replace(self, query={**self.query, name: value})
        return replace(self, headers={**self.headers, name: value})

    def request(self, actor: Actor | None) -> Request:
        """Write the call as this user would send it; None sends no credentials."""
        path = self.operation.path
        for name in self.operation.path_names:
            path = path.replace("{" + name + "}", quote(str(self.path.get(name, "")), safe="@:.,-_~"))
        query = {name: value for name, value in self.query.items() if value is not None}
        if query:
            path += "?" + urlencode(query, doseq=True)
        headers = [
            *(actor.signed() if actor else []),
            *((name, str(value)) for name, value in self.headers.items()),
        ]
        body, content_type = self._body()
        if body:
            headers.append(("content-type", content_type))
        safe = quote(path, safe="/?&=%@:.,-_~+;!$'()*[]")
        return Request(self.operation.method, safe, tuple(headers), body, _address(actor))

    def _body(self) -> tuple[bytes, str]:
        spec = self.operation.body
        if spec is None or self.body is None:
            return b"", ""
        fields = self.body if isinstance(self.body, Mapping) else {}
        if spec.content_type == "application/x-www-form-urlencoded":
            return urlencode(
                {name: _plain(value) for name, value in fields.items()}
            ).encode(), spec.content_type
        if spec.content_type == "multipart/form-data":
            return _multipart(spec.schema, fields), f"multipart/form-data; boundary={_BOUNDARY}"
        return json.dumps(self.body).encode(), spec.content_type


def _with(body: Any, name: str, value: Any) -> dict[str, Any]:
    fields = dict(body) if isinstance(body, Mapping) else {}
    first, dot, rest = name.partition(".")
    if dot and name not in fields and isinstance(fields.get(first), Mapping):
        return {**fields, first: _with(fields[first], rest, value)}
    return {**fields, name: value}


def _address(actor: Actor | None) -> int:
    """Give each user an address of its own: a limit by address is not one by user."""
    return 1 if actor is None else 2 + sum(actor.name.encode()) % 200


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _multipart(schema: Mapping[str, Any], fields: Mapping[str, Any]) -> bytes:
    parts = []
    properties = schema.get("properties")
    for name, value in fields.items():
        field_schema = properties.get(name) if isinstance(properties, Mapping) else None
        is_file = isinstance(field_schema, Mapping) and (
            field_schema.get("format") == "binary" or "contentMediaType" in field_schema
        )
        file = f'; filename="{value}.txt"\r\ncontent-type: text/plain' if is_file else ""
        label = str(name).replace('"', "")
        parts.append(
            f'--{_BOUNDARY}\r\ncontent-disposition: form-data; name="{label}"{file}'
            f"\r\n\r\n{_plain(value)}\r\n"
        )
    return ("".join(parts) + f"--{_BOUNDARY}--\r\n").encode()
