"""Makes something as bob that says it is alice's, in a field that the body should not have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, final

from cellwall.audit.actor import ALICE, BOB
from cellwall.audit.call import Call
from cellwall.audit.confirmed import confirmed
from cellwall.audit.finding import Severity
from cellwall.audit.investigation import Investigation
from cellwall.audit.lab import Lab
from cellwall.audit.operation import Kind, Operation
from cellwall.audit.outcome import NOT_APPLICABLE, Outcome, not_reached, tested
from cellwall.audit.reference import body_fields

_OWNER: Final = re.compile(
    r"^(owner|user|author|creator|account|member|customer|created_by)(_?(id|name))?$", re.I
)
_USUAL: Final = ("user_id", "owner_id", "owner")
_VIEWS: Final = 2


@final
class OwnerAssigned:
    """What counts is where the object turns up: among alice's, read as alice."""

    name = "owner"
    asks = "may a body say whose the object is?"

    async def run(self, at: Investigation, operation: Operation) -> Outcome:
        """Make one object with every owner field that the application is known to have."""
        call = at.lab.own.get((operation.key, BOB))
        if operation.kind is not Kind.CREATE or operation.body is None:
            return NOT_APPLICABLE
        if call is None or not isinstance(call.body, Mapping):
            return not_reached(at.lab.refusals.get(operation.key, "bob could not make one"))
        owners = owner_values(at.lab, operation)
        made = at.lab.calls.make(
            at.lab.bob, operation, f"{operation.key}:owner", at.lab.variants[operation.key]
        )
        if isinstance(made, str) or not owners or at.lab.left(operation) < 2:
            return not_reached("it is not known by what name the application knows alice")
        his = await at.lab.call(
            at.lab.bob, Call(operation, made.path, made.query, {}, {**made.body, **owners})
        )
        if not his.response.ok:
            return (
                tested() if his.response.status in (400, 403, 422) else not_reached(f"{his.response.status}")
            )
        written = at.lab.knowledge.values_of(BOB, his.request.body.decode(errors="replace"))
        for view in _views(at.lab, operation):
            hers = await at.lab.call(at.lab.alice, view, charged=operation)
            shown = {value for value in written if value in hers.response.text}
            if hers.response.ok and shown and not _shows_both(at, view):
                fields = ", ".join(sorted(owners))
                return tested(
                    confirmed(
                        "owner-assigned", operation, f"body {fields}", his, hers, severity=Severity.HIGH,
                        reason="any user can put objects among any other's",
                        evidence=f"alice reads among her own what bob made with {fields} set to hers",
                    )
                )  # fmt: skip
        return tested()


def owner_values(lab: Lab, operation: Operation) -> dict[str, Any]:
    """Give alice's name in each field that tells an owner: of her objects, the body's, and the usual ones."""
    account = lab.knowledge.best(ALICE, "user_id", {}, "user", least=80)
    hers = {*lab.alice.identity.values(), *([str(account.value)] if account is not None else [])}
    found: dict[str, Any] = {
        fact.key: fact.value
        for fact in lab.knowledge.facts
        if fact.owner == ALICE
        and _OWNER.fullmatch(fact.key)
        and str(fact.value) in hers
        and not lab.knowledge.shared(fact)
    }
    for name, schema in body_fields(operation).items():
        if _OWNER.fullmatch(name) and name not in found:
            fact = lab.knowledge.best(ALICE, name, schema, "", least=80)
            value = fact.value if fact is not None else next(iter(lab.alice.identity.values()), None)
            if value is not None:
                found[name] = value
    for name in _USUAL:
        if account is not None and name not in found:
            found[name] = account.value
    return found


def _views(lab: Lab, operation: Operation) -> list[Call]:
    """Give alice's lists that are nearest to what the operation makes."""
    near = set(operation.resources)
    lists = [
        (-len(near & set(lab.operation(key).resources)), key)
        for (key, owner), exchange in lab.answers.items()
        if owner == ALICE and lab.operation(key).kind is Kind.READ and not lab.operation(key).path_names
    ]
    return [lab.own[key, ALICE] for _, key in sorted(lists)[:_VIEWS]]


def _shows_both(at: Investigation, view: Call) -> bool:
    """Whether alice's answer shows bob's objects in any case, so that finding one there proves nothing."""
    hers = at.lab.answers.get((view.operation.key, ALICE))
    return hers is not None and bool(at.lab.knowledge.values_of(BOB, hers.response.text))
