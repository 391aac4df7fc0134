"""The middleware: pure ASGI around the whole application, for HTTP and WebSocket.

One context per request, made from its verified token, current while the application runs, and ended when the
application is done: after the last byte of a stream, after background tasks, or when it was cancelled.
"""

from __future__ import annotations  # else `sending`, made for every request, evaluates its own each time

import logging
from collections.abc import Awaitable, Iterable
from typing import Final, TypeVar, final

from cellwall.runtime.bearer import bearer_token
from cellwall.runtime.context import UserExecutionContext, _set_ended, cleanup_user_context
from cellwall.runtime.current import _current
from cellwall.runtime.errors import (
    CleanupError,
    ForeignOriginError,
    RateLimitedError,
    ResourceExhaustedError,
    TokenError,
    TokenInvalidError,
)
from cellwall.runtime.limits.headers import Header, LimitHeaders
from cellwall.runtime.limits.limiter import RateLimiter, require_allowed
from cellwall.runtime.limits.memory import MemoryRateLimiter
from cellwall.runtime.limits.rate import Rate
from cellwall.runtime.token_refusal import REFUSED
from cellwall.runtime.web.asgi import CONTEXT, ASGIApp, Message, Receive, Scope, Send
from cellwall.runtime.web.credentials import Credentials, Found
from cellwall.runtime.web.origin import comes_from_us
from cellwall.runtime.web.problem import Problem
from cellwall.runtime.web.public_paths import PublicPaths
from cellwall.runtime.web.verifier import TokenVerifier, header_verifier_of, verify_of
from cellwall.runtime.web.websocket_watch import RECHECK_SECONDS, WatchedWebSocket

T = TypeVar("T")

TOO_MANY: Final = "too many requests"
ROUNDING: Final = 1e-6

_log: Final = logging.getLogger("cellwall.web")

# Looked up once: as methods they would be looked up, and bound, for every request.
_create: Final = UserExecutionContext.create_for_user
_enter: Final = _current.set
_leave: Final = _current.reset


