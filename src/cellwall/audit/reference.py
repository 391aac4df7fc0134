"""Where a call names something that may be somebody's, and the calls with another's in those places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

from cellwall.audit.actor import ALICE, Actor, is_password
from cellwall.audit.call import Call
from cellwall.audit.example_value import is_id, is_ids, own_ids, plain_schema, singular_name
from cellwall.audit.lab import Lab
from cellwall.audit.operation import Operation, Parameter
from cellwall.audit.own_call import Variant

_CLOSE = 80  # how well a value must fit a place that need not be an id at all


@final
@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a call with the owner's value for it."""

    place: str
    name: str
    value: Any
    many: bool = False  # it stands in a list

    @property
    def sent(self) -> Any:
        """The value as it stands in a call."""
        return [self.value] if self.many else self.value

    def __str__(self) -> str:
        return f"{self.place} {self.name}"


def is_choice(schema: Mapping[str, Any]) -> bool:
    """Whether the description lists the values, so that they are nobody's."""
    return "enum" in schema or "const" in schema


def takes_id(operation: Operation, fixed: Mapping[str, Any]) -> bool:
    """Whether a call names a thing: by a path parameter that is no choice, or a field called an id."""
    for parameter in operation.parameters:
        if parameter.name in operation.fixed or parameter.name in fixed or is_choice(parameter.schema):
            continue
        if parameter.place == "path" and not _is_version(parameter):
            return True
        if parameter.place == "query" and (is_id(parameter.name) or is_ids(parameter.name)):
            return True
    needed = plain_schema(operation.body.schema).get("required") or () if operation.body else ()
    fields = body_fields(operation)
    named = any((is_id(name) or is_ids(name)) and name in needed and name not in fixed for name in fields)
    return named or bool(operation.body and any(own_ids(operation.body.schema)))


def _is_version(parameter: Parameter) -> bool:
    return parameter.name.lower() in ("version", "locale", "lang", "language", "format")


def body_fields(operation: Operation) -> dict[str, Mapping[str, Any]]:
    """Give the fields of the body's first level."""
    fields = plain_schema(operation.body.schema).get("properties") if operation.body else None
    found = fields if isinstance(fields, Mapping) else {}
    return {str(name): plain_schema(each) for name, each in found.items() if isinstance(each, Mapping)}


def references(lab: Lab, operation: Operation, owner: Actor) -> list[Reference]:
    """Give the places for which `owner` has a value of its own."""
    found = []
    for parameter in operation.parameters:
        if parameter.name in operation.fixed or is_choice(parameter.schema) or parameter.place == "cookie":
            continue
        loose = parameter.place == "path" or is_id(parameter.name)
        value = _value(lab, owner, parameter.name, parameter.schema, operation, loose=loose)
        if value is not None:
            found.append(Reference(parameter.place, parameter.name, value))
    for name, schema in body_fields(operation).items():
        if not is_choice(schema) and not is_password(name):
            own = owner.identity.get(name)
            value = own if own is not None else None
            many = is_ids(name) and schema.get("type", "array") == "array"
            if value is None and (is_id(name) or many):
                of = schema.get("items", {}) if many else schema
                value = _value(lab, owner, singular_name(name) if many else name, of, operation, loose=False)
            if value is not None:
                found.append(Reference("body", name, value, many))
    for place, name in own_ids(operation.body.schema) if operation.body else ():
        value = _value(lab, owner, name, {}, operation, loose=False)
        if value is not None:
            found.append(Reference("body", place, value))
    return found


def _value(
    lab: Lab, owner: Actor, name: str, schema: Mapping[str, Any], operation: Operation, *, loose: bool
) -> Any:
    resource = operation.resource_of(name) if "{" + name + "}" in operation.path else ""
    options = {} if loose else {"least": _CLOSE}
    fact = lab.knowledge.best(owner.name, name, schema, resource, **options)
    return fact.value if fact is not None else owner.identity.get(name)


def foreign_calls(lab: Lab, operation: Operation) -> list[tuple[tuple[Reference, ...], Call]]:
    """Give bob's calls with alice's values: all of path and query, her child below his parent, each other."""
    alice, bob = lab.actors[ALICE], lab.bob
    hers = references(lab, operation, alice)
    if not hers:
        return []
    named = tuple(each for each in hers if each.place in ("path", "query"))
    variant = lab.variants.get(operation.key, Variant.FULL)
    base = lab.calls.make(bob, operation, f"{operation.key}:probe", variant)
    if isinstance(base, str):  # bob has none of his own: hers stand in for what is missing
        base = lab.calls.make(alice, operation, f"{operation.key}:probe", variant)
        if isinstance(base, str):
            return []
        base = Call(
            operation, base.path, base.query, base.headers,
            lab.calls.body(bob, operation, f"{operation.key}:probe", variant),
        )  # fmt: skip
    found = []
    if named:
        call = base
        for each in named:
            call = call.with_value(each.place, each.name, each.sent)
        found.append((named, _with_fresh_names(lab, call, variant) if operation.method != "GET" else call))
    in_path = [each for each in named if each.place == "path"]
    if len(in_path) > 1 and isinstance(lab.calls.make(bob, operation, "", variant), Call):
        child = max(in_path, key=lambda each: operation.path_names.index(each.name))
        found.append(((child,), base.with_value("path", child.name, child.value)))
    for each in hers:
        if each.place in ("header", "body"):
            found.append(((each,), base.with_value(each.place, each.name, each.sent)))
    return found


def _with_fresh_names(lab: Lab, call: Call, variant: Variant) -> Call:
    """Give bob's call new values where he would send the names that he signed up with."""
    if not isinstance(call.body, Mapping):
        return call
    maker = lab.calls.maker(lab.bob, f"{call.operation.key}:probe", variant)
    fields = body_fields(call.operation)
    fresh = {
        name: maker.text(fields[name], name)
        for name, value in call.body.items()
        if lab.bob.identity.get(name) == value and name in fields and isinstance(value, str)
    }
    return (
        call
        if not fresh
        else Call(call.operation, call.path, call.query, call.headers, {**call.body, **fresh})
    )
