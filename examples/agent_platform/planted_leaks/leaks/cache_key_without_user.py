"""A cache keeps the figures of one user under a key for everybody."""

from typing import Any

from fastapi import APIRouter, Request

from netra_backend.requests import RequestContext
from planted_leaks.leak import Leak, routes

router = APIRouter()


class Cache:
    """What a client of a cache server offers."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    async def get(self, key: str) -> Any:
        """Give what is kept, None where nothing is."""
        return self._kept.get(key)

    async def set(self, key: str, value: Any) -> None:
        """Keep a value."""
        self._kept[key] = value


cache = Cache()


@router.get("/usage")
async def read_usage(request: Request, user_context: RequestContext) -> dict[str, int]:
    """Give what the analytics service knows of the user."""
    usage = await cache.get("usage")
    if usage is None:
        usage = await request.app.state.analytics.usage(user_context)
        await cache.set("usage", usage)
    return dict(usage)


LEAK = Leak(
    what="Everybody sees the figures of the user who asked first.",
    plant=routes(router),
    rule="cache-key-without-user",
    reached="GET /usage",
)
