"""Where a request carries its token. Reads the scope, and takes the token out of what others may log."""

from dataclasses import dataclass
from typing import final
from urllib.parse import parse_qsl, urlencode

from cellwall.runtime.errors import TokenInvalidError, TokenMissingError
from cellwall.runtime.token_refusal import REFUSED
from cellwall.runtime.web.asgi import Scope


@final
@dataclass(frozen=True, slots=True)
class Found:
    """A token, and whether the browser sent it by itself, so that another site may have asked for it."""

    token: str
    automatic: bool = False
    subprotocol: str | None = None


@final
@dataclass(frozen=True, slots=True)
class Credentials:
    """The places of a token beside `Authorization: Bearer`, each only when named.

    `cookie`: the name of a cookie. `websocket_protocol`: a name in `Sec-WebSocket-Protocol` after which the
    token stands. `websocket_query`: a query parameter, for WebSockets alone. The header comes first: with a
    bad one there, nothing else is tried.
    """

    cookie: str | None = None
    websocket_protocol: str | None = None
    websocket_query: str | None = None

    def elsewhere(self, scope: Scope) -> Found:
        """Find the token of a request that has no `Authorization` header.

        Raises:
            TokenMissingError: there is none.
            TokenInvalidError: there are two in one place.
        """
        if scope["type"] == "websocket" and (found := self._of_websocket(scope)) is not None:
            return found
        if self.cookie is not None and (value := self._of_cookie(scope, self.cookie)) is not None:
            return Found(value, automatic=True)
        raise TokenMissingError(REFUSED)

    def _of_websocket(self, scope: Scope) -> Found | None:
        offered = list(scope.get("subprotocols") or ())
        if self.websocket_protocol in offered:
            at = offered.index(self.websocket_protocol)
            token = _only(offered[at + 1 : at + 2])
            scope["subprotocols"] = offered[:at] + offered[at + 2 :]
            return Found(token, subprotocol=self.websocket_protocol)
        if self.websocket_query is not None:
            pairs = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
            tokens = [value for name, value in pairs if name == self.websocket_query]
            if tokens:
                rest = [pair for pair in pairs if pair[0] != self.websocket_query]
                scope["query_string"] = urlencode(rest).encode()
                return Found(_only(tokens))
        return None

    @staticmethod
    def _of_cookie(scope: Scope, name: str) -> str | None:
        values = []
        for header, value in scope["headers"]:
            if header == b"cookie":
                for pair in value.decode("latin-1").split(";"):
                    key, separator, text = pair.strip().partition("=")
                    if separator and key == name:
                        values.append(text)
        return _only(values) if values else None


def _only(tokens: list[str]) -> str:
    if len(tokens) != 1:
        raise TokenInvalidError(REFUSED)
    return tokens[0]
