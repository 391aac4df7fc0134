"""An accessor makes one client for all callers, out of the first caller's request."""

from typing import Any

import httpx
from fastapi import APIRouter, Request

from auth_service.service_tokens import service_token
from netra_backend.requests import RequestContext
from planted_leaks.leak import Leak, routes

router = APIRouter()
_client: httpx.AsyncClient | None = None


def client_for(user_id: str, transport: Any) -> httpx.AsyncClient:
    """Give the client of the analytics service."""
    global _client
    if _client is None:
        headers = {"Authorization": f"Bearer {service_token(user_id)}"}
        _client = httpx.AsyncClient(transport=transport, base_url="http://analytics", headers=headers)
    return _client


@router.get("/usage")
async def read_usage(request: Request, context: RequestContext) -> dict[str, int]:
    """Give what the analytics service knows of the user."""
    transport = request.app.state.analytics.transport()
    return dict((await client_for(context.user_id, transport).get("/usage")).json())


LEAK = Leak(
    what="Every user asks the analytics service as the user who came first.",
    plant=routes(router),
    rule="lazy-global-first-caller",
    reached="GET /usage",
)
