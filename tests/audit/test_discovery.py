"""What an application can be asked is found, also where it describes itself to nobody without a token."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI

from cellwall import TokenIssuer
from cellwall.audit.asgi_transport import AsgiTransport
from cellwall.audit.discovery import discover
from cellwall.audit.errors import NotReachedError
from cellwall.runtime.web import CellwallMiddleware


def walled(app: FastAPI) -> FastAPI:
    app.add_middleware(CellwallMiddleware, tokens=TokenIssuer())
    return app


async def test_a_description_behind_the_wall_is_read_from_the_application_itself() -> None:
    app, inner = FastAPI(), FastAPI()

    @app.post("/notes")
    async def add(note: dict[str, str]) -> None: ...

    @inner.post("/notes")
    async def add_inside(note: dict[str, str]) -> None: ...

    app.mount("/inner", inner)
    found = await discover(AsgiTransport(walled(app)), root=Path.cwd(), app=app)
    assert {each.key: each.body is not None for each in found.operations} == {
        "POST /notes": True,
        "POST /inner/notes": True,
    }


async def test_by_its_url_alone_it_stays_hidden() -> None:
    with pytest.raises(NotReachedError, match="name its OpenAPI document by --openapi"):
        await discover(AsgiTransport(walled(FastAPI())), root=Path.cwd())
