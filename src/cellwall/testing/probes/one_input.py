"""The second user's own reads, with one input at a time taken from the first user."""

from __future__ import annotations

from typing import final

from cellwall.testing.probes.echo import shows
from cellwall.testing.probes.exchange import Exchange, Request
from cellwall.testing.probes.finding import Finding
from cellwall.testing.probes.inputs import Input, differing, with_inputs
from cellwall.testing.probes.replay import READS
from cellwall.testing.probes.trial import Trial


@final
class OneInputProbe:
    """Tells which single id opens another's data, where everything else is the second user's own."""

    name = "one input of another"

    async def run(self, trial: Trial) -> list[Finding]:
        """Vary each input of each step that reads."""
        found = []
        for own, others in trial.steps():
            for at, request in varied(own, others).items():
                answer = await trial.send(others, request)
                if answer is None:
                    continue
                what = shows(trial.book, trial.first, trial.said, answer, (own, others))
                if what and not trial.book.permits(trial.first, trial.second, request.place):
                    text = f"sent by {trial.second} with {trial.first}'s {at} alone: {what}"
                    where = others.request.place
                    found.append(Finding(self.name, True, trial.first, trial.second, where, text))
        return found


def varied(own: Exchange, others: Exchange) -> dict[Input, Request]:
    """Give the other's request once for each input in which the two differ, where there are several.

    With a single one the result is the request that `ReplayProbe` sends.
    """
    if others.request.method not in READS or not others.request.credentials:
        return {}
    if own.request.credentials == others.request.credentials:
        return {}
    values = differing(own.request, others.request)
    if len(values) < 2:
        return {}
    return {at: with_inputs(others.request, {at: value}) for at, value in values.items()}
