"""Writes as bob to what alice has, and proves it by what she reads; then puts it back as she had it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import final

from cellwall.audit.actor import ALICE, is_password
from cellwall.audit.call import Call
from cellwall.audit.confirmed import PRIVATE_TO_ALL, confirmed
from cellwall.audit.exchange import Exchange
from cellwall.audit.finding import Finding, Severity
from cellwall.audit.investigation import Investigation
from cellwall.audit.judge import shown
from cellwall.audit.object_fields import object_writes
from cellwall.audit.operation import Kind, Operation
from cellwall.audit.outcome import NOT_APPLICABLE, Outcome, not_reached, tested
from cellwall.audit.own_call import Variant
from cellwall.audit.proof import Proof, Snapshot, prove, snapshot
from cellwall.audit.reference import Reference, foreign_calls, references

_KINDS = (Kind.UPDATE, Kind.ACTION, Kind.CREATE)
_COST = 6  # requests that one attempt may need
_SPARED = 3  # requests that are left for the same without credentials


@final
class ForeignWrite:
    """A granted status proves nothing: the write may have changed bob's own, or nothing."""

    name = "write"
    asks = "does her id let bob change her object?"

    async def run(self, at: Investigation, operation: Operation) -> Outcome:
        """Write with each of alice's references."""
        if operation.kind not in _KINDS:
            return NOT_APPLICABLE
        operation = await _valid(at, operation)
        calls = foreign_calls(at.lab, operation)
        if not calls:
            return not_reached(at.lab.refusals.get(operation.key, "no id of alice's is known")) if (
                operation.path_names
            ) else NOT_APPLICABLE  # fmt: skip
        reasons, findings = list[str](), list[Finding]()
        spared = _SPARED if operation.path_names else 0
        before: Snapshot | None = None
        for place, (named, call) in enumerate(calls):
            cost = _COST if before is None or not before.shows(named) else _COST - len(before.calls)
            if place and at.lab.left(operation) < cost + spared:
                break
            own = at.lab.own.get((operation.key, ALICE))
            if before is None or not before.shows(named):
                before = await snapshot(at, operation, named, own)
            finding, reason, refused = await self._attempt(at, operation, named, call, before)
            before = before if refused else None
            findings += [finding] if finding else []
            reasons += [reason] if reason else []
        if reasons and len(reasons) == place + 1 and not findings:
            return not_reached(reasons[0])
        return tested(*findings)

    async def _attempt(
        self,
        at: Investigation,
        operation: Operation,
        named: Sequence[Reference],
        call: Call,
        before: Snapshot,
    ) -> tuple[Finding | None, str, bool]:
        """Give what was found, why nothing could be told, and whether bob was refused, so nothing changed."""
        own = at.lab.own.get((operation.key, ALICE))
        before = before.of(named)
        his = await at.lab.call(at.lab.bob, call)
        if not his.response.ok and not his.response.refused:
            reason = f"bob's request ended with {his.response.status or his.response.failure}"
            return None, "" if own is not None and his.response.status not in (0, 429, 500) else reason, False
        if not his.response.ok:
            return None, await self._refused(at, operation, his, own), True
        finding = await self._judged(at, operation, named, call, his=his, before=before)
        await at.mend()
        return finding, "", False

    async def _refused(self, at: Investigation, operation: Operation, his: Exchange, own: Call | None) -> str:
        if his.response.status == 404 and own is None and operation.kind is Kind.UPDATE:
            return f"not even alice was granted it ({at.lab.refusals.get(operation.key, 'unknown')})"
        return ""

    async def _judged(
        self, at: Investigation, operation: Operation, named: Sequence[Reference], call: Call, *,
        his: Exchange, before: Snapshot,
    ) -> Finding | None:  # fmt: skip
        detail = ", ".join(str(each) for each in named)
        if _sets_password(call) and await _account_is_taken(at, call):
            await own_write(at, operation)
            return _finding(
                operation, "account-taken", detail, (his,),
                "alice's password does not work any more, and the one that bob sent does",
            )  # fmt: skip
        proof = await prove(at, before, his)
        if proof is not None:
            await _restore(at, operation, call, proof)
            exchanges = (*before.answers[:1], his, proof.after)
            return _finding(operation, "foreign-write", detail, exchanges, proof.text)
        values = shown(at.lab.knowledge, his)
        if values and not at.sharing.covers(operation.key):
            return _finding(
                operation, "foreign-read", detail, (his,), f"the answer shows {', '.join(sorted(values)[:3])}"
            )
        return None


async def _valid(at: Investigation, operation: Operation) -> Operation:
    """Give the operation with a body that alice is granted: as described, or by her object's own fields."""
    if operation.kind is Kind.UPDATE and await own_write(at, operation):
        return operation
    hers = references(at.lab, operation, at.lab.alice)
    if (operation.key, ALICE) in at.lab.own or operation.body is None or not operation.path_names:
        return operation
    for other in object_writes(at, operation, hers):
        at.lab.variants.pop(operation.key, None)
        if at.lab.left(operation) > _COST and await own_write(at, other, only=Variant.FULL):
            return other
    return operation


async def own_write(at: Investigation, operation: Operation, *, only: Variant | None = None) -> bool:
    """Let alice write to her own: whether the request is a valid one, and what she has is as she wrote it."""
    known = only or at.lab.variants.get(operation.key)
    for variant in (known,) if known else tuple(Variant):
        call = at.lab.calls.make(at.lab.alice, operation, operation.key, variant)
        if isinstance(call, str):
            at.lab.refusals[operation.key] = f"no value is known for {call!r}"
            return False
        exchange = await at.lab.call(at.lab.alice, call)
        if exchange.response.ok:
            at.lab.variants[operation.key] = variant
            at.lab.learn(exchange, call)
            return True
        at.lab.refusals[operation.key] = f"its owner got {exchange.response.status} as well"
        if exchange.response.refused:
            return False
    return False


async def _restore(at: Investigation, operation: Operation, call: Call, proof: Proof) -> None:
    """Put alice's object back: by her own write, and by the same action once more where it is a switch."""
    if proof.gone:
        return
    if operation.kind is Kind.UPDATE:
        await own_write(at, operation)
    elif operation.kind is Kind.ACTION:
        await at.lab.call(at.lab.alice, call)


def _sets_password(call: Call) -> bool:
    return isinstance(call.body, Mapping) and any(is_password(name) for name in call.body)


async def _account_is_taken(at: Investigation, call: Call) -> bool:
    if not at.accounts.can_sign_in(at.lab.alice.name) or await at.accounts.sign_in(at.lab.alice):
        return False
    written = next(str(value) for name, value in call.body.items() if is_password(name))
    return await at.accounts.sign_in(at.lab.alice, password=written)


def _finding(
    operation: Operation, kind: str, detail: str, exchanges: tuple[Exchange, ...], evidence: str
) -> Finding:
    only_read = kind == "foreign-read"
    severity = Severity.HIGH if only_read else Severity.CRITICAL
    reason = PRIVATE_TO_ALL if only_read else "any user can change what is any other's"
    return confirmed(kind, operation, detail, *exchanges, severity=severity, reason=reason, evidence=evidence)
