"""The part of JSON Schema that tools declare their arguments in. Other keywords are refused, not ignored."""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, Final

Schema = Mapping[str, Any]

ANNOTATIONS: Final = frozenset(
    {"$comment", "$schema", "default", "deprecated", "description", "examples", "format", "title"}
)


class Mismatch(Exception):  # noqa: N818  # an answer between two functions of this room, not an error of its own
    """A value does not fit; `where` is its place (`filter.tags[2]`), `expected` says what would."""

    def __init__(self, where: str, expected: str) -> None:
        super().__init__(f"{where or 'the arguments'} must be {expected}")
        self.where = where
        self.expected = expected


def check_schema(schema: object, where: str = "") -> None:
    """Make sure that every keyword of `schema`, to the bottom, is one that `check_value` knows.

    Raises:
        ValueError: a keyword is unknown or is given what it cannot take.
    """
    if isinstance(schema, bool):
        return
    if not isinstance(schema, Mapping):
        raise ValueError(f"schema{where} must be a mapping, got {type(schema).__name__}")
    for keyword, operand in schema.items():
        if keyword not in _CHECKS and keyword not in ANNOTATIONS:
            raise ValueError(f"schema{where}: the keyword {keyword!r} is not supported")
        if keyword in _TAKES and not _TAKES[keyword](operand):
            raise ValueError(f"schema{where}: {keyword!r} cannot be {operand!r:.80}")
    for name, inner in _inner_schemas(schema):
        check_schema(inner, f"{where}.{name}")


def check_value(value: Any, schema: Schema | bool, where: str = "") -> None:
    """Make sure that `value` fits a schema that `check_schema` let through.

    Raises:
        Mismatch: it does not.
    """
    if isinstance(schema, bool):
        if not schema:
            raise Mismatch(where, "left out: there is no such argument")
        return
    for keyword, operand in schema.items():
        check = _CHECKS.get(keyword)
        if check is not None:
            check(value, operand, where, schema)


def _inner_schemas(schema: Schema) -> list[tuple[str, object]]:
    inner = [(name, schema[name]) for name in ("items", "additionalProperties") if name in schema]
    inner += schema.get("properties", {}).items()
    return inner + [
        (f"{many}[{n}]", s) for many in ("anyOf", "allOf") for n, s in enumerate(schema.get(many, ()))
    ]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


_TYPES: Final[dict[str, Callable[[Any], bool]]] = {
    "object": lambda value: isinstance(value, Mapping),
    "array": lambda value: isinstance(value, list | tuple),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": _is_number,
    "integer": lambda value: _is_number(value) and value == int(value),
}


def _same(first: Any, second: Any) -> bool:
    """Equal as JSON is: True is not 1."""
    return first == second and isinstance(first, bool) == isinstance(second, bool)


def _type(value: Any, names: str | list[str], where: str, _: Schema) -> None:
    allowed = [names] if isinstance(names, str) else names
    if not any(_TYPES[name](value) for name in allowed):
        raise Mismatch(where, f"of type {' or '.join(allowed)}, not {type(value).__name__}")


def _enum(value: Any, options: list[Any], where: str, _: Schema) -> None:
    if not any(_same(value, option) for option in options):
        raise Mismatch(where, f"one of {', '.join(map(repr, options))}"[:300])


def _const(value: Any, only: Any, where: str, _: Schema) -> None:
    if not _same(value, only):
        raise Mismatch(where, f"{only!r:.100}")


def _properties(value: Any, schemas: Mapping[str, Schema], where: str, _: Schema) -> None:
    if isinstance(value, Mapping):
        for name in schemas.keys() & value.keys():
            check_value(value[name], schemas[name], _inside(where, name))


def _required(value: Any, names: list[str], where: str, _: Schema) -> None:
    for name in names:
        if isinstance(value, Mapping) and name not in value:
            raise Mismatch(_inside(where, name), "given: it is required")


def _additional(value: Any, rest: Schema | bool, where: str, schema: Schema) -> None:
    if isinstance(value, Mapping):
        for name in value.keys() - schema.get("properties", {}).keys():
            check_value(value[name], rest, _inside(where, f"{name!s:.80}"))


def _items(value: Any, schema: Schema, where: str, _: Schema) -> None:
    if isinstance(value, list | tuple):
        for number, item in enumerate(value):
            check_value(item, schema, f"{where}[{number}]")


def _any_of(value: Any, schemas: list[Schema], where: str, _: Schema) -> None:
    expected = []
    for schema in schemas:
        try:
            return check_value(value, schema, where)
        except Mismatch as mismatch:
            expected.append(mismatch.expected)
    raise Mismatch(where, " or ".join(expected)[:300])


def _all_of(value: Any, schemas: list[Schema], where: str, _: Schema) -> None:
    for schema in schemas:
        check_value(value, schema, where)


def _bound(fits: Callable[[Any, Any], bool], words: str, of: Callable[[Any], bool]) -> Callable[..., None]:
    def check(value: Any, limit: Any, where: str, _: Schema) -> None:
        if of(value) and not fits(value, limit):
            raise Mismatch(where, words.format(limit))

    return check


_string, _array = _TYPES["string"], _TYPES["array"]

_CHECKS: Final[dict[str, Callable[[Any, Any, str, Schema], None]]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "properties": _properties,
    "required": _required,
    "additionalProperties": _additional,
    "items": _items,
    "anyOf": _any_of,
    "allOf": _all_of,
    "minimum": _bound(lambda value, limit: value >= limit, "at least {}", _is_number),
    "maximum": _bound(lambda value, limit: value <= limit, "at most {}", _is_number),
    "exclusiveMinimum": _bound(lambda value, limit: value > limit, "over {}", _is_number),
    "exclusiveMaximum": _bound(lambda value, limit: value < limit, "under {}", _is_number),
    "minLength": _bound(lambda value, limit: len(value) >= limit, "at least {} characters long", _string),
    "maxLength": _bound(lambda value, limit: len(value) <= limit, "at most {} characters long", _string),
    "minItems": _bound(lambda value, limit: len(value) >= limit, "at least {} items long", _array),
    "maxItems": _bound(lambda value, limit: len(value) <= limit, "at most {} items long", _array),
}


def _names(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(name, str) for name in value)


def _is_type(value: object) -> bool:
    names = [value] if isinstance(value, str) else value
    return _names(names) and set(names) <= _TYPES.keys()  # type: ignore[call-overload]


_TAKES: Final[dict[str, Callable[[Any], bool]]] = {
    "type": _is_type,
    "required": _names,
    "properties": lambda value: isinstance(value, Mapping),
    **dict.fromkeys(("enum", "anyOf", "allOf"), _array),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _is_number),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), lambda value: type(value) is int),
}


def _inside(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
