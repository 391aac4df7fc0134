"""Who a client is: a cookie jar and a token, the same for every kind of connection of one user."""

from __future__ import annotations

import email.message
import urllib.request
from collections.abc import Iterable, Mapping
from http.cookiejar import CookieJar
from typing import Any, Final, cast, final

Headers = list[tuple[bytes, bytes]]
HOST: Final = "testserver"


@final
class Identity:
    """One user's cookies and bearer token; nothing of it is another's."""

    def __init__(self, token: str | None = None, *, host: str = HOST) -> None:
        self.token = token
        self.host = host
        self.cookies: CookieJar = CookieJar()

    def headers(self, path: str, extra: Mapping[str, str] | None = None) -> Headers:
        """Give the headers of a request for `path`: host, credentials, and `extra`, which wins."""
        given = {"host": self.host}
        if self.token is not None:
            given["authorization"] = f"Bearer {self.token}"
        cookie = self._cookie_header(path)
        if cookie:
            given["cookie"] = cookie
        given |= {name.lower(): value for name, value in (extra or {}).items()}
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in given.items()]

    def remember(self, path: str, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Take the cookies of a response to `path`."""
        message = email.message.Message()
        for name, value in headers:
            if name.lower() == b"set-cookie":
                message["Set-Cookie"] = value.decode("latin-1")
        if message:
            self.cookies.extract_cookies(cast(Any, _Response(message)), self._request(path))

    def _cookie_header(self, path: str) -> str:
        request = self._request(path)
        self.cookies.add_cookie_header(request)
        return request.get_header("Cookie", "")

    def _request(self, path: str) -> urllib.request.Request:
        return urllib.request.Request(f"http://{self.host}{path}")


class _Response:
    """As much of a response as a cookie jar reads."""

    def __init__(self, message: email.message.Message) -> None:
        self._message = message

    def info(self) -> email.message.Message:
        return self._message
