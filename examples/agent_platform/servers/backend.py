"""The back end as a server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from auth_service.revocations import FollowedRevocations
from cellwall import RequestScopedSessionManager
from cellwall.runtime.database import EmbeddedStorage, use_database
from cellwall.runtime.limits import MemoryRateLimiter
from netra_backend import limits
from netra_backend.app import create_app
from netra_backend.database.models import Base
from netra_backend.websocket.pool import platform_pool
from servers.keys import use_keys
from servers.settings import Settings


def create() -> FastAPI:
    """Make the application as the environment says."""
    settings = Settings.from_environment()
    revocations = FollowedRevocations(settings.auth, "netra_backend")
    use_keys("netra_backend", settings.keys, settings.token_seconds, revocations)
    opened = AsyncExitStack()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened:
            if settings.redis:
                from servers.real_services import share_by_redis

                app.state.pool = await share_by_redis(settings, opened)
            opened.push_async_callback(app.state.pool.close)
            opened.push_async_callback(app.state.analytics.close)
            following = asyncio.create_task(revocations.follow())
            yield
            following.cancel()

    app = create_app(
        platform_pool(), settings.analytics, step_seconds=settings.step_seconds, lifespan=lifespan
    )
    use_rows(settings, opened)
    limits.use_limiter(MemoryRateLimiter(settings.rate))
    if settings.leaks:
        from planted_leaks.planting import plant

        plant(app, settings.leaks)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=[settings.page],
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["RateLimit", "Retry-After"],
    )
    return app


def use_rows(settings: Settings, opened: AsyncExitStack) -> None:
    """Keep rows in one SQLite file for each user, or in PostgreSQL behind row-level security."""
    if settings.database:
        from servers.real_services import row_level_security

        storage = row_level_security(settings.database, opened)
    else:
        storage = EmbeddedStorage(settings.data / "users", metadata=Base.metadata)
    manager = RequestScopedSessionManager(storage=storage)
    opened.push_async_callback(manager.close)
    use_database(manager)
