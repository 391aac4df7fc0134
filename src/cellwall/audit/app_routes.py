"""Walks the routes of an ASGI application at hand: what no description tells, where each handler stands."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

from cellwall.audit.operation import Operation, Parameter

_DEPTH: Final = 8
_SKIPPED: Final = re.compile(r"(.*/)?(openapi\.json|docs|redoc|oauth2-redirect|favicon\.ico)|/static.*")
_CONVERTOR: Final = re.compile(r"{([^{}:]+)(?::([a-z]+))?}")


@final
@dataclass(frozen=True, slots=True)
class Route:
    """One route: `methods` is empty for a WebSocket; `query` are the parameters that its handler names.

    `first` is what a WebSocket's client sends first, with names in braces. `schema` gives what `schema_url`
    would show, to the code of the application alone.
    """

    path: str
    methods: tuple[str, ...]
    place: str
    described: bool
    query: tuple[str, ...] = ()
    schema_url: str = ""
    first: str = ""
    schema: Callable[[], Any] | None = None

    @property
    def channel_key(self) -> str:
        """The name of a WebSocket in reports."""
        return f"WEBSOCKET {self.path}" + (f" {self.first}" if self.first else "")


def routes_of(app: Any, root: Path, prefix: str = "", depth: int = 0) -> Iterator[Route]:
    """Give the routes of an application and of those mounted in it, by the attributes that Starlette's have.

    An application without such attributes gives none.
    """
    url = getattr(app, "openapi_url", None)
    if isinstance(url, str) and depth < _DEPTH:
        schema = getattr(app, "openapi", None)
        yield Route(prefix + url, (), "", True, (), prefix + url, schema=schema if callable(schema) else None)
    for route in _children(app):
        path = getattr(route, "path", None)
        endpoint = getattr(route, "endpoint", None)
        if isinstance(path, str) and endpoint is not None:
            methods = tuple(sorted(str(each) for each in getattr(route, "methods", None) or ()))
            described = bool(getattr(route, "include_in_schema", True)) and hasattr(route, "response_model")
            query = () if methods else _query_names(endpoint, path)
            yield Route(prefix + path, methods, place_of(endpoint, root), described, query)
        elif depth < _DEPTH:
            mounted = getattr(route, "app", None)
            inside = prefix + (path if isinstance(path, str) else "")
            yield from routes_of(mounted if mounted is not None else route, root, inside, depth + 1)


def _children(app: Any) -> Iterable[Any]:
    for holder in (app, getattr(app, "router", None), getattr(app, "original_router", None)):
        found = getattr(holder, "routes", None)
        if isinstance(found, list | tuple):
            return found
    return ()


def undescribed(routes: Iterable[Route], known: Iterable[Operation]) -> list[Operation]:
    """Give operations for the routes that no description has."""
    shapes = {(each.method, _shape(each.path)) for each in known}
    found = []
    for route in routes:
        for method in route.methods:
            path = _CONVERTOR.sub(r"{\1}", route.path)
            if method in ("HEAD", "OPTIONS") or (method, _shape(path)) in shapes or _SKIPPED.fullmatch(path):
                continue
            shapes.add((method, _shape(path)))
            parameters = tuple(
                Parameter(name, "path", {"type": "integer" if kind == "int" else "string"}, True)
                for name, kind in _CONVERTOR.findall(route.path)
            )
            found.append(Operation(method, path, parameters, place=route.place, origin="route"))
    return found


def places(routes: Iterable[Route]) -> dict[tuple[str, str], str]:
    """Give the place of each handler by method and shape of its path."""
    return {
        (method, _shape(_CONVERTOR.sub(r"{\1}", route.path))): route.place
        for route in reversed(list(routes))
        for method in route.methods
        if route.place
    }


def place_for(operation: Operation, known: dict[tuple[str, str], str]) -> str:
    """Give the place of an operation's handler, "" where it is unknown."""
    return known.get((operation.method, _shape(operation.path)), "")


def place_of(handler: Any, root: Path) -> str:
    """Give `path:line` of a function, relative to the repository where it is in it."""
    code = getattr(inspect.unwrap(handler), "__code__", None) if callable(handler) else None
    if code is None:
        return ""
    path = Path(code.co_filename)
    shown = path.relative_to(root) if path.is_relative_to(root) else path.name
    return f"{shown}:{code.co_firstlineno}"


def _query_names(endpoint: Any, path: str) -> tuple[str, ...]:
    """Give the names of a WebSocket handler's arguments that a client fills: plain types, not in the path."""
    try:
        parameters = inspect.signature(endpoint).parameters.values()
    except (TypeError, ValueError):
        return ()
    in_path = {name for name, _ in _CONVERTOR.findall(path)}
    plain = ("str", "int", "str | None", "int | None")
    return tuple(
        each.name
        for each in parameters
        if each.name not in in_path and (each.annotation in (str, int) or str(each.annotation) in plain)
    )


def _shape(path: str) -> str:
    return re.sub(r"{[^{}]*}", "{}", path)