@final
class CellwallMiddleware:
    """Lets a request through with a good token alone, and within its user's limit.

    Answers 401 without a good token, 403 to a cookie from another site's page, 429 above the limit and 503
    while something needed is gone, each as a small problem document; a WebSocket is refused before it is
    accepted. The same answers are given for `TokenError`, `RateLimitedError` and `ResourceExhaustedError`
    that the application raises before its response begins.

    Args:
        app: the ASGI application.
        tokens: checks the tokens: a `TokenIssuer`, or whatever has such a `verify`.
        limiter: limits each user; no limit where none is given.
        public_paths: need no token and have no context, such as `"/health"` and `"/static/"` (a folder).
        credentials: where a token may stand beside `Authorization: Bearer`; nowhere else by default.
        allowed_origins: pages that may use a cookie, such as `"https://app.example.org"`; by default our own.
        limit_headers_below: the share of the burst, 0 to 1, from which on responses say what remains: 1 in
            every response, 0.5 once half of it is used; a refusal for the limit always does.
        older_limit_headers: whether to send `X-RateLimit-*` too.
        recheck_seconds: how often the token of an open WebSocket is checked again.

    Raises:
        ValueError: `limit_headers_below` is no share, or a public path is none.

    Example:
        app.add_middleware(CellwallMiddleware, tokens=issuer, limiter=MemoryRateLimiter(Rate(100)))
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        tokens: TokenVerifier,
        limiter: RateLimiter | None = None,
        public_paths: Iterable[str] = (),
        credentials: Credentials | None = None,
        allowed_origins: Iterable[str] = (),
        limit_headers_below: float = 1.0,
        older_limit_headers: bool = False,
        recheck_seconds: float = RECHECK_SECONDS,
    ) -> None:
        if not 0 <= limit_headers_below <= 1:
            raise ValueError(f"limit_headers_below is a share from 0 to 1, not {limit_headers_below}")
        self._app = app
        self._verify = verify_of(tokens)
        self._verify_header = header_verifier_of(tokens)
        self._limiter = limiter
        self._take = limiter.take if isinstance(limiter, MemoryRateLimiter) else None
        self._public = PublicPaths(public_paths)
        self._exact = self._public.exact
        self._open = bool(self._exact or self._public.folders)
        self._credentials = credentials or Credentials()
        self._origins = frozenset(origin.lower() for origin in allowed_origins)
        rate = Rate(1) if limiter is None else limiter.rate
        self._window = rate.window
        self._pace = 1 / rate.interval
        self._quiet = rate.window * (1 - limit_headers_below) - ROUNDING * rate.interval
        self._limit_headers = LimitHeaders(rate, older=older_limit_headers)
        self._recheck = recheck_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: PLR0912, PLR0915
        """Handle one request, WebSocket or lifespan.

        One long method: every HTTP request runs through it, and a call costs as much as several branches.
        What an attribute holds is called by a local name: Python looks for a method first where it is not.
        """
        if scope["type"] != "http":
            return await self._not_http(scope, receive, send)
        path = scope["path"]
        if self._open and (path in self._exact or path in self._public):
            return await self._run_public(scope, receive, send)

        started = False
        extra: tuple[Header, ...] = ()

        def sending(message: Message) -> Awaitable[None]:
            nonlocal started
            if started:
                return send(message)
            if message["type"] == "http.response.start":
                started = True
                if extra:
                    message = {**message, "headers": [*message.get("headers", ()), *extra]}
            return send(message)

        try:
            given = None
            for name, value in scope["headers"]:
                if name == b"authorization":
                    if given is not None:
                        raise TokenInvalidError(REFUSED)
                    given = value
            if given is None:
                verified = self._verify(self._found_elsewhere(scope).token)
            else:
                verify = self._verify_header
                verified = verify(given)
            user_id = verified.user_id
            if user_id is None:
                raise TokenInvalidError(REFUSED)
            take = self._take
            if take is not None:
                backlog = take(user_id)
                if backlog < 0.0:
                    extra = self._limit_headers[0]
                    raise RateLimitedError(TOO_MANY, -backlog)
                if backlog >= self._quiet:
                    extra = self._limit_headers[int((self._window - backlog) * self._pace + ROUNDING)]
            elif self._limiter is not None:
                decision = await _outside(self._limiter.hit(user_id))
                if decision.metered and (not decision.allowed or decision.backlog >= self._quiet):
                    remaining = int((self._window - decision.backlog) * self._pace + ROUNDING)
                    extra = self._limit_headers[remaining]
                if not decision.allowed:
                    raise RateLimitedError(TOO_MANY, decision.retry_after)
            context = scope[CONTEXT] = _create(user_id, verified.session_id)
        except (TokenError, ResourceExhaustedError, ForeignOriginError) as error:
            return await _outside(Problem.of(error).answer(sending))

        before, app = _enter(context), self._app
        try:
            await app(scope, receive, sending)
        except (TokenError, ResourceExhaustedError) as error:
            if started:
                raise
            await Problem.of(error).answer(sending)
        finally:
            scope.pop(CONTEXT, None)
            try:
                _set_ended(context, True)  # before the look, as in `_end_unopened`
                if context._lifetime is not None:
                    await cleanup_user_context(context)
            except CleanupError:
                _log.exception("request %s was answered, but not all it opened could be closed", context)
            finally:
                _leave(before)

    async def _not_http(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "websocket":
            raise NotImplementedError(f"no wall is known for the protocol {scope['type']!r}")
        if scope["path"] in self._public:
            return await self._run_public(scope, receive, send)
        await _outside(self._run_websocket(scope, receive, send))
        return None

    async def _run_public(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.pop(CONTEXT, None)
        await _outside(self._app(scope, receive, send))

    async def _run_websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            found = self._found(scope)
            context = await self._admit(found)
        except (TokenError, ResourceExhaustedError, ForeignOriginError) as error:
            return await Problem.of(error).deny(scope, receive, send)
        watched = WatchedWebSocket(
            receive,
            send,
            check=lambda: self._verify(found.token),
            recheck=self._recheck,
            subprotocol=found.subprotocol,
        )
        scope[CONTEXT] = context
        _current.set(context)
        try:
            await self._app(scope, watched.receive, watched.send)
        except (TokenError, ResourceExhaustedError) as error:
            await watched.close(Problem.of(error).close_code)
        finally:
            scope.pop(CONTEXT, None)
            await _end(context, watched)
        return None

    async def _admit(self, found: Found) -> UserExecutionContext:
        verified = self._verify(found.token)
        if verified.user_id is None:
            raise TokenInvalidError(REFUSED)
        if self._limiter is not None:
            await require_allowed(self._limiter, verified.user_id)
        return _create(verified.user_id, verified.session_id)

    def _found(self, scope: Scope) -> Found:
        token = None
        for name, value in scope["headers"]:
            if name == b"authorization":
                if token is not None:
                    raise TokenInvalidError(REFUSED)
                token = bearer_token(value)
        return self._found_elsewhere(scope) if token is None else Found(token)

    def _found_elsewhere(self, scope: Scope) -> Found:
        found = self._credentials.elsewhere(scope)
        if found.automatic and not comes_from_us(scope, self._origins):
            raise ForeignOriginError
        return found


async def _outside(work: Awaitable[T]) -> T:
    """Await what belongs to no user: a pipelined request's task may be born inside another user's."""
    before = _current.set(None)
    try:
        return await work
    finally:
        _current.reset(before)


async def _end(context: UserExecutionContext, watched: WatchedWebSocket) -> None:
    try:
        await watched.end()
    finally:
        try:
            await cleanup_user_context(context)
        except CleanupError:
            _log.exception("websocket %s has ended, but not all it opened could be closed", context)
