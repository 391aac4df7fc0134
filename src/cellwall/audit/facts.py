"""Facts: which value stood where in whose answer. Read out of JSON; whose an object is, its canaries tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, final

from cellwall.audit.operation import singular
from cellwall.canary import CanaryBook

MOST_LEAVES: Final = 5000
_DEPTH: Final = 40
GENERIC: Final = frozenset({"id", "uuid", "guid", "pk", "slug", "key", "objectid", "oid", "ref"})


@final
@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that is no container: its key, the names of the containers around it, and whose object it is in."""

    key: str
    value: Any
    around: tuple[str, ...]
    owner: str | None  # by the canaries of the object; None where it has none


@final
@dataclass(frozen=True, slots=True)
class Fact:
    """`owner` has `value` under `key` of the thing `resources`, learned from `operation`."""

    owner: str
    key: str
    value: Any
    resources: tuple[str, ...]
    operation: str
    number: int

    @property
    def slot(self) -> tuple[str, str, str]:
        """What is compared between users: two users with one value here share it."""
        return plain(self.key), self.resources[-1] if self.resources else "", str(self.value)


def leaves(value: Any, book: CanaryBook) -> Iterator[Leaf]:
    """Give the values of a JSON document, at most `MOST_LEAVES` of them."""
    count = 0
    for leaf in _walk(value, "", (), None, book, 0):
        yield leaf
        count += 1
        if count >= MOST_LEAVES:
            return


def _walk(
    node: Any, key: str, around: tuple[str, ...], owner: str | None, book: CanaryBook, depth: int
) -> Iterator[Leaf]:
    if depth > _DEPTH:
        return
    if isinstance(node, Mapping):
        owner = _owner_of(node, book) or owner
        names = (*around, singular(key)) if key else around
        for name, child in node.items():
            yield from _walk(child, str(name), names, owner, book, depth + 1)
    elif isinstance(node, list):
        for child in node:
            yield from _walk(child, key, around, owner, book, depth + 1)
    elif node is not None:
        yield Leaf(key, node, around, owner)


def _owner_of(node: Mapping[str, Any], book: CanaryBook) -> str | None:
    texts = "\n".join(each for each in node.values() if isinstance(each, str) and len(each) < 10_000)
    owners = book.owners_in(texts) if texts else frozenset()
    return next(iter(owners)) if len(owners) == 1 else None


def plain(name: str) -> str:
    """Give a name without case and separators."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def fit(name: str, resource: str, fact: Fact) -> int:
    """Say how well a fact's value fits the parameter `name` of the thing `resource`: 0 not, 100 best."""
    wanted, key = plain(name), plain(fact.key)
    stem = plain(re.sub(r"[_\-]?(id|uuid|guid|pk|slug)$|(?<=[a-z])(Id|ID|Uuid)$", "", name))
    things = fact.resources
    if key == wanted and wanted not in GENERIC:
        return 100
    if key in GENERIC:
        return _generic_fit(wanted, stem, resource, things)
    if wanted in GENERIC and resource and key in (f"{resource}id", f"{resource}uuid"):
        return 85
    if stem and key in tuple(stem + tail for tail in ("id", "uuid", "number", "name", "slug", "key")):
        return 80 if key == stem + "id" else 60
    if (
        wanted in GENERIC
        and things
        and things[-1] == resource
        and key in ("name", "title", "code", "username")
    ):
        return 55
    if min(len(key), len(wanted)) >= 6 and (key.endswith(wanted) or wanted.endswith(key)):
        return 50
    return 0


def _generic_fit(wanted: str, stem: str, resource: str, things: tuple[str, ...]) -> int:
    stem = stem if stem and wanted not in GENERIC else resource
    if not stem or not things:
        return 0
    if things[-1] == singular(stem):
        return 90
    if things[-1].endswith(singular(stem)):
        return 82
    return 70 if singular(stem) in things[:-1] else 0


def fits_type(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a value can stand where the schema is."""
    kind = schema.get("type")
    if isinstance(value, bool | float):
        return False
    if kind == "integer":
        return isinstance(value, int) or (isinstance(value, str) and value.isdecimal())
    if schema.get("format") == "uuid":
        return isinstance(value, str) and re.fullmatch(r"[0-9a-fA-F-]{32,36}", value) is not None
    return isinstance(value, int | str) and str(value) != "" and len(str(value)) < 500
