"""Searches whatever an attack got back for what only Victoria may see, without asking a database."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Final

from attacks.world import NUMBER, SECRET

DEPTH: Final = 8
WIDTH: Final = 500
PIECES: Final = tuple(SECRET[start : start + 8] for start in range(0, len(SECRET) - 7))


def find(loot: object) -> str | None:
    """Give the way to the first secret in `loot`, such as `[0].body`; None when there is none."""
    return _find(loot, "", 0, set())


def _find(thing: object, way: str, depth: int, seen: set[int]) -> str | None:
    if isinstance(thing, str | bytes | bytearray | int | float) or thing is None:
        return (way or "itself") if _secret(thing) else None
    if depth > DEPTH or id(thing) in seen:
        return None
    seen.add(id(thing))
    for step, part in islice(_parts(thing), WIDTH):
        found = _find(part, way + step, depth + 1, seen)
        if found:
            return found
    return None


def _secret(value: object) -> bool:
    if isinstance(value, bytes | bytearray):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str):
        return any(piece in value for piece in PIECES) or str(NUMBER) in value
    return value == NUMBER


def _parts(thing: object) -> Iterable[tuple[str, object]]:
    if isinstance(thing, BaseException):
        yield ".text", str(thing)
        yield ".cause", thing.__cause__
        yield ".context", thing.__context__
    elif isinstance(thing, Mapping):
        for key, value in thing.items():
            yield f"[{key!r}]", value
            yield ".key", key
    elif isinstance(thing, Iterable):
        for number, value in enumerate(thing):
            yield f"[{number}]", value
    else:  # an object of the ORM: what it has loaded, and nothing that would ask for more
        for name, value in getattr(thing, "__dict__", {}).items():
            if not name.startswith("_"):
                yield f".{name}", value
