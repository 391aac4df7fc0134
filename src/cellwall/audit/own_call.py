"""Makes the calls with which users ask for their own: ids as they were answered, canaries elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final, final

from cellwall.audit.actor import Actor, is_password
from cellwall.audit.call import Call
from cellwall.audit.example_value import OWN_ID, ValueMaker, is_id, own_ids
from cellwall.audit.facts import fits_type
from cellwall.audit.knowledge import Knowledge
from cellwall.audit.operation import Operation, Parameter
from cellwall.canary.canary import PREFIX

_SEARCH: Final = re.compile(r"q|query|search|term|keywords?|filter|text|needle", re.I)
_OWN_FIT: Final = 80  # from here on a value is of the very thing that a body's field names


class Variant(Enum):
    """How a body is filled: all fields, required ones only, or the description's examples."""

    FULL = "full"
    LEAN = "lean"
    SAMPLE = "sample"


@final
class OwnCalls:
    """Makes calls for users out of what is known of them."""

    def __init__(self, knowledge: Knowledge, fixed: Mapping[str, Any] | None = None) -> None:
        self._knowledge = knowledge
        self._fixed = fixed or {}  # parameter -> value that the user gave

    def make(self, actor: Actor, operation: Operation, label: str, variant: Variant) -> Call | str:
        """Give the call, or the name of the parameter for which nothing is known."""
        path, query, headers = dict[str, Any](), dict[str, Any](), dict[str, Any]()
        for parameter in operation.parameters:
            needed = parameter.required or is_id(parameter.name) or _SEARCH.fullmatch(parameter.name)
            if parameter.place == "cookie" or not needed:
                continue
            if parameter.place == "header" and parameter.name.lower() in ("authorization", "cookie"):
                continue
            value = self.parameter(actor, operation, parameter)
            if parameter.place == "query" and _SEARCH.fullmatch(parameter.name):
                value = PREFIX  # stands in all that anybody wrote: a search finds what it may, or more
            if value is None and parameter.place != "path" and parameter.required:
                value = self.maker(actor, label, variant).make(parameter.schema, parameter.name)
            if value is None and parameter.required:
                return parameter.name
            if value is not None:
                {"path": path, "query": query, "header": headers}[parameter.place][parameter.name] = value
        for _, name in own_ids(operation.body.schema) if operation.body else ():
            if name not in self._fixed and self._thing(actor, name, {}) is None:
                return name
        return Call(operation, path, query, headers, self.body(actor, operation, label, variant))

    def parameter(self, actor: Actor, operation: Operation, parameter: Parameter) -> Any:
        """Give the own value, or one of a catalogue, or the description's, for a parameter; None for none."""
        name, schema = parameter.name, parameter.schema
        if name in operation.fixed or name in self._fixed:
            return operation.fixed.get(name, self._fixed.get(name))
        resource = operation.resource_of(name)
        fact = self._knowledge.best(actor.name, name, schema, resource)
        if fact is None and name in actor.identity:
            return actor.identity[name]
        fact = fact or self._knowledge.common(name, schema, resource)
        if fact is not None:
            return fact.value
        if isinstance(schema.get("enum"), list) and schema["enum"]:
            return schema["enum"][0]
        return schema.get("default", schema.get("example"))

    def body(self, actor: Actor, operation: Operation, label: str, variant: Variant) -> Any:
        """Give a body for the operation, None where it takes none."""
        if operation.body is None:
            return None
        return self.maker(actor, label, variant).make(operation.body.schema)

    def _thing(self, actor: Actor, name: str, schema: Mapping[str, Any]) -> Any:
        """Give the id of something of the actor's, or of a catalogue, that this name means; None for none."""
        fact = self._knowledge.best(actor.name, name, schema, "", least=_OWN_FIT)
        fact = fact or self._knowledge.common(name, schema, "")
        return fact.value if fact is not None else None

    def maker(self, actor: Actor, label: str, variant: Variant) -> ValueMaker:
        """Give what makes values for this user."""

        def known(name: str, schema: Mapping[str, Any]) -> Any:
            if name in self._fixed:
                return self._fixed[name]
            own = actor.identity.get(name, actor.fields.get(name) if is_password(name) else None)
            if own is not None and (is_password(name) or fits_type(own, schema)):
                return own
            return self._thing(actor, name, schema) if is_id(name) or OWN_ID in schema else None

        book = self._knowledge.book
        return ValueMaker(
            book, actor.name, label, known, lean=variant is Variant.LEAN, sample=variant is Variant.SAMPLE
        )
