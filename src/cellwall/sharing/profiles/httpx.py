"""httpx: transports are for all; a client is, as long as its cookie jar and credentials are empty."""

from __future__ import annotations

from typing import Any, Final

from cellwall.sharing.profile import Profile, always


def _client(value: Any) -> str:
    if len(value.cookies.jar):
        return "a client whose cookie jar holds cookies: it sends one user's with another's requests"
    if value.auth is not None:
        return "a client with credentials of its own, sent with everybody's requests"
    return ""


PROFILE: Final = Profile(
    "httpx",
    made_for_all={
        "httpx._transports.base.BaseTransport": "connections; cookies and credentials are the client's",
        "httpx._transports.base.AsyncBaseTransport": "connections; cookies and credentials are the client's",
        "httpx.BaseTransport": "connections; cookies and credentials are the client's",
        "httpx.AsyncBaseTransport": "connections; cookies and credentials are the client's",
        "httpx._config.Timeout": "settings",
        "httpx._config.Limits": "settings",
        "httpx.Timeout": "settings",
        "httpx.Limits": "settings",
        "httpx._urls.URL": "cannot change",
        "httpx.URL": "cannot change",
        "ssl.SSLContext": "settings",
    },
    per_user={
        "httpx._client.BaseClient": _client,
        "httpx.Cookies": always("cookies are one user's"),
        "httpx._models.Cookies": always("cookies are one user's"),
        "http.cookiejar.CookieJar": always("cookies are one user's"),
        "httpx.Response": always("a response to one user"),
    },
)
