"""Writes and deletes without credentials what alice has; reading without them is part of the other probes."""

from __future__ import annotations

from typing import final

from cellwall.audit.confirmed import confirmed
from cellwall.audit.investigation import Investigation
from cellwall.audit.operation import Kind, Operation
from cellwall.audit.outcome import NOT_APPLICABLE, Outcome, not_reached, tested
from cellwall.audit.proof import prove, snapshot
from cellwall.audit.reference import foreign_calls

_COST = 4  # two readings before and after, and one again


@final
class NoCredentials:
    """Only where bob found nothing: what any user may do is reported once."""

    name = "anonymous"
    asks = "can her object be changed without credentials?"

    async def run(self, at: Investigation, operation: Operation) -> Outcome:
        """Send bob's request to alice's object without his credentials."""
        if operation.kind not in (Kind.UPDATE, Kind.ACTION, Kind.DELETE) or at.reported(operation.key):
            return NOT_APPLICABLE
        calls = foreign_calls(at.lab, operation)
        if not calls:
            return NOT_APPLICABLE
        references, call = calls[0]
        if at.lab.left(operation) < _COST:
            return not_reached(f"more than {at.lab.depth} requests; raise --depth")
        before = await snapshot(at, operation, references, None, most=1)
        nobody = await at.as_nobody(call)
        if not nobody.response.ok:
            return tested()
        proof = await prove(at, before, nobody)
        broken = await at.mend()
        if proof is None and "alice" not in broken:
            return tested()
        evidence = proof.text if proof is not None else "alice's account can not be used any more"
        after = (proof.after,) if proof is not None else ()
        return tested(
            confirmed(
                "no-credentials", operation, ", ".join(str(each) for each in references),
                *before.answers[:1], nobody, *after,
                reason="anybody can change what is any user's", evidence=evidence,
            )
        )  # fmt: skip
