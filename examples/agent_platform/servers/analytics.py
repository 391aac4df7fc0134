"""The analytics service as a server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from analytics_service import tracking
from analytics_service.app import create_analytics_app
from cellwall import AnalyticsLog
from cellwall.runtime.analytics import AnalyticsStore, SQLiteAnalyticsStore
from servers.keys import use_keys
from servers.settings import Settings


def create() -> FastAPI:
    """Make the application as the environment says."""
    settings = Settings.from_environment()
    use_keys("analytics_service", settings.keys)
    log = AnalyticsLog(store(settings))
    tracking.use_log(log)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        log.close()

    return create_analytics_app(lifespan)


def store(settings: Settings) -> AnalyticsStore:
    """Give where events are kept: a file, or PostgreSQL."""
    if not settings.events:
        return SQLiteAnalyticsStore(settings.data / "events.sqlite3")
    from cellwall.runtime.analytics.postgres import PostgresAnalyticsStore

    return PostgresAnalyticsStore(settings.events)
