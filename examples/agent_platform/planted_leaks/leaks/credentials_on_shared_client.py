"""One client for all users, into which each request writes its credentials."""

import asyncio
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI, Request

from auth_service.service_tokens import service_token
from netra_backend.requests import RequestContext
from netra_backend.routes import add_routes
from planted_leaks.leak import Leak

router = APIRouter()


class Analytics:
    """Asks the analytics service over a client that it keeps."""

    def __init__(self, transport: Any) -> None:
        self.client = httpx.AsyncClient(transport=transport, base_url="http://analytics")

    async def usage(self, token: str) -> dict[str, int]:
        """Give how often the user did what."""
        self.client.headers["Authorization"] = f"Bearer {token}"
        await asyncio.sleep(0)  # the service is woken up
        return dict((await self.client.get("/usage")).json())


@router.get("/usage")
async def read_usage(request: Request, user_context: RequestContext) -> dict[str, int]:
    """Give what the analytics service knows of the user."""
    usage: dict[str, int] = await request.app.state.shared_analytics.usage(service_token(user_context.user_id))
    return usage


def plant(app: FastAPI) -> None:
    """Keep one client with the application."""
    app.state.shared_analytics = Analytics(app.state.analytics.transport())
    add_routes(app, router)


LEAK = Leak(
    what="Of two users who ask at the same time, one asks the analytics service as the other.",
    plant=plant,
    rule="credentials-on-shared-client",
    reached="GET /usage, twice at the same time",
    seen="overlap",
)
