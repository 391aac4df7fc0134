"""Facts: which value stood where in whose answer. Read out of JSON; whose an object is, its canaries tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, final

from cellwall.audit.operation import singular
from cellwall.canary import CanaryBook

MOST_LEAVES: Final = 5000
_DEPTH: Final = 40
_PAGES: Final = frozenset(
    ["cursor", "nextcursor", "pagetoken", "nextpagetoken", "continuationtoken", "nexttoken", "startingafter"]
)
GENERIC: Final = frozenset({"id", "uuid", "guid", "pk", "slug", "key", "objectid", "oid", "ref"})


@final
@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that is no container: its key, the names of what is around it, and whose object it is in."""

    key: str
    value: Any
    around: tuple[str, ...]
    owner: str | None  # by the canaries of the object; None where it has none


@final
@dataclass(frozen=True, slots=True)
class Fact:
    """`owner` has `value` under `key` of the thing `resources`, learned from `operation`.

    `marked`: the object around it has a canary of the owner, so that it is the owner's in any case.
    """

    owner: str
    key: str
    value: Any
    resources: tuple[str, ...]
    operation: str
    number: int
    marked: bool = False

    @property
    def slot(self) -> tuple[str, str, str]:
        """What is compared between users: two users with one value here share it."""
        return plain(self.key), self.resources[-1] if self.resources else "", str(self.value)


def leaves(value: Any, book: CanaryBook) -> Iterator[Leaf]:
    """Give the values of a JSON document, at most `MOST_LEAVES` of them."""
    yield from islice(_walk(Leaf("", value, (), None), book, 0), MOST_LEAVES)


def _walk(at: Leaf, book: CanaryBook, depth: int) -> Iterator[Leaf]:
    """Give the values below a node, which is a leaf whose value may yet be a container."""
    if depth > _DEPTH:
        return
    if isinstance(at.value, Mapping):
        owner = _owner_of(at.value, book) or at.owner
        names = (*at.around, singular(at.key)) if at.key else at.around
        for name, child in at.value.items():
            yield from _walk(Leaf(str(name), child, names, owner), book, depth + 1)
    elif isinstance(at.value, list):
        for child in at.value:
            yield from _walk(Leaf(at.key, child, at.around, at.owner), book, depth + 1)
    elif at.value is not None:
        yield at


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
    if is_page(name) and (key == f"next{wanted}" or (key in _PAGES and key.startswith("next"))):
        return 90
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


def is_page(name: str) -> bool:
    """Whether a parameter of this name says from where on a list goes on, by what an answer gave."""
    return plain(name) in _PAGES


def _generic_fit(wanted: str, stem: str, resource: str, things: tuple[str, ...]) -> int:
    """Say how well an `id` of these things fits: by the thing that the name says, else by the path."""
    if not things:
        return 0
    named = singular(stem) if stem and wanted not in GENERIC else ""
    if named and things[-1] == named:
        return 90
    if named and things[-1].endswith(named):
        return 82
    if named and named in things[:-1]:
        return 70
    if resource and things[-1] == resource:
        return 90 if not named else 65
    return 70 if resource in things[:-1] and not named else 0


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
