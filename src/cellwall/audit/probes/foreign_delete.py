"""Deletes as bob what alice has, last of all; proved by what she can read no more."""

from __future__ import annotations

from typing import final

from cellwall.audit.confirmed import confirmed
from cellwall.audit.investigation import Investigation
from cellwall.audit.operation import Kind, Operation
from cellwall.audit.outcome import NOT_APPLICABLE, Outcome, not_reached, tested
from cellwall.audit.proof import prove, snapshot
from cellwall.audit.reference import foreign_calls
from cellwall.audit.seeding import own_call


@final
class ForeignDelete:
    """What bob could delete is made again, so that later probes have something to ask for."""

    name = "delete"
    asks = "does her id let bob delete her object?"

    async def run(self, at: Investigation, operation: Operation) -> Outcome:
        """Delete with all of alice's references at once."""
        if operation.kind is not Kind.DELETE:
            return NOT_APPLICABLE
        calls = foreign_calls(at.lab, operation)
        if not calls:
            return not_reached("no id of alice's is known") if operation.path_names else NOT_APPLICABLE
        references, call = calls[0]
        before = await snapshot(at, operation, references, None)
        his = await at.lab.call(at.lab.bob, call)
        if not his.response.ok:
            status = his.response.status
            return tested() if his.response.refused else not_reached(f"bob's request ended with {status}")
        proof = await prove(at, before, his)
        broken = await at.mend()
        if proof is None and "alice" not in broken:
            return tested()
        for each in references:
            at.lab.knowledge.forget("alice", each.value)
        await self._make_again(at, operation)
        evidence = proof.text if proof is not None else "alice's account can not be used any more"
        shown = (*before.answers[:1], his, *([proof.after] if proof is not None else []))
        return tested(
            confirmed(
                "foreign-delete", operation, ", ".join(str(each) for each in references), *shown,
                reason="any user can delete what is any other's", evidence=evidence,
            )
        )  # fmt: skip

    async def _make_again(self, at: Investigation, operation: Operation) -> None:
        for each in at.lab.operations:
            if each.kind is Kind.CREATE and set(each.resources[-1:]) & set(operation.resources):
                await own_call(at.lab, at.lab.alice, each, label=f":after {operation.key}")
        for each in at.lab.operations:
            if (
                each.kind is Kind.READ
                and not each.path_names
                and at.lab.left(each) > 0
                and set(each.resources) & set(operation.resources)
            ):
                await own_call(at.lab, at.lab.alice, each)
