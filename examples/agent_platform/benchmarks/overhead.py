"""What isolation costs: a turn of a conversation over HTTP, with a context for each request and with one for all.

Prints one JSON object. Everything else is the same application: sign-in, limits, agent, rows, events. So the
difference is what a request makes for itself, ends, and keeps apart. The fastest tenth of the turns is compared:
it is what other work on the machine disturbs least.
"""

import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator
from typing import Annotated

import httpx
from fastapi import FastAPI, Header, Response

from auth_service.tokens import generate_token, user_of
from cellwall import UserExecutionContext
from cellwall.runtime.limits import MemoryRateLimiter, Rate
from netra_backend import limits
from netra_backend.app import create_app
from netra_backend.requests import request_context

TURNS, USERS, WARM = 200, 5, 20


def shared_app() -> FastAPI:
    """Make the application with one context for all requests of all users."""
    app, everybody = create_app(), UserExecutionContext.create_for_user("everybody")

    async def shared_context(
        response: Response, authorization: Annotated[str, Header()] = ""
    ) -> AsyncIterator[UserExecutionContext]:
        user_id = user_of(authorization.removeprefix("Bearer "))
        response.headers.update(limits.require_request(user_id))
        yield everybody

    app.dependency_overrides[request_context] = shared_context
    return app


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
    """Hold turns with both applications, taking turns, for a few users."""
    limits._limiter = MemoryRateLimiter(Rate(1_000_000))
    tokens = [generate_token(f"measured-{number}") for number in range(USERS)]
    apps = {"shared": shared_app(), "own": create_app()}
    taken: dict[str, list[float]] = {name: [] for name in apps}
    for number in range(WARM + TURNS):
        for name in sorted(apps, reverse=bool(number % 2)):
            taken[name].append(await turn(apps[name], tokens[number % USERS]))
    shared, own = (statistics.quantiles(taken[name][WARM:], n=10)[0] for name in ("shared", "own"))
    return {
        "overhead_percent": round(100 * (own / shared - 1), 1),
        "shared_milliseconds": round(1000 * shared, 2),
        "own_milliseconds": round(1000 * own, 2),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure())))
