"""What isolation costs: a turn of a conversation over HTTP, with a context for each request and with one for all.

Prints one JSON object. Everything else is the same application: sign-in, limits, agent, rows, events. One user
holds all turns of a kind, so both keep as many rows. So the difference is what a request makes for itself and
ends. The fastest quarter of the turns is compared: it is what other work on the machine disturbs least.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import httpx
from fastapi import FastAPI

from auth_service.tokens import generate_token
from cellwall import UserExecutionContext
from cellwall.runtime.limits import MemoryRateLimiter, Rate
from netra_backend import limits, requests
from netra_backend.app import create_app

TURNS, WARM = 120, 10


class OneForAll:
    """Stands where requests get their context, and gives all of them the same one."""

    def __init__(self, user_id: str) -> None:
        self.context = UserExecutionContext.create_for_user(user_id)

    def create_for_user(self, user_id: str, **ids: str | None) -> UserExecutionContext:
        """Give the one context."""
        return self.context

    async def keep(self, context: UserExecutionContext) -> None:
        """End nothing."""

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Let requests have the one context for a while."""
        own = requests.UserExecutionContext, requests.cleanup_user_context
        requests.UserExecutionContext, requests.cleanup_user_context = self, self.keep
        try:
            yield
        finally:
            requests.UserExecutionContext, requests.cleanup_user_context = own


async def turn(app: FastAPI, token: str) -> float:
    """Hold one turn and give the seconds it took."""
    transport = httpx.ASGITransport(app=app)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://platform", headers=headers) as client:
        began = time.perf_counter()
        answer = await client.post("/agents/summary/run", json={"prompt": "Short. Long."})
        taken = time.perf_counter() - began
    answer.raise_for_status()
    return taken


async def measure() -> dict[str, float]:
    """Hold turns of both kinds, in pairs whose order changes."""
    limits._limiter = MemoryRateLimiter(Rate(1_000_000))
    app, one = create_app(), OneForAll("measured-shared")
    kinds = {"own": nullcontext, "shared": one.in_place}
    tokens = {kind: generate_token(f"measured-{kind}") for kind in kinds}
    taken: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in range(WARM + TURNS):
        for kind in sorted(kinds, reverse=bool(number % 2)):
            with kinds[kind]():
                taken[kind].append(await turn(app, tokens[kind]))
    shared, own = (statistics.quantiles(taken[kind][WARM:], n=4)[0] for kind in ("shared", "own"))
    return {
        "overhead_percent": round(100 * (own / shared - 1), 1),
        "shared_milliseconds": round(1000 * shared, 2),
        "own_milliseconds": round(1000 * own, 2),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure())))
