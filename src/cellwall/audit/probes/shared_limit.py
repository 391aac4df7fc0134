"""Watches, by the limit that answers tell, whether bob's requests use up alice's."""

from __future__ import annotations

from typing import Final, final

from cellwall.audit.actor import ALICE, BOB, Actor
from cellwall.audit.confirmed import confirmed
from cellwall.audit.exchange import Exchange, Response
from cellwall.audit.finding import Finding, Severity
from cellwall.audit.investigation import Investigation
from cellwall.audit.operation import Kind, Operation
from cellwall.audit.outcome import NOT_APPLICABLE, Outcome, not_reached, tested
from cellwall.project.number_of import number_of

REQUESTS: Final = 5  # of bob's, between two of alice's
_NAMES: Final = ("x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining", "ratelimit")


@final
class SharedLimit:
    """Nobody is flooded: five requests of bob's may not take five from what alice has left."""

    name = "limit"
    asks = "do bob's requests use up alice's limit?"

    async def run(self, at: Investigation, operation: Operation) -> Outcome:
        """Compare what alice has left before and after bob's requests; on one operation, it is one limit."""
        if operation.key != _limited(at):
            return NOT_APPLICABLE
        calls = [at.lab.own.get((operation.key, name)) for name in (ALICE, BOB)]
        if calls[0] is None or calls[1] is None:
            return not_reached("not both users were answered")
        first = await at.lab.call(at.lab.alice, calls[0], count=False)
        if remaining(first.response) is None:
            return not_reached("no answer tells of a limit (RateLimit-Remaining)")
        for _ in range(REQUESTS):
            await at.lab.call(at.lab.bob, calls[1], count=False)
        second = await at.lab.call(at.lab.alice, calls[0], count=False)
        before, after = remaining(first.response), remaining(second.response)
        if (
            before is None or after is None or before - after <= REQUESTS // 2
        ):  # a limit fills up while it is asked
            return tested()
        return tested(_finding(operation, at.lab.alice, (first, second), before - after))


def _limited(at: Investigation) -> str:
    """Choose the operation whose answers tell what is left; else the one that tells who asks."""
    for (key, owner), exchange in at.lab.answers.items():
        if (
            owner == ALICE
            and at.lab.operation(key).kind is Kind.READ
            and remaining(exchange.response) is not None
        ):
            return key
    return at.whoami


def remaining(response: Response) -> int | None:
    """Give how many requests the answer says are left, None where it does not say."""
    for name in _NAMES:
        text = response.header(name)
        for part in text.replace(";", ",").split(","):
            value = part.strip().removeprefix("remaining=").removeprefix("r=")
            if value.isdecimal() and (name != "ratelimit" or "=" in part):
                return int(value)
    return None


def _finding(operation: Operation, alice: Actor, exchanges: tuple[Exchange, ...], gone: int) -> Finding:
    less = number_of(gone, "request")
    return confirmed(
        "shared-limit", operation, "limit", *exchanges, severity=Severity.MEDIUM,
        reason="one user can keep others out",
        evidence=f"{alice.name} had {less} less after one of her own and {REQUESTS} of bob's",
    )  # fmt: skip
