"""The auth service as a server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from auth_service.app import create_auth_app
from auth_service.revocations import ToldRevocations
from auth_service.stored_accounts import StoredAccounts
from servers.keys import use_keys
from servers.settings import Settings


def create() -> FastAPI:
    """Make the application as the environment says."""
    settings = Settings.from_environment()
    accounts = StoredAccounts(settings.data / "accounts.sqlite3")
    revocations = ToldRevocations(settings.data / "revocations.jsonl")
    use_keys("auth_service", settings.keys, settings.token_seconds, revocations)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        accounts.close()

    app = create_auth_app(accounts, settings.analytics, revocations, lifespan)
    if settings.leaks:
        from planted_leaks.planting import plant

        plant(app, settings.leaks, "auth")
    app.add_middleware(CORSMiddleware, allow_origins=[settings.page], allow_methods=["*"], allow_headers=["*"])
    return app
