"""The whole platform as one ASGI application: the back end, with accounts and analytics under their folders."""

from typing import Any

from fastapi import FastAPI

from analytics_service.app import create_analytics_app
from auth_service.app import create_auth_app
from netra_backend.app import create_app


def create_platform(pool: Any = None) -> FastAPI:
    """Make the application; what it holds is its own, but for tokens, limits and analytics."""
    analytics = create_analytics_app()
    app = create_app(pool, analytics)
    app.mount("/auth", create_auth_app(analytics=analytics))
    app.mount("/analytics", analytics)
    return app
