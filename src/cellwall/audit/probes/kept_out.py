"""Where a limit was met: signs up a third user, who has asked nothing yet; is it kept out?"""

from __future__ import annotations

from typing import Final, final

from cellwall.audit.actor import BOB
from cellwall.audit.finding import Finding, Severity, Verdict
from cellwall.audit.investigation import Investigation
from cellwall.audit.operation import Operation
from cellwall.audit.outcome import NOT_APPLICABLE, Outcome, not_reached, tested
from cellwall.audit.weaknesses import WEAKNESSES

MOST: Final = 200  # requests of bob's that it may take to meet the limit again
_TOO_MANY: Final = 429


@final
class KeptOut:
    """Asks more than other probes, so only where the application has refused somebody as asking too often."""

    name = "kept out"
    asks = "is a user who asks for the first time kept out by others?"

    async def run(self, at: Investigation, operation: Operation) -> Outcome:
        """Let bob meet the limit once more, then let carol ask once."""
        met = [key for key in dict.fromkeys(at.lab.limited) if (key, BOB) in at.lab.own and "{" not in key]
        if not met or operation.key != met[0] or at.reported(operation.key):
            return NOT_APPLICABLE
        if not at.accounts.makes(BOB):
            return not_reached("a third user would have to be signed up")
        call = at.lab.own[operation.key, BOB]
        carol = await at.accounts.make("carol", like=BOB)
        for _ in range(MOST):
            his = await at.lab.transport.send(call.request(at.lab.bob))
            if his.status == _TOO_MANY:
                break
        else:
            return not_reached(f"the limit was not met again by {MOST} requests")
        hers = await at.lab.call(carol, call, count=False)
        if hers.response.status != _TOO_MANY:
            return tested()
        same_address = at.lab.app is None
        return tested(
            Finding(
                WEAKNESSES["shared-limit"], operation.key, "limit", Severity.MEDIUM,
                "one user can keep all others out",
                Verdict.SUSPECTED if same_address else Verdict.CONFIRMED,
                "carol's first request was refused as one too many, after bob's"
                + ("; all came from one address" if same_address else ""),
                (hers,), operation.place,
            )
        )  # fmt: skip
