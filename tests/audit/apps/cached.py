"""A page of one's own that caches may keep: for everybody where it leaks, for its user where not."""

from typing import Annotated

from fastapi import Depends, FastAPI, Response

from tests.audit.apps.accounts import current, with_accounts


def create_cached(leaking: bool) -> FastAPI:
    """Make the service."""
    app = with_accounts(FastAPI())

    @app.get("/page")
    async def page(response: Response, user: Annotated[str, Depends(current)]) -> dict[str, str]:
        response.headers["Cache-Control"] = "public, max-age=60"
        if not leaking:
            response.headers["Vary"] = "Authorization"
        return {"hello": user}

    return app
