"""One request and its answer, as sent and as received; nothing here sends anything."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, final

REFUSALS: Final = frozenset({401, 403, 404, 405, 410})
Pairs = tuple[tuple[str, str], ...]


@final
@dataclass(frozen=True, slots=True)
class Request:
    """What is sent: `path` begins with a slash, is written for the wire, and may have a query.

    `address` is the last number of the client's address, where a transport can choose it.
    """

    method: str
    path: str
    headers: Pairs = ()
    body: bytes = b""
    address: int = 1

    @property
    def text(self) -> str:
        """Everything a server could send back as an echo."""
        return f"{self.path}\n{self.body.decode(errors='replace')}\n{self.headers}"


@final
@dataclass(frozen=True)
class Response:
    """What came back. `status` is 0 where nothing did, and `failure` says why; `cut` that there was more."""

    status: int
    headers: Pairs = ()
    body: bytes = b""
    cut: bool = False
    failure: str = ""

    @property
    def ok(self) -> bool:
        """Whether the request was granted."""
        return 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """Whether it was answered with no, or as if there were nothing."""
        return self.status in REFUSALS

    @cached_property
    def text(self) -> str:
        """The headers' values and the body as text: where a value can show itself."""
        return "\n".join([*(value for _, value in self.headers), self.body.decode(errors="replace")])

    @cached_property
    def json(self) -> Any:
        """The body as JSON; None where it is none, or is nested too deeply to be read."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def header(self, name: str) -> str:
        """Give the first header of this name, "" for none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    def all_headers(self, name: str) -> list[str]:
        """Give each header of this name."""
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]


@final
@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that was answered: who asked (None: nobody), by which operation."""

    actor: str | None
    operation: str
    request: Request
    response: Response
