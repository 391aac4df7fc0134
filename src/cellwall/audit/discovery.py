"""Finds the operations of an application: by its descriptions, its routes, and what users configured."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, final

from cellwall.audit.app_routes import Route, place_for, places, routes_of, undescribed
from cellwall.audit.configured_channel import with_channels
from cellwall.audit.configured_request import with_configured
from cellwall.audit.errors import NotReachedError
from cellwall.audit.exchange import Request
from cellwall.audit.openapi import foreign_servers, read_openapi
from cellwall.audit.operation import Operation
from cellwall.audit.transport import Transport

USUAL: Final = (
    "/openapi.json", "/api/openapi.json", "/api/v1/openapi.json", "/v1/openapi.json", "/static/openapi.json",
    "/swagger.json", "/docs/openapi.json", "/api/schema/?format=json",
)  # fmt: skip


@final
@dataclass(frozen=True)
class Discovered:
    """The operations, the WebSocket routes, and what is worth a note."""

    operations: tuple[Operation, ...]
    channels: tuple[Route, ...] = ()
    notes: tuple[str, ...] = ()


async def discover(
    transport: Transport,
    *,
    root: Path,
    app: Any = None,
    openapi: Sequence[str] = (),
    requests: Sequence[str] = (),
    skip: Sequence[str] = (),
    channels: Sequence[str] = (),
) -> Discovered:
    """Give what the application can be asked.

    Raises:
        NotReachedError: there is nothing to ask.
    """
    routes = list(routes_of(app, root)) if app is not None else []
    operations, notes = list[Operation](), list[str]()
    for url in _urls(openapi, routes):
        document, prefix = await _document(transport, root, url, routes)
        found = read_openapi(document, prefix=prefix)
        known = {each.key for each in operations}
        operations += [each for each in found if each.key not in known]
        notes += [f"never called, though described: {each}" for each in foreign_servers(document)]
        if found and not openapi and not routes:
            break
    operations += undescribed(routes, operations)
    known_places = places(routes)
    operations = [
        each if each.place else replace(each, place=place_for(each, known_places)) for each in operations
    ]
    operations = [each for each in with_configured(operations, requests) if each.key not in skip]
    if not operations:
        raise NotReachedError(
            f"{transport.base} describes no operations ({', '.join(_urls(openapi, routes)[:4])} ...); "
            "name its OpenAPI document by --openapi, a path of the service or a file"
        )
    found_channels = [each for each in routes if not each.methods and not each.schema_url]
    return Discovered(tuple(operations), with_channels(found_channels, channels), tuple(dict.fromkeys(notes)))


def _urls(openapi: Sequence[str], routes: Sequence[Route]) -> list[str]:
    return list(openapi or [each.schema_url for each in routes if each.schema_url] or USUAL)


async def _document(transport: Transport, root: Path, url: str, routes: Sequence[Route]) -> tuple[Any, str]:
    """Give a description, and the prefix of the application that it is about.

    An application at hand is asked itself for a description that it shows to nobody without a token.
    """
    if not url.startswith("/"):
        return _read(root, url), ""
    response = await transport.send(Request("GET", url))
    document = response.json if response.ok else None
    if document is None:
        document = next((each.schema() for each in routes if each.schema_url == url and each.schema), None)
    return document, url.rpartition("/")[0] if _is_mounted(document, url) else ""


def _read(root: Path, name: str) -> Any:
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()) or not path.is_file():
        raise NotReachedError(f"--openapi {name}: there is no such file in the repository")
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise NotReachedError(f"--openapi {name}: is no JSON: {error}") from None


def _is_mounted(document: Any, url: str) -> bool:
    """Whether the description is one of an application mounted under the folder that it is served from.

    Such an application does not know its prefix, so that none of its paths begins with it; a whole
    application's description served from a folder has paths that do, or stands in a usual place.
    """
    folder = url.rpartition("/")[0]
    paths = document.get("paths") if isinstance(document, dict) else None
    if not folder or url in USUAL or not isinstance(paths, dict):
        return False
    servers = document.get("servers")
    if isinstance(servers, list) and any(isinstance(s, dict) and s.get("url") == folder for s in servers):
        return False  # FastAPI tells a mounted application's prefix so
    return not any(str(path).startswith(folder + "/") for path in paths)
