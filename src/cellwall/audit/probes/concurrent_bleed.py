"""Lets alice and bob ask for their own at the same time, a step apart in each direction, and gives one up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, final

from cellwall.audit.actor import ALICE, BOB
from cellwall.audit.call import Call
from cellwall.audit.confirmed import confirmed
from cellwall.audit.exchange import Exchange
from cellwall.audit.finding import Finding
from cellwall.audit.investigation import Investigation
from cellwall.audit.judge import excerpt, same_content, shown
from cellwall.audit.operation import Kind, Operation
from cellwall.audit.outcome import NOT_APPLICABLE, Outcome, not_reached, tested

# Who starts, who follows, steps between; then requests of alice's are given up: one after these seconds,
# another after this share of the time that both took together.
ROUNDS: Final = ((ALICE, BOB, 0, 0.004, 0.4), (BOB, ALICE, 3, 0.0, 0.7), (BOB, ALICE, 0, 0.02, 0.2))
NOTICED: Final = 0.02  # seconds in which a server hears that a client has gone


@final
class ConcurrentBleed:
    """What each is answered alone is known; beside the other it must be the same."""

    name = "together"
    asks = "do two requests at one time get each other's answers?"

    async def run(self, at: Investigation, operation: Operation) -> Outcome:
        """Send both users' own calls together."""
        if operation.kind not in (Kind.READ, Kind.CREATE, Kind.ACTION) or at.reported(operation.key):
            return NOT_APPLICABLE
        hers, his = (at.lab.own.get((operation.key, name)) for name in (ALICE, BOB))
        if hers is None or his is None:
            return not_reached(at.lab.refusals.get(operation.key, "not both users were answered"))
        calls = {ALICE: hers, BOB: his}
        alone = await self._alone(at, operation, calls)
        rounds = 0
        loop = asyncio.get_running_loop()
        for first, second, steps, seconds, share in ROUNDS:
            if at.lab.left(operation) < 2 + spared(at, operation):
                break
            rounds += 1
            started = loop.time()
            finding = await self._together(at, operation, calls, alone, order=(first, second, steps))
            patience = (seconds, share * (loop.time() - started))
            finding = finding or await self._given_up(at, operation, calls, patience)
            if finding is not None:
                return tested(finding)
        return tested() if rounds else not_reached(f"more than {at.lab.depth} requests; raise --depth")

    async def _alone(
        self, at: Investigation, operation: Operation, calls: dict[str, Call]
    ) -> dict[str, Exchange]:
        """Ask alone for figures, which have no canaries: what each is answered now, where they differ."""
        figures = operation.kind is Kind.READ and not any(
            at.lab.knowledge.values_of(name, at.lab.answers[operation.key, name].response.text)
            for name in calls
        )
        if not figures or at.lab.left(operation) < 4:
            return {}
        found = {name: await at.lab.call(at.lab.actors[name], call) for name, call in calls.items()}
        return {} if same_content(found[ALICE].response, found[BOB].response, ()) else found

    async def _together(
        self,
        at: Investigation,
        operation: Operation,
        calls: dict[str, Call],
        alone: dict[str, Exchange],
        *,
        order: tuple[str, str, int],
    ) -> Finding | None:
        first, second, steps = order
        one, other = await asyncio.gather(
            at.lab.call(at.lab.actors[first], calls[first]), _later(at, calls[second], second, steps)
        )
        for mine, owner in ((one, second), (other, first)):
            values = shown(at.lab.knowledge, mine, owner)
            if values and operation.kind is Kind.READ and await self._alone_too(at, calls, mine, owner):
                continue
            if values:
                what = f"{owner}'s {excerpt(mine.response, values)}"
                return _finding(operation, "concurrent-bleed", mine, owner, what)
            if owner in alone and same_content(alone[owner].response, mine.response, ()):
                return _finding(operation, "concurrent-bleed", mine, owner, f"what {owner} alone is answered")
        return None

    async def _alone_too(self, at: Investigation, calls: dict[str, Call], mine: Exchange, owner: str) -> bool:
        """Whether it is shown to one who asks alone as well, so that being together is not what does it."""
        assert mine.actor is not None
        alone = await at.lab.call(at.lab.actors[mine.actor], calls[mine.actor])
        return bool(shown(at.lab.knowledge, alone, owner))

    async def _given_up(
        self, at: Investigation, operation: Operation, calls: dict[str, Call], patience: Sequence[float]
    ) -> Finding | None:
        """Give requests of alice's up on their way, and look at what bob is answered next.

        In this process the work on them is cancelled; a server is told by the connection's end, and does with
        it what it does.
        """
        if at.lab.left(operation) < 1 + len(patience) + spared(at, operation):
            return None
        given_up = 0
        for seconds in patience:
            task = asyncio.ensure_future(at.lab.call(at.lab.alice, calls[ALICE]))
            await asyncio.wait({task}, timeout=seconds)
            given_up += not task.done()
            task.cancel()
            await asyncio.wait({task})
        if not given_up:
            return None
        if at.lab.app is None:
            await asyncio.sleep(NOTICED)
        his = await at.lab.call(at.lab.bob, calls[BOB])
        values = shown(at.lab.knowledge, his)
        if not values:
            return None
        return _finding(operation, "cancelled-bleed", his, ALICE, f"alice's {excerpt(his.response, values)}")


def spared(at: Investigation, operation: Operation) -> int:
    """Give how many requests are left for later probes: without credentials, and for what is deleted."""
    if operation.kind is Kind.ACTION:
        return 4
    deleted = any(
        each.kind is Kind.DELETE and each.resources == operation.resources for each in at.lab.operations
    )
    return 2 if operation.kind is Kind.CREATE and deleted else 0


async def _later(at: Investigation, call: Call, name: str, steps: int) -> Exchange:
    for _ in range(steps):
        await asyncio.sleep(0)
    return await at.lab.call(at.lab.actors[name], call)


def _finding(operation: Operation, kind: str, mine: Exchange, owner: str, what: str) -> Finding:
    when = (
        "after a request of hers was given up"
        if kind == "cancelled-bleed"
        else f"beside a request of {owner}'s"
    )
    return confirmed(
        kind, operation, "together" if kind == "concurrent-bleed" else "given up", mine,
        reason="ordinary traffic shows users each other's data",
        evidence=f"{mine.actor}, {when}, was answered with {what}",
    )  # fmt: skip
