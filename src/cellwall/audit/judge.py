"""The oracle: decides from answers alone whether one user was shown, or has changed, what is another's."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from cellwall.audit.actor import ALICE
from cellwall.audit.exchange import Exchange, Response
from cellwall.audit.knowledge import Knowledge
from cellwall.audit.lab import json_values

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}:\d\d:\d\d")
_SENSITIVE: Final = re.compile(
    r"balance|amount|salary|price|card|iban|account_?n|cvv|ssn|passport|tax|phone|mobile|address|birth|email|"
    r"secret|token|password|passwd|hash|api_?key|medical|diagnos|message|note|content|transaction|location|order",
    re.I,
)
_SECRET: Final = re.compile(r"password|passwd|secret|token|api_?key|hash|cvv|pin$", re.I)


def shown(knowledge: Knowledge, exchange: Exchange, owner: str = ALICE) -> set[str]:
    """Give the values that only `owner` has and the answer shows, without those that the request sent."""
    if not exchange.response.ok:
        return set()
    sent = knowledge.book.values_in(exchange.request.text)
    return {value for value in knowledge.values_of(owner, exchange.response.text) if not _within(value, sent)}


def _within(value: str, sent: Iterable[str]) -> bool:
    return any(value in each or each in value for each in sent)


def same_content(one: Response, other: Response, sent: Iterable[str]) -> bool:
    """Whether two answers hold the same, and something that the requests did not say: not only their ids."""
    if not (one.ok and other.ok) or not one.body or one.cut or other.cut:
        return False
    first, second = _steady(one), _steady(other)
    if first != second or not first:
        return False
    said = set(sent)
    telling = [value for value in first.values() if not isinstance(value, bool) and str(value) not in said]
    return any(isinstance(value, int | float) or len(str(value)) >= 6 for value in telling)


def _steady(response: Response) -> dict[tuple[str, ...], Any]:
    return {
        path: value for path, value in json_values(response).items() if _MOMENT.search(str(value)) is None
    }


def hers(response: Response, values: Collection[str], *, whole: bool = False) -> dict[str, Any]:
    """Give the values of the objects that one of `values` stands in, by object and place, moments left out.

    `whole` takes an answer without such an object as one object: it was asked for by the value itself.
    """
    found: dict[str, Any] = {}
    for name, node in _named_objects(response.json, values):
        for path, value in _flat(node):
            if _MOMENT.search(str(value)) is None:
                found.setdefault(f"{name}: {'.'.join(path)}", value)
    if not found and whole:
        return {".".join(path): value for path, value in _steady(response).items()}
    return found


def _named_objects(node: Any, values: Collection[str], depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Give the outermost objects that have one of the values as a field of their own, with that value."""
    if depth > 40:
        return
    if isinstance(node, dict):
        name = next((str(each) for each in node.values() if _plain(each) and str(each) in values), None)
        if name is not None:
            yield name, node
            return
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _named_objects(child, values, depth + 1)


def _plain(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _flat(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(node, dict | list) and len(path) < 40:
        pairs = node.items() if isinstance(node, dict) else enumerate(node)
        for key, child in pairs:
            yield from _flat(child, (*path, str(key)))
    else:
        yield path, node


def differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Give what differs between two readings, by its place."""
    places = sorted(first.keys() | second.keys())
    return {
        place: (first.get(place), second.get(place))
        for place in places
        if first.get(place) != second.get(place)
    }


def keys_with(response: Response, values: set[str]) -> set[str]:
    """Give the names of the fields in which one of the values stands."""
    found = set()
    for path, value in json_values(response).items():
        if isinstance(value, str) and any(each in value for each in values):
            found |= {part for part in path[-1:] if not part.isdigit()}
    return found


def is_sensitive(response: Response) -> bool:
    """Whether the answer has fields whose names speak of what is nobody else's business."""
    return any(
        _SENSITIVE.search(part) for path in json_values(response) for part in path if not part.isdigit()
    )


def secret_fields(response: Response, values: set[str]) -> set[str]:
    """Give the fields with credentials among those that hold one of the values."""
    return {name for name in keys_with(response, values) if _SECRET.search(name)}


def excerpt(response: Response, values: Collection[str], *, around: int = 60) -> str:
    """Give the text around the first of the values, for a person to see."""
    whole, body = response.text, response.body.decode(errors="replace")
    text = body if any(value in body for value in values) else whole
    for value in sorted(values):
        place = text.find(value)
        if place >= 0:
            return text[max(0, place - around) : place + len(value) + around]
    return text[: 2 * around]


def fields_of(mapping: Mapping[str, Any]) -> str:
    """Name fields for a sentence."""
    return ", ".join(sorted(mapping)) or "a field"
