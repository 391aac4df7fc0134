"""Puts a router's routes into an application one by one, so that a later one may take the place of an earlier."""

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.routing import BaseRoute


def add_routes(app: FastAPI, router: APIRouter) -> None:
    """Add the routes; where the application has one for the same method and path, that one goes."""
    routes = app.router.routes
    for route in router.routes:
        place = next((n for n, known in enumerate(routes) if _key(known) == _key(route)), len(routes))
        if isinstance(route, APIWebSocketRoute):
            app.add_api_websocket_route(route.path, route.endpoint)
        elif isinstance(route, APIRoute):
            methods, status = sorted(route.methods), route.status_code
            app.add_api_route(route.path, route.endpoint, methods=methods, status_code=status)
        routes[place : place + 1] = [routes.pop()]


def _key(route: BaseRoute) -> tuple[str, frozenset[str]] | None:
    if isinstance(route, APIWebSocketRoute):
        return route.path, frozenset({"WEBSOCKET"})
    return (route.path, frozenset(route.methods)) if isinstance(route, APIRoute) else None
