"""Makes values that a JSON schema accepts, with a canary in every text: deterministic from book and labels.

Where a canary does not fit (too long, another alphabet), a value that only this owner has is made from it.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, final

from cellwall.canary import CanaryBook, UnfitValueError

_DEPTH: Final = 8
_PATTERN_LIMIT: Final = 200  # characters of a pattern that is tried; longer ones are hostile or hopeless
_CANDIDATES: Final = (
    "12/30",
    "2030-01-15",
    "12:30",
    "+14155550123",
    "AB12CD34",
    "A1B2C3",
    "abc",
    "0",
    "1234",
)
OWN_ID: Final = "x-cellwall-id"  # in a schema: the id of something of one's own, by this name
Known = Callable[[str, Mapping[str, Any]], Any]


@final
class ValueMaker:
    """Makes one owner's values. `known` gives those that are taken as they are, such as ids; else None."""

    def __init__(
        self,
        book: CanaryBook,
        owner: str,
        label: str,
        known: Known,
        *,
        lean: bool = False,
        sample: bool = False,
    ) -> None:
        self._book, self._owner, self._label, self._known = book, owner, label, known
        self._lean = lean  # required fields only
        self._sample = sample  # the description's examples instead of own values
        self.made: dict[str, str] = {}  # field -> text that only the owner has

    def make(self, schema: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
        """Give a value for `schema`, which belongs to the field `name`."""
        schema = plain_schema(schema)
        known = self._known(str(schema.get(OWN_ID, name)), schema) if name else None
        if known is not None:
            return known
        for key in ("const", "example", "default"):
            if key in schema and (key == "const" or (self._sample and schema[key] is not None)):
                return schema[key]
        if isinstance(schema.get("enum"), list) and schema["enum"]:
            return schema["enum"][0]
        return self._typed(schema, name, depth)

    def _typed(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        kind = schema_type(schema)
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            return self._array(schema, name, depth)
        if kind in ("integer", "number"):
            return number(schema, whole=kind == "integer")
        if kind == "boolean":
            return bool(schema.get("default", False))
        return None if kind == "null" else self.text(schema, name)

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        needed = [str(each) for each in schema.get("required", ()) if isinstance(each, str)]
        fields = schema.get("properties")
        fields = fields if isinstance(fields, Mapping) else {}
        made: dict[str, Any] = {}
        for name, given in fields.items():
            field = given if isinstance(given, Mapping) else {}
            if name not in needed and (self._lean or depth >= _DEPTH or self._is_reference(name, field)):
                continue
            made[str(name)] = self.make(field, str(name), depth + 1)
        return made

    def _is_reference(self, name: str, schema: Mapping[str, Any]) -> bool:
        """Whether an optional field names something that is not there."""
        return is_id(name) and self._known(name, plain_schema(schema)) is None

    def _array(self, schema: Mapping[str, Any], name: str, depth: int) -> list[Any]:
        items = schema.get("items")
        if not isinstance(items, Mapping) or depth >= _DEPTH:
            return []
        least = schema.get("minItems")
        count = least if isinstance(least, int) and 0 < least <= 20 else 1
        return [self.make(items, singular_name(name), depth + 1) for _ in range(count)]

    def text(self, schema: Mapping[str, Any], name: str) -> str:
        """Give a text for the field that only the owner has, as far as the schema leaves room."""
        made = self._shaped(schema, name)
        longest = schema.get("maxLength")
        if isinstance(longest, int) and 0 <= longest < len(made):
            made = self._token(name)[-longest:] if longest else ""
        least = schema.get("minLength")
        if isinstance(least, int) and len(made) < least <= 10_000:
            made += "x" * (least - len(made))
        made = self._matching(schema, made)
        self._claim(name, made)
        return made

    def _shaped(self, schema: Mapping[str, Any], name: str) -> str:
        shape = f"{schema.get('format', '')} {name}".lower()
        canary = self._book.issue_value(self._owner, f"{self._label}:{name}")
        if schema.get("format") == "uuid" or "uuid" in shape:
            return str(uuid.UUID(bytes=self._digest(name)[:16], version=4))
        if "email" in shape or "e-mail" in shape:
            return f"{canary}@example.com"
        if "password" in shape or "passwd" in shape or "passphrase" in shape:
            return f"Aa1!{canary}"
        if "date-time" in shape or "datetime" in shape:
            return "2030-01-15T12:00:00Z"
        if schema.get("format") == "date":
            return "2030-01-15"
        if schema.get("format") == "time":
            return "12:00:00"
        if any(word in shape for word in ("phone", "mobile", "msisdn")) and "pattern" in schema:
            return "+1" + self._digits(name)
        if schema.get("format") in ("uri", "url") or name.lower().endswith(("url", "uri")):
            return f"http://127.0.0.1:9/{canary}"  # the discard port of the machine that fetches it
        return "127.0.0.1" if schema.get("format") in ("ipv4", "ip") else canary

    def _matching(self, schema: Mapping[str, Any], made: str) -> str:
        pattern = schema.get("pattern")
        if not isinstance(pattern, str) or len(pattern) > _PATTERN_LIMIT:
            return made
        digits = self._digits("digits")
        tried = [
            made,
            f"+1{digits}",
            *(digits[:count] for count in range(10, 2, -1)),
            made.upper(),
            *_CANDIDATES,
        ]
        try:
            return next((each for each in tried if re.search(pattern, each[:64])), made)
        except (re.error, RecursionError):
            return made

    def _token(self, name: str) -> str:
        return "q" + self._digest(name).hex()

    def _digits(self, name: str) -> str:
        return str(int.from_bytes(self._digest(name)[:8]) % 9_000_000_000 + 1_000_000_000)

    def _digest(self, name: str) -> bytes:
        seed = f"{self._book.seed}\0{self._owner}\0{self._label}\0{name}"
        return hashlib.blake2b(seed.encode(), digest_size=20).digest()

    def _claim(self, name: str, made: str) -> None:
        self.made[name] = made
        if not made.startswith(("2030-", "127.0.0.1")) and made not in _CANDIDATES:
            try:
                self._book.claim(self._owner, made)
            except UnfitValueError:
                return  # too short to be told from chance


def plain_schema(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Choose one of the alternatives of a schema, and fold what must hold together."""
    for key in ("anyOf", "oneOf"):
        choices = [each for each in schema.get(key) or () if isinstance(each, Mapping)]
        chosen = next((each for each in choices if each.get("type") != "null"), None)
        if chosen is not None:
            return plain_schema({**{name: value for name, value in schema.items() if name != key}, **chosen})
    parts = [plain_schema(each) for each in schema.get("allOf") or () if isinstance(each, Mapping)]
    if not parts:
        return schema
    folded: dict[str, Any] = {key: value for key, value in schema.items() if key != "allOf"}
    for part in parts:
        fields = {**(folded.get("properties") or {}), **(part.get("properties") or {})}
        needed = [*(folded.get("required") or ()), *(part.get("required") or ())]
        folded = {**folded, **part}
        if fields:
            folded |= {"properties": fields, "required": needed}
    return folded


def schema_type(schema: Mapping[str, Any]) -> str:
    """Give the type that a schema asks for; text where it does not say."""
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), "string")
    if isinstance(kind, str):
        return "string" if kind == "file" else kind
    return "object" if "properties" in schema else "array" if "items" in schema else "string"


def number(schema: Mapping[str, Any], *, whole: bool, step: int = 0) -> Any:
    """Give a small number within the bounds; `step` gives others."""
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    low = low if isinstance(low, int | float) and not isinstance(low, bool) and abs(low) < 1e12 else 1
    value = max(low, 1) + (1 if "exclusiveMinimum" in schema else 0) + step
    high = schema.get("maximum")
    if isinstance(high, int | float) and not isinstance(high, bool):
        value = min(value, high)
    multiple = schema.get("multipleOf")
    if isinstance(multiple, int | float) and multiple > 0:
        value = max(1, round(value / multiple)) * multiple
    return int(value) if whole else float(value)


def is_id(name: str) -> bool:
    """Whether a field of this name looks like the id of something."""
    return re.search(r"(^|[_\-.])(id|uuid|guid|pk|ref)$|[a-z](Id|ID|Uuid|UUID)$", name) is not None


def is_ids(name: str) -> bool:
    """Whether a field of this name looks like a list of ids."""
    return name.lower() in ("ids", "uuids") or (name.endswith("s") and is_id(singular_name(name)))


def own_ids(schema: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, str]]:
    """Give the ids that a written request's body names, at any depth: where they stand, and as what."""
    if OWN_ID in schema:
        yield place, str(schema[OWN_ID])
    fields = schema.get("properties")
    for name, field in fields.items() if isinstance(fields, Mapping) else ():
        if isinstance(field, Mapping) and len(place) < 200:
            yield from own_ids(field, f"{place}.{name}" if place else str(name))


def singular_name(name: str) -> str:
    """Give the name of one of a list's items: `tag_ids` has `tag_id`s."""
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name
