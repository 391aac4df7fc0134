"""The second user's answers with the first user there, and without: a number that differs tells of others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, final

from cellwall.testing.probes.exchange import Exchange
from cellwall.testing.probes.finding import Finding
from cellwall.testing.probes.trial import Trial

Leaf = tuple[str, Any]


@final
class PresenceProbe:
    """A note, no failure: what differs may be a count of others' rows, or a number given out in turn.

    What differs between two runs without the first user differs by itself, and is left out.
    """

    name = "presence of another"

    async def run(self, trial: Trial) -> list[Finding]:
        """Compare step by step."""
        found = []
        for step, after in enumerate(trial.exchanges.get(trial.second, ())):
            alone = [run[step] for run in trial.alone if step < len(run)]
            for said in changed_by_presence(alone, after):
                found.append(Finding(self.name, False, trial.first, trial.second, after.request.place, said))
        return found


def changed_by_presence(alone: Sequence[Exchange], after: Exchange) -> list[str]:
    """Say what is stable without the other user and different with them; nothing without two runs."""
    if len(alone) < 2 or any(run.request.shape != after.request.shape for run in alone):
        return []
    first, second, now = (dict(_leaves_of(run)) for run in (alone[0], alone[1], after))
    stable = {at: value for at, value in first.items() if second.get(at) == value}
    return [
        f"{at} is {now.get(at)!r} after another user was there, {value!r} without"
        for at, value in stable.items()
        if at in now and now[at] != value
    ]


def _leaves_of(exchange: Exchange) -> Iterator[Leaf]:
    """Give status, lengths of lists, numbers and truth values of an answer; texts are for canaries."""
    yield "status", exchange.answer.status
    try:
        body = json.loads(exchange.answer.body)
    except ValueError:
        return
    yield from _inside(body, "body")


def _inside(value: Any, at: str) -> Iterator[Leaf]:
    if isinstance(value, dict):
        for key, held in value.items():
            yield from _inside(held, f"{at}.{key}")
    elif isinstance(value, list):
        yield f"the length of {at}", len(value)
        for number, held in enumerate(value):
            yield from _inside(held, f"{at}[{number}]")
    elif isinstance(value, bool | int | float):
        yield at, value
