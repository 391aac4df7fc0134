"""Lets alice delete something of hers that was made for it, and looks whether it is bob's from then on."""

from __future__ import annotations

from typing import Final, final

from cellwall.audit.actor import ALICE, BOB
from cellwall.audit.call import Call
from cellwall.audit.confirmed import PRIVATE_TO_ALL, confirmed
from cellwall.audit.exchange import Exchange
from cellwall.audit.finding import Finding, Severity
from cellwall.audit.investigation import Investigation
from cellwall.audit.judge import excerpt, shown
from cellwall.audit.operation import Kind, Operation
from cellwall.audit.outcome import NOT_APPLICABLE, Outcome, not_reached, tested
from cellwall.audit.own_call import Variant
from cellwall.audit.seeding import own_call

_TRASH: Final = ("trash", "bin", "deleted", "archive", "archived", "recycle")
_MOST_LISTS: Final = 3
_COST: Final = 4
_COST_BACK: Final = 3


@final
class DeletedData:
    """A trash that shows everybody's, or what was deleted and is brought back by anybody."""

    name = "deleted"
    asks = "is bob shown, or can he bring back, what alice has deleted?"

    async def run(self, at: Investigation, operation: Operation) -> Outcome:
        """Delete as alice, then ask as bob for lists, for the object, and for its return."""
        if operation.kind is not Kind.DELETE or len(operation.path_names) == 0:
            return NOT_APPLICABLE
        if at.lab.left(operation) < _COST:
            return not_reached(f"more than {at.lab.depth} requests; raise --depth")
        maker = next((each for each in at.lab.operations if _makes(each, operation)), None)
        if maker is None or at.lab.left(maker) < 2:
            return NOT_APPLICABLE
        await own_call(at.lab, at.lab.alice, maker, label=":to be deleted")
        variant = at.lab.variants.get(operation.key)
        call = at.lab.calls.make(at.lab.alice, operation, operation.key, variant or Variant.FULL)
        made = at.lab.answers.get((maker.key, ALICE))
        if isinstance(call, str) or made is None:
            return not_reached("alice has nothing that could be deleted")
        gone = await at.lab.call(at.lab.alice, call)
        if not gone.response.ok:
            return not_reached(f"alice got {gone.response.status} for deleting her own")
        for value in call.path.values():
            at.lab.knowledge.forget(ALICE, value)
        found = [*await self._listed(at, operation), *await self._back(at, operation, call, gone)]
        return tested(*found)

    async def _listed(self, at: Investigation, operation: Operation) -> list[Finding]:
        """Read as bob the lists that are near: what of hers is new there, he was not shown before."""
        lists = [
            each
            for each in at.lab.operations
            if each.kind is Kind.READ and not each.path_names and (each.key, BOB) in at.lab.own
            if not at.reported(each.key) and not at.sharing.covers(each.key)
            if each.key not in at.open or not at.open[each.key].response.ok
        ]
        wanted = {*operation.resources, *_TRASH}
        lists.sort(key=lambda each: -len(set(each.resources) & wanted))
        for each in lists[:_MOST_LISTS]:
            his = await at.lab.call(at.lab.bob, at.lab.own[each.key, BOB], charged=operation)
            hit = shown(at.lab.knowledge, his) - shown(at.lab.knowledge, at.lab.answers[each.key, BOB])
            if hit:
                text = f"bob was shown what alice has deleted: {excerpt(his.response, hit)}"
                return [
                    confirmed(
                        "list-leak", each, "deleted", his,
                        severity=Severity.HIGH, reason=PRIVATE_TO_ALL, evidence=text,
                    )
                ]  # fmt: skip
        return []

    async def _back(
        self, at: Investigation, operation: Operation, call: Call, gone: Exchange
    ) -> list[Finding]:
        """Ask as bob for the return of what alice has deleted; she reads whether it is back."""
        restores = next((each for each in at.lab.operations if _restores(each, operation)), None)
        reads = next((each for each in at.lab.operations if _reads(each, operation)), None)
        if restores is None or reads is None or at.lab.left(operation) < _COST_BACK:
            return []
        hers = Call(reads, call.path)
        if (await at.lab.call(at.lab.alice, hers, charged=operation)).response.ok:
            return []  # it is there all the time
        body = at.lab.calls.body(at.lab.bob, restores, restores.key, Variant.FULL)
        his = await at.lab.call(at.lab.bob, Call(restores, call.path, body=body), charged=operation)
        after = await at.lab.call(at.lab.alice, hers, charged=operation)
        if not his.response.ok or not after.response.ok:
            return []
        text = "alice finds again what she has deleted, after bob's request"
        reason = "any user can bring back what is any other's"
        return [
            confirmed("foreign-write", restores, "deleted", gone, his, after, reason=reason, evidence=text)
        ]


def _makes(each: Operation, operation: Operation) -> bool:
    return (
        each.kind in (Kind.CREATE, Kind.ACTION)
        and each.resources == operation.resources
        and (set(each.path_names) < set(operation.path_names))
    )


def _reads(each: Operation, operation: Operation) -> bool:
    return each.kind is Kind.READ and each.path == operation.path


def _restores(each: Operation, operation: Operation) -> bool:
    return (
        each.kind is Kind.ACTION
        and each.path.startswith(operation.path + "/")
        and each.path_names == operation.path_names
    )
