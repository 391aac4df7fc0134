"""What the probes get to see: one test, lived through by two users one after the other on one task."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, final

from cellwall.canary import CanaryBook
from cellwall.testing.probes.echo import said_in
from cellwall.testing.probes.exchange import Answer, Exchange, Request
from cellwall.testing.probes.finding import Finding

REQUESTS: Final = 200  # that all probes of one test send
SECONDS: Final = 5.0  # for one of them


@final
@dataclass(slots=True)
class Trial:
    """Two users' exchanges, in the order of time, and what they left behind.

    Attributes:
        book: tells whose a value is.
        first, second: the users; the second came after the first, on the same task.
        exchanges: user to exchanges.
        left: user to the places that held its values afterwards, with the lines that can have written them.
        alone: the second user's exchanges of runs without the first.
        roots: the two users' fixtures by name.
        common: the fixtures that all users share.
        sent, said: how many requests the probes have sent, and the values in them.
    """

    book: CanaryBook
    first: str
    second: str
    exchanges: Mapping[str, Sequence[Exchange]]
    left: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    alone: Sequence[Sequence[Exchange]] = ()
    roots: tuple[Mapping[str, object], Mapping[str, object]] = field(default_factory=lambda: ({}, {}))
    common: Mapping[str, object] = field(default_factory=dict)
    sent: int = 0
    said: set[str] = field(default_factory=set)

    def steps(self) -> list[tuple[Exchange, Exchange]]:
        """Give the exchanges of both at the same step: the same method, and as many parts of the path."""
        pairs = zip(self.exchanges.get(self.first, ()), self.exchanges.get(self.second, ()), strict=False)
        return [(a, b) for a, b in pairs if a.request.shape == b.request.shape]

    async def send(self, exchange: Exchange, request: Request) -> Answer | None:
        """Send a request in nobody's name; None where it failed, took too long, or was one too many."""
        if self.sent >= REQUESTS:
            return None
        self.sent += 1
        self.said |= said_in(self.book, request)
        task = asyncio.create_task(_coroutine(exchange.resend, request), context=contextvars.Context())
        try:
            return await asyncio.wait_for(task, SECONDS)
        except Exception:  # whatever a service raises when it is asked oddly: it showed nothing
            return None


async def _coroutine(resend: Callable[[Request], Any], request: Request) -> Answer:
    answer: Answer = await resend(request)
    return answer


class Probe(Protocol):
    """One way to look for leaks without any concurrency."""

    name: str

    def run(self, trial: Trial, /) -> Coroutine[Any, Any, list[Finding]]:
        """Probe; gives what was found."""
