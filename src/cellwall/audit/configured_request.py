"""Requests as the user writes them, `POST /notes {"text": {text}}`, read into operations."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qsl

from cellwall.audit.errors import AuditError
from cellwall.audit.example_value import OWN_ID
from cellwall.audit.openapi import METHODS
from cellwall.audit.operation import Body, Operation, Parameter

_TEXT: Final = "\x00text"  # what stands for {text} while the body is read as JSON
_ID: Final = "\x00id:"  # and for another name in braces


def with_configured(operations: Sequence[Operation], requests: Sequence[str]) -> list[Operation]:
    """Add the requests: the first for an operation fills it, others of the same path stand beside it.

    Raises:
        AuditError: a request cannot be read.
    """
    result = list(operations)
    filled: set[str] = set()
    for text in requests:
        request = read_request(text)
        match = next((each for each in result if _matches(each, request)), None)
        if match is None or match.key in filled:
            beside = replace(request, path=request.path, words=text)
            result.append(replace(beside, origin=text) if match is not None else beside)
            continue
        filled.add(match.key)
        values = _path_values(match, request.path)
        given = tuple(
            each for each in match.parameters if each.name not in {p.name for p in request.parameters}
        )
        result[result.index(match)] = replace(
            match, fixed=values, body=request.body or match.body, parameters=(*given, *request.parameters)
        )
    return result


def read_request(text: str) -> Operation:
    """Read one request; `{text}` is what each user writes of its own, other names in braces are ids.

    Raises:
        AuditError: it is no method, path and JSON body.
    """
    method, _, rest = text.strip().partition(" ")
    target, _, body = rest.strip().partition(" ")
    if method.lower() not in METHODS or not target.startswith("/") or target.startswith("//"):
        raise AuditError(f'{text!r} is no request; write it as POST /notes {{"text": {{text}}}}')
    path, _, query = target.partition("?")
    try:
        data = json.loads(_marked(body)) if body.strip() else None
    except ValueError as error:
        raise AuditError(f"{text!r}: its body is no JSON: {error}") from None
    named = (Parameter(name, "path", {}, True) for name in Operation("GET", path).path_names)
    parameters = (
        *named,
        *(
            Parameter(name, "query", {"type": "string"} if value == "{text}" else {"const": value}, True)
            for name, value in parse_qsl(query, keep_blank_values=True)
        ),
    )
    schema = _schema(data)
    return Operation(
        method.upper(), path, parameters, Body("application/json", schema) if data is not None else None,
        origin="configured",
    )  # fmt: skip


def _marked(body: str) -> str:
    """Put marks in the place of names in braces that stand outside of strings."""
    inside, parts, at = False, list[str](), 0
    for match in re.finditer(r'\\.|"|{([A-Za-z_]\w*)}', body):
        if match[0] == '"':
            inside = not inside
        if match[1] and not inside:
            mark = _TEXT if match[1] == "text" else _ID + match[1]
            parts += [body[at : match.start()], json.dumps(mark)]
            at = match.end()
    return "".join([*parts, body[at:]])


def _schema(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return {
            "type": "object",
            "properties": {name: _schema(each) for name, each in value.items()},
            "required": list(value),
        }
    if isinstance(value, str) and value.startswith(_ID):
        return {OWN_ID: value.removeprefix(_ID)}
    return {"type": "string"} if value == _TEXT else {"const": value}


def _matches(operation: Operation, request: Operation) -> bool:
    return operation.method == request.method and _pattern(operation).fullmatch(request.path) is not None


def _path_values(operation: Operation, path: str) -> dict[str, str]:
    match = _pattern(operation).fullmatch(path)
    return dict(zip(operation.path_names, match.groups(), strict=True)) if match else {}


def _pattern(operation: Operation) -> re.Pattern[str]:
    parts = re.split(r"{[^{}]+}", operation.path)
    return re.compile("([^/]+)".join(re.escape(part) for part in parts))
