"""The whole platform as one ASGI application: the back end, with accounts and analytics under their folders."""

import os
from typing import Any

from fastapi import FastAPI

from analytics_service.app import create_analytics_app
from auth_service.app import create_auth_app
from netra_backend.app import create_app


def create_platform(pool: Any = None, leaks: str | None = None) -> FastAPI:
    """Make the application; what it holds is its own, but for tokens, limits and analytics.

    `leaks` names leaks of `planted_leaks`, separated by commas; without it PLATFORM_LEAKS does, which is empty.
    """
    analytics = create_analytics_app()
    app = create_app(pool, analytics)
    auth = create_auth_app(analytics=analytics)
    if names := os.environ.get("PLATFORM_LEAKS", "") if leaks is None else leaks:
        from planted_leaks.planting import plant

        plant(app, names)
        plant(auth, names, "auth")
    app.mount("/auth", auth)
    app.mount("/analytics", analytics)
    return app
