"""WebSocket channels as the user writes them, `/ws?token={token} {"join": {room_id}}`, read into routes.

No description tells of channels, so behind a URL they are only known so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from cellwall.audit.app_routes import Route
from cellwall.audit.errors import AuditError

NAME: Final = re.compile(r"{([A-Za-z_]\w*)(?::[a-z]+)?}")


def with_channels(found: Sequence[Route], texts: Sequence[str]) -> tuple[Route, ...]:
    """Add the channels that are written down; each takes the place of what was found under its path.

    Raises:
        AuditError: one cannot be read.
    """
    given = [read_channel(text) for text in texts]
    known = {each.path: each.place for each in found}
    paths = {each.path.partition("?")[0] for each in given}
    placed = [
        Route(each.path, (), known.get(each.path.partition("?")[0], ""), False, each.query, first=each.first)
        for each in given
    ]
    return (*(each for each in found if each.path not in paths), *placed)


def read_channel(text: str) -> Route:
    """Read one channel: its path, names in braces, and what is sent first, if anything.

    Raises:
        AuditError: it does not begin with a path.
    """
    target, _, first = text.strip().removeprefix("WEBSOCKET ").partition(" ")
    if not target.startswith("/") or target.startswith("//"):
        raise AuditError(f'{text!r} is no channel; write it as /ws?token={{token}} {{"join": {{room_id}}}}')
    path, _, query = target.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    fixed = [(name, value) for name, value in pairs if not NAME.fullmatch(value)]
    named = tuple(name for name, value in pairs if NAME.fullmatch(value))
    path += "?" + urlencode(fixed) if fixed else ""
    return Route(path, (), "", False, named, first=first.strip())


def filled(first: str, values: Mapping[str, Any]) -> str:
    """Fill the names in what is sent first: as JSON values, and as they are within its strings."""
    if not first.startswith(("{", "[")):
        return NAME.sub(lambda match: str(values.get(match[1], match[0])), first)
    inside, parts, at = False, list[str](), 0
    for match in re.finditer(rf'"|{NAME.pattern}', first):
        parts.append(first[at : match.start()])
        at = match.end()
        if match[0] == '"':
            inside = not inside
            parts.append('"')
        else:
            value = values.get(match[1], "")
            text = json.dumps(value)
            parts.append(json.dumps(str(value))[1:-1] if inside else text)
    return "".join([*parts, first[at:]])
