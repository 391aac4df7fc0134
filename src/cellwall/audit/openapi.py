"""Reads an OpenAPI 3 or Swagger 2 description into operations; the description is hostile input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from cellwall.audit.loopback import destination
from cellwall.audit.operation import Body, Operation, Parameter

METHODS: Final = ("get", "put", "post", "delete", "patch", "head")
MOST_OPERATIONS: Final = 2000
_DEPTH: Final = 12  # of references in references
_BODIES: Final = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")


def read_openapi(document: Any, *, prefix: str = "", origin: str = "described") -> list[Operation]:
    """Give the operations of a description, with `prefix` and its own base path before each path.

    What cannot be read is left out; nothing in a description is fetched, and no address in it is used.
    """
    if not isinstance(document, Mapping) or not isinstance(document.get("paths"), Mapping):
        return []
    base = prefix + base_path(document)
    found = []
    for path, item in document["paths"].items():
        if isinstance(path, str) and path.startswith("/") and isinstance(item, Mapping):
            found += [_operation(document, base + path, name, item, origin) for name in _methods(item)]
        if len(found) > MOST_OPERATIONS:
            break
    return found[:MOST_OPERATIONS]


def base_path(document: Mapping[str, Any]) -> str:
    """Give the path under which the description's paths stand; a `servers:` of another machine has none."""
    if isinstance(document.get("basePath"), str):
        return str(document["basePath"]).rstrip("/")
    servers = document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else None
    url = first.get("url") if isinstance(first, Mapping) else None
    if not isinstance(url, str) or "{" in url:
        return ""
    if url.startswith("/") and not url.startswith("//"):
        return url.rstrip("/")
    try:
        return destination(url).path if urlsplit(url).scheme else ""
    except Exception:  # another machine's, or no URL: its path says nothing of this one
        return ""


def foreign_servers(document: Any) -> list[str]:
    """Give the addresses in `servers:` that are not of this machine; none of them is ever called."""
    servers = document.get("servers") if isinstance(document, Mapping) else None
    urls = (
        [each.get("url") for each in servers if isinstance(each, Mapping)]
        if isinstance(servers, list)
        else []
    )
    return [
        url
        for url in urls
        if isinstance(url, str) and urlsplit_host(url) not in ("", "localhost", "127.0.0.1")
    ]


def urlsplit_host(url: str) -> str:
    """Give the host of a URL, "" for none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _methods(item: Mapping[str, Any]) -> Iterator[str]:
    return (name for name in METHODS if isinstance(item.get(name), Mapping))


def _operation(
    document: Mapping[str, Any], path: str, method: str, item: Mapping[str, Any], origin: str
) -> Operation:
    given = item[method]
    raw = [*_list(item.get("parameters")), *_list(given.get("parameters"))]
    resolved = [each for each in (resolve(document, one) for one in raw) if isinstance(each, Mapping)]
    words = " ".join(str(given.get(key, "")) for key in ("operationId", "summary"))
    return Operation(
        method.upper(),
        path,
        tuple(_parameters(path, resolved)),
        _body(document, given, resolved),
        _secured(document, given),
        words[:300],
        origin=origin,
    )


def _parameters(path: str, resolved: list[Mapping[str, Any]]) -> Iterator[Parameter]:
    seen = set()
    for each in reversed(resolved):  # an operation's own come after, and win
        name, place = each.get("name"), each.get("in")
        if (
            isinstance(name, str)
            and place in ("path", "query", "header", "cookie")
            and (name, place) not in seen
        ):
            seen.add((name, place))
            schema = each.get("schema") if isinstance(each.get("schema"), Mapping) else dict(each)
            if "example" in each and isinstance(schema, Mapping):
                schema = {**schema, "example": each["example"]}
            yield Parameter(name, str(place), schema or {}, bool(each.get("required")) or place == "path")
    for name in Operation("GET", path).path_names:
        if (name, "path") not in seen:
            yield Parameter(name, "path", {"type": "string"}, True)


def _body(
    document: Mapping[str, Any], given: Mapping[str, Any], resolved: list[Mapping[str, Any]]
) -> Body | None:
    content = _mapping(_mapping(resolve(document, given.get("requestBody"))).get("content"))
    for kind in (*_BODIES, *content):
        if isinstance(content.get(kind), Mapping):
            return Body(kind, _mapping(content[kind].get("schema")) or {"type": "object"})
    for each in resolved:  # Swagger 2
        if each.get("in") == "body":
            return Body("application/json", _mapping(each.get("schema")))
    fields = {str(each["name"]): each for each in resolved if each.get("in") == "formData" and "name" in each}
    if fields:
        needed = [name for name, each in fields.items() if each.get("required")]
        return Body(_BODIES[1], {"type": "object", "properties": fields, "required": needed})
    return None


def _secured(document: Mapping[str, Any], given: Mapping[str, Any]) -> bool | None:
    stated = given.get("security", document.get("security"))
    return None if stated is None else bool(stated) and {} not in _list(stated)


def resolve(document: Mapping[str, Any], node: Any, depth: int = 0, seen: tuple[str, ...] = ()) -> Any:
    """Replace local references; one that leads into itself, too deep or outside becomes an empty schema."""
    if depth > 40:
        return {}
    if isinstance(node, list):
        return [resolve(document, each, depth + 1, seen) for each in node[:500]]
    if not isinstance(node, Mapping):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        if reference in seen or len(seen) > _DEPTH:
            return {}
        return resolve(document, _at(document, reference), depth + 1, (*seen, reference))
    return {str(key): resolve(document, value, depth + 1, seen) for key, value in list(node.items())[:500]}


def _at(document: Mapping[str, Any], reference: str) -> Any:
    found: Any = document if reference.startswith("#/") else {}
    for part in reference[2:].split("/"):
        found = found.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(found, Mapping) else None
    return found if found is not None else {}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
