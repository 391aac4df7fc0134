"""One request of one user and its answer, with the way to send another like it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, final

Headers = tuple[tuple[str, str], ...]
CREDENTIALS: Final = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})


@final
@dataclass(frozen=True, slots=True)
class Request:
    """What was sent: `target` is path and query, header names are in lower case."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""

    @property
    def credentials(self) -> Headers:
        """The headers that say who asks."""
        return tuple(pair for pair in self.headers if pair[0] in CREDENTIALS)

    @property
    def place(self) -> str:
        """Method and path, without the query."""
        return f"{self.method} {self.target.partition('?')[0]}"

    @property
    def shape(self) -> tuple[str, int]:
        """What the same step of two users has in common: the method, and the parts of the path."""
        return self.method, self.target.partition("?")[0].count("/")

    def signed_by(self, other: Request) -> Request:
        """Give this request with the other's credentials in place of its own."""
        kept = tuple(pair for pair in self.headers if pair[0] not in CREDENTIALS)
        return Request(self.method, self.target, kept + other.credentials, self.body)


@final
@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the body decoded."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    @property
    def succeeded(self) -> bool:
        """Whether the service did what it was asked."""
        return 200 <= self.status < 300

    def header(self, name: str) -> str:
        """Give the values of a header, joined by commas; "" where it is missing."""
        return ", ".join(value for key, value in self.headers if key == name)

    @property
    def text(self) -> str:
        """Headers and body as one text, for a search."""
        lines = [f"{name}: {value}" for name, value in self.headers]
        return "\n".join([*lines, self.body.decode(errors="replace")])


Resend = Callable[[Request], Awaitable[Answer]]


@final
@dataclass(frozen=True, slots=True)
class Exchange:
    """One request of `user`, its answer, and how to send another to the same service."""

    user: str
    request: Request
    answer: Answer
    resend: Resend
