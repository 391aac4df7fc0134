"""Routes that no description tells, mounted ones, WebSockets, and where their handlers stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, WebSocket
from starlette.routing import Route as PlainRoute

from cellwall.audit.app_routes import place_for, places, routes_of, undescribed
from cellwall.audit.operation import Operation


def application() -> FastAPI:
    app, inner, router = FastAPI(), FastAPI(), APIRouter()

    @app.get("/hidden/{number:int}", include_in_schema=False)
    async def hidden(number: int) -> None: ...

    @router.get("/routed")
    async def routed() -> None: ...

    @inner.get("/inside/{name}")
    async def inside(name: str) -> None: ...

    @app.websocket("/rooms/{room}")
    async def room(
        websocket: WebSocket, room: str, token: str, connection_id: str, extra: Any = None
    ) -> None: ...

    app.include_router(router)
    app.mount("/mounted", inner)
    app.router.routes.append(PlainRoute("/plain", routed))
    return app


def test_each_route_is_found_once_with_its_place() -> None:
    routes = list(routes_of(application(), Path(__file__).parent))
    known = [Operation("GET", "/routed"), Operation("GET", "/mounted/inside/{other}")]
    found = undescribed(routes, known)
    assert [(each.method, each.path) for each in found] == [("GET", "/hidden/{number}"), ("GET", "/plain")]
    assert found[0].parameters[0].schema == {"type": "integer"}
    assert found[0].place.startswith("test_app_routes.py:")
    assert place_for(known[1], places(routes)).startswith("test_app_routes.py:")


def test_a_channel_knows_what_its_address_says() -> None:
    (channel,) = [each for each in routes_of(application(), Path()) if "rooms" in each.path]
    assert (channel.methods, channel.query) == ((), ("token", "connection_id"))


def test_descriptions_of_mounted_applications_are_found() -> None:
    urls = [each.schema_url for each in routes_of(application(), Path()) if each.schema_url]
    assert urls == ["/openapi.json", "/mounted/openapi.json"]


def test_an_application_without_routes_has_none() -> None:
    async def bare(scope: Any, receive: Any, send: Any) -> None: ...

    assert list(routes_of(bare, Path())) == []
