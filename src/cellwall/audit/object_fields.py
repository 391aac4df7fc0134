"""Finds a body for a write whose description is wrong or silent: one text field of the object itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from cellwall.audit.actor import ALICE
from cellwall.audit.example_value import is_id
from cellwall.audit.investigation import Investigation
from cellwall.audit.operation import Body, Operation
from cellwall.audit.reference import Reference

MOST_FIELDS: Final = 3
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d")


def object_writes(
    at: Investigation, operation: Operation, references: list[Reference]
) -> Iterator[Operation]:
    """Give the operation with bodies of one field each, as alice's object shows them."""
    values = {str(each.value) for each in references if each.place == "path"}
    for call in at.lab.views(values, operation.resources):
        answer = at.lab.answers[call.operation.key, ALICE].response
        fields = next(
            (found for found in _objects(answer.json) if values & {str(v) for v in found.values()}), {}
        )
        names = [
            name
            for name, value in fields.items()
            if isinstance(value, str) and value and not is_id(name) and value not in values
            if len(value) < 500 and _MOMENT.search(value) is None
        ]
        for name in names[:MOST_FIELDS]:
            schema = {"type": "string", "maxLength": max(len(fields[name]), 4)}
            body = {"type": "object", "properties": {name: schema}, "required": [name]}
            content_type = operation.body.content_type if operation.body else "application/json"
            yield replace(operation, body=Body(content_type, body))
        return


def _objects(node: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if depth > 20:
        return
    if isinstance(node, Mapping):
        for child in node.values():
            yield from _objects(child, depth + 1)
        yield node
    elif isinstance(node, list):
        for child in node[:200]:
            yield from _objects(child, depth + 1)
