"""Everything that the first user sent, sent again with the second user's credentials."""

from __future__ import annotations

from typing import Final, final

from cellwall.testing.probes.echo import shows
from cellwall.testing.probes.exchange import Exchange, Request
from cellwall.testing.probes.finding import Finding
from cellwall.testing.probes.trial import Trial

READS: Final = frozenset({"GET", "HEAD", "QUERY"})
REPEATED: Final = READS | {"POST"}  # the others destroy what the next one needs


@final
class ReplayProbe:
    """Finds ids, session ids and task ids that are not bound to who they belong to.

    Without credentials nobody is anybody, so such requests are not repeated.
    """

    name = "ids of another"

    async def run(self, trial: Trial) -> list[Finding]:
        """Repeat each step of the first user as the second, the last first.

        So a step is judged before the one that wrote what it reads is repeated too; reads come before all.
        """
        found = []
        steps = trial.steps()[::-1]
        steps.sort(key=lambda step: step[0].request.method not in READS)
        for own, others in steps:
            request = as_other(own, others)
            answer = await trial.send(own, request) if request is not None else None
            if request is None or answer is None:
                continue
            what = shows(trial.book, trial.first, trial.said, answer, (own, others))
            if what and not trial.book.permits(trial.first, trial.second, own.request.place):
                text = f"sent by {trial.second} with {trial.first}'s ids: {what}"
                found.append(Finding(self.name, True, trial.first, trial.second, own.request.place, text))
        return found


def as_other(own: Exchange, others: Exchange) -> Request | None:
    """Give the request as the other user would send it; None where that says nothing."""
    if own.request.method not in REPEATED or not others.request.credentials:
        return None
    if own.request.credentials == others.request.credentials:
        return None
    request = own.request.signed_by(others.request)
    return None if request == others.request else request
