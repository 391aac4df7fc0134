"""The web page as a server: static files, and where the services are."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

import frontend
from servers.settings import Settings

STATIC = Path(frontend.__file__).parent / "static"


def create() -> FastAPI:
    """Make the application as the environment says."""
    settings = Settings.from_environment()
    app = FastAPI(title="Web page")

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/config.json")
    async def config() -> dict[str, str]:
        return {"auth": settings.auth, "backend": settings.backend}

    app.mount("/", StaticFiles(directory=STATIC, html=True))
    return app
