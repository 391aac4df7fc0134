"""Asks whether a cache on the way would give bob what alice was answered."""

from __future__ import annotations

from typing import final

from cellwall.audit.actor import ALICE, BOB
from cellwall.audit.confirmed import confirmed
from cellwall.audit.finding import Severity
from cellwall.audit.investigation import Investigation
from cellwall.audit.judge import excerpt, keys_with, same_content
from cellwall.audit.operation import Kind, Operation
from cellwall.audit.outcome import NOT_APPLICABLE, Outcome, not_reached, tested
from cellwall.audit.shared_cache import distinguishes, may_keep


@final
class CachedForOthers:
    """A cache is not needed: what it may do follows from the headers, whose meaning is fixed."""

    name = "cache"
    asks = "may a cache give bob alice's answer?"

    async def run(self, at: Investigation, operation: Operation) -> Outcome:
        """Judge alice's answer for the URL that bob asks for too."""
        if operation.kind is not Kind.READ:
            return NOT_APPLICABLE
        hers, his = (at.lab.answers.get((operation.key, name)) for name in (ALICE, BOB))
        if hers is None or his is None:
            return not_reached(at.lab.refusals.get(operation.key, "it was not answered"))
        if hers.request.path != his.request.path:
            return NOT_APPLICABLE  # her id is in it: who may ask for that is the other probes' matter
        values = at.lab.knowledge.values_of(ALICE, hers.response.text)
        kept = may_keep(hers.request, hers.response)
        if not values or not kept or same_content(hers.response, his.response, ()):
            return tested()
        if distinguishes(hers.response, hers.request, his.request) or at.sharing.covers(operation.key):
            return tested()
        fields = ", ".join(sorted(keys_with(hers.response, values))) or "her values"
        return tested(
            confirmed(
                "cached-for-others", operation, "headers", hers, his, severity=Severity.HIGH,
                reason="any cache on the way may answer any user with it",
                evidence=f"{kept}, Vary: {hers.response.header('vary') or 'none'}; the answer has "
                f"alice's {fields}: {excerpt(hers.response, values)}",
            )
        )  # fmt: skip
