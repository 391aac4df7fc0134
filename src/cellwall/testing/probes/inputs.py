"""The inputs of a request one by one: path segments, query values, headers, values of a JSON or form body."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode

from cellwall.testing.probes.exchange import CREDENTIALS, Request

Kind = Literal["path", "query", "header", "body"]
_TRANSPORT: Final = frozenset(
    (
        "host",
        "content-length",
        "content-type",
        "accept",
        "accept-encoding",
        "connection",
        "user-agent",
        "traceparent",
    )
)


class Input(NamedTuple):
    """Where one value stands in a request; `at` is its number, name or path there."""

    kind: Kind
    at: tuple[str | int, ...]

    def __str__(self) -> str:
        return f"{self.kind} {'.'.join(map(str, self.at))}"


def inputs_of(request: Request) -> dict[Input, str]:
    """Give every value that a user can vary, credentials and headers of transport apart."""
    path, _, query = request.target.partition("?")
    found = {Input("path", (n,)): unquote(part) for n, part in enumerate(path.split("/")) if part}
    found |= {Input("query", (n, key)): value for n, (key, value) in enumerate(_pairs(query))}
    for name, value in request.headers:
        if name not in CREDENTIALS and name not in _TRANSPORT:
            found[Input("header", (name,))] = value
    body = _json_of(request)
    if body is not None:
        found |= {Input("body", at): _written(value) for at, value in _leaves(body, ())}
    elif _is_form(request):
        pairs = enumerate(_pairs(request.body.decode(errors="replace")))
        found |= {Input("body", (n, key)): value for n, (key, value) in pairs}
    return found


def differing(first: Request, second: Request) -> dict[Input, str]:
    """Give the first request's values of inputs that both have, and that differ."""
    others = inputs_of(second)
    return {at: value for at, value in inputs_of(first).items() if at in others and others[at] != value}


def with_inputs(request: Request, values: Mapping[Input, str]) -> Request:
    """Give the request with these values in place of its own."""
    for where, value in values.items():
        request = _CHANGE[where.kind](request, where.at, value)
    return request


def _in_path(request: Request, at: tuple[str | int, ...], value: str) -> Request:
    path, mark, query = request.target.partition("?")
    parts = path.split("/")
    parts[int(at[0])] = quote(value, safe="")
    return replace(request, target="/".join(parts) + mark + query)


def _in_query(request: Request, at: tuple[str | int, ...], value: str) -> Request:
    path, _, query = request.target.partition("?")
    return replace(request, target=f"{path}?{_with_pair(query, int(at[0]), value)}")


def _in_header(request: Request, at: tuple[str | int, ...], value: str) -> Request:
    headers = tuple((name, value if name == at[0] else held) for name, held in request.headers)
    return replace(request, headers=headers)


def _in_body(request: Request, at: tuple[str | int, ...], value: str) -> Request:
    body = _json_of(request)
    if body is None:
        written = _with_pair(request.body.decode(errors="replace"), int(at[0]), value).encode()
    else:
        holder = body
        for step in at[:-1]:
            holder = holder[step]
        if at:
            holder[at[-1]] = value if isinstance(holder[at[-1]], str) else json.loads(value)
        written = json.dumps(body, separators=(",", ":")).encode()
    headers = tuple(
        (name, str(len(written)) if name == "content-length" else held) for name, held in request.headers
    )
    return replace(request, body=written, headers=headers)


_CHANGE: Final[Mapping[Kind, Any]] = {
    "path": _in_path,
    "query": _in_query,
    "header": _in_header,
    "body": _in_body,
}


def _pairs(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True)


def _with_pair(text: str, number: int, value: str) -> str:
    pairs = _pairs(text)
    pairs[number] = (pairs[number][0], value)
    return urlencode(pairs)


def _json_of(request: Request) -> Any:
    """Give a JSON object or list; None for other bodies."""
    if request.body[:1] not in (b"{", b"["):
        return None
    try:
        return json.loads(request.body)
    except ValueError:
        return None


def _is_form(request: Request) -> bool:
    return any(name == "content-type" and "form-urlencoded" in value for name, value in request.headers)


def _leaves(value: Any, at: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, dict):
        for key, held in value.items():
            yield from _leaves(held, (*at, key))
    elif isinstance(value, list):
        for number, held in enumerate(value):
            yield from _leaves(held, (*at, number))
    elif at:
        yield at, value


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
