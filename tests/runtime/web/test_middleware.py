"""The wall around HTTP: who gets in, what they are told, and that nothing of a request outlives it."""

import asyncio
import json
import random
import weakref
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

from cellwall import TokenIssuer, UserExecutionContext, activate, current_context
from cellwall.runtime.errors import (
    CleanupError,
    ContextError,
    RateLimitedError,
    StoreUnavailableError,
    TokenInvalidError,
)
from cellwall.runtime.limits import Decision, MemoryRateLimiter, Rate
from cellwall.runtime.tokens import ServiceKey, ServiceTokenIssuer, ServiceTokenVerifier
from cellwall.runtime.web import CellwallMiddleware, Credentials, request_context
from tests.full_collection import collect

Fake = Any


async def test_a_good_token_makes_a_context(issuer: TokenIssuer, seen: Fake, client: Fake) -> None:
    app = CellwallMiddleware(seen, tokens=issuer)
    scope = client.http(issuer.generate_token("ada", session_id="s-1"))
    answer = await client.ask(app, scope)
    (context,) = seen.contexts
    assert (answer.status, answer.body) == (200, b"ada")
    assert (context.user_id, context.session_id) == ("ada", "s-1")
    assert context.closed
    assert not any(key.startswith("cellwall") for key in scope)
    assert current_context() is None


async def refusal(app: Any, client: Fake, scope: Any) -> Any:
    answer = await client.ask(app, scope)
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["content-length"]) == len(answer.body)
    document = json.loads(answer.body)
    assert document["status"] == answer.status and document["title"] and document["detail"]
    return answer


async def test_without_a_good_token_nobody_gets_in(
    issuer: TokenIssuer, seen: Fake, client: Fake, clock: Fake
) -> None:
    app = CellwallMiddleware(seen, tokens=issuer)
    good, gone = issuer.generate_token("ada"), issuer.generate_token("ada", expires_in=1)
    revoked = issuer.generate_token("ada")
    await issuer.revoke_token(revoked)
    clock.now += 2
    twice = client.http(good)
    twice["headers"].append((b"authorization", b"Bearer " + good.encode()))
    scopes = [client.http(token) for token in (gone, revoked, "", " ", good[:-1], good + " ", "x" * 9000)]
    scopes += [
        client.http(authorization=value) for value in (good, f"Basic {good}", "Bearer", f"Bearer  {good}")
    ]
    scopes += [client.http(cookie=f"token={good}"), client.http(path=f"/?token={good}"), client.http(), twice]
    bodies = set()
    for scope in scopes:
        answer = await refusal(app, client, scope)
        assert answer.status == 401 and answer.headers["www-authenticate"].startswith("Bearer")
        bodies.add(answer.body)
    assert len(bodies) == 1 and seen.contexts == []
    bare, bad = await client.ask(app, client.http()), await client.ask(app, client.http("x"))
    assert bare.headers["www-authenticate"] == "Bearer"
    assert bad.headers["www-authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_scheme_in_any_case(issuer: TokenIssuer, seen: Fake, client: Fake, scheme: str) -> None:
    app = CellwallMiddleware(seen, tokens=issuer)
    scope = client.http(authorization=f"{scheme} {issuer.generate_token('ada')}")
    assert (await client.ask(app, scope)).status == 200


@pytest.mark.parametrize("told", [(1.0, "3210"), (0.5, "210"), (0.25, "10"), (0.0, "0")])
@pytest.mark.parametrize("waits", [False, True])
async def test_a_response_tells_what_remains_from_a_share_of_the_burst_on(
    issuer: TokenIssuer, seen: Fake, client: Fake, told: tuple[float, str], waits: bool
) -> None:
    below, expected = told

    class Elsewhere:  # a limiter that is awaited
        rate = Rate(4, seconds=3600)
        hit = MemoryRateLimiter(rate).hit

    limiter = Elsewhere() if waits else MemoryRateLimiter(Elsewhere.rate)
    app = CellwallMiddleware(seen, tokens=issuer, limiter=limiter, limit_headers_below=below)
    token = issuer.generate_token(f"ada-{below}")
    answers = [await client.ask(app, client.http(token)) for _ in range(4)]
    found = [answer.headers.get("ratelimit", "").partition("r=")[2][:1] for answer in answers]
    assert "".join(found) == expected
    assert [answer.status for answer in answers] == [200] * 4
    refused = await refusal(app, client, client.http(token))
    assert refused.status == 429 and refused.headers["ratelimit"].startswith('"user";r=0;')


@pytest.mark.parametrize("below", [-0.1, 1.1, float("nan")])
def test_a_share_that_is_none_is_refused(issuer: TokenIssuer, seen: Fake, below: float) -> None:
    with pytest.raises(ValueError, match="limit_headers_below"):
        CellwallMiddleware(seen, tokens=issuer, limit_headers_below=below)


async def test_the_limit_of_each_user(issuer: TokenIssuer, seen: Fake, client: Fake) -> None:
    limiter = MemoryRateLimiter(Rate(2, seconds=3600))
    app = CellwallMiddleware(seen, tokens=issuer, limiter=limiter, older_limit_headers=True)
    ada, bob = issuer.generate_token("ada"), issuer.generate_token("bob")
    first = await client.ask(app, client.http(ada))
    assert first.headers["ratelimit-policy"] == '"user";q=2;w=3600'
    assert first.headers["ratelimit"] == '"user";r=1;t=1800'
    assert first.headers["x-ratelimit-remaining"] == "1"
    await client.ask(app, client.http(ada))
    refused = await refusal(app, client, client.http(ada))
    assert refused.status == 429 and refused.headers["ratelimit"].startswith('"user";r=0;')
    assert 1700 < int(refused.headers["retry-after"]) <= 1801
    assert (await client.ask(app, client.http(bob))).status == 200
    assert len(seen.contexts) == 3


async def test_any_limiter_will_do(issuer: TokenIssuer, seen: Fake, client: Fake) -> None:
    class Slow:
        rate = Rate(1, seconds=3600)

        def __init__(self, memory: Any, error: Exception | None = None) -> None:
            self.hits, self.error = memory, error

        async def hit(self, user_id: str) -> Decision:
            await asyncio.sleep(0)
            if self.error:
                raise self.error
            return self.hits(user_id)  # type: ignore[no-any-return]

    token = issuer.generate_token("ada")
    counted = CellwallMiddleware(seen, tokens=issuer, limiter=Slow(MemoryRateLimiter(Slow.rate).hit_now))
    assert (await client.ask(counted, client.http(token))).headers["ratelimit"] == '"user";r=0;t=3600'
    assert (await refusal(counted, client, client.http(token))).status == 429
    blind = Slow(lambda _: Decision(Slow.rate, 0.0, metered=False))
    uncounted = await client.ask(CellwallMiddleware(seen, tokens=issuer, limiter=blind), client.http(token))
    assert uncounted.status == 200 and "ratelimit" not in uncounted.headers
    gone = Slow(None, StoreUnavailableError("redis at 10.0.0.7 is gone"))
    closed = await refusal(CellwallMiddleware(seen, tokens=issuer, limiter=gone), client, client.http(token))
    assert closed.status == 503 and closed.headers["retry-after"] and b"10.0.0.7" not in closed.body


async def test_the_applications_own_messages_stay_as_they_are(issuer: TokenIssuer, client: Fake) -> None:
    start = {"type": "http.response.start", "status": 200, "headers": [(b"x", b"y")]}

    async def constant(scope: Any, receive: Any, send: Any) -> None:
        await send(start)
        await send({"type": "http.response.body", "body": b""})

    app = CellwallMiddleware(constant, tokens=issuer, limiter=MemoryRateLimiter(Rate(100)))
    for _ in range(3):
        answer = await client.ask(app, client.http(issuer.generate_token("ada")))
        assert len(answer.headers) == 3
    assert start == {"type": "http.response.start", "status": 200, "headers": [(b"x", b"y")]}


async def test_errors_of_the_application_that_are_answers(issuer: TokenIssuer, client: Fake) -> None:
    cases: list[tuple[Exception, int]] = [
        (RateLimitedError("no", 7.2), 429),
        (StoreUnavailableError("/var/secret is full"), 503),
        (TokenInvalidError("secret"), 401),
    ]
    for error, status in cases:

        async def failing(scope: Any, receive: Any, send: Any, error: Exception = error) -> None:
            raise error

        app = CellwallMiddleware(failing, tokens=issuer)
        answer = await refusal(app, client, client.http(issuer.generate_token("ada")))
        assert answer.status == status and b"secret" not in answer.body
        if status == 429:
            assert answer.headers["retry-after"] == "8"


async def test_errors_after_the_response_began_and_all_others(issuer: TokenIssuer, client: Fake) -> None:
    contexts: list[Any] = []

    async def late(scope: Any, receive: Any, send: Any) -> None:
        contexts.append(current_context())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RateLimitedError("late", 1)

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        contexts.append(current_context())
        raise ZeroDivisionError

    token = issuer.generate_token("ada")
    for app, error in ((late, RateLimitedError), (broken, ZeroDivisionError)):
        with pytest.raises(error):
            await client.ask(CellwallMiddleware(app, tokens=issuer), client.http(token))
        assert contexts[-1].closed and current_context() is None


async def test_streams_and_background_tasks_end_before_the_context(issuer: TokenIssuer, client: Fake) -> None:
    order: list[Any] = []

    async def endpoint(request: Request) -> StreamingResponse:
        context = request_context(request)
        context.on_cleanup(lambda: order.append("clean-up"))

        async def parts() -> Any:
            for number in range(3):
                order.append((number, context.closed, current_context() is context))
                yield b"x"
                await asyncio.sleep(0)

        async def afterwards() -> None:
            await asyncio.sleep(0)
            order.append(("background", context.closed, current_context() is context))

        return StreamingResponse(parts(), background=BackgroundTask(afterwards))

    app = Starlette(routes=[Route("/notes", endpoint)])
    app.add_middleware(CellwallMiddleware, tokens=issuer)
    answer = await client.ask(app, client.http(issuer.generate_token("ada")))
    assert answer.body == b"xxx"
    assert order == [
        (0, False, True),
        (1, False, True),
        (2, False, True),
        ("background", False, True),
        "clean-up",
    ]


async def test_cancelled_at_every_step(issuer: TokenIssuer, client: Fake) -> None:
    closed: list[str] = []
    contexts: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        context = current_context()
        assert context is not None
        contexts.append(context)

        async def close() -> None:
            await asyncio.sleep(0)
            closed.append(context.request_id)

        context.on_cleanup(close)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(5):
            await asyncio.sleep(0)
        await send({"type": "http.response.body", "body": b""})

    wall = CellwallMiddleware(app, tokens=issuer)
    for step in range(12):
        task = asyncio.create_task(client.ask(wall, client.http(issuer.generate_token("ada"))))
        for _ in range(step):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
    assert len(contexts) >= 10 and all(context.closed for context in contexts)
    assert len(closed) == len(contexts)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_clean_up_that_fails_spoils_no_answer(
    issuer: TokenIssuer, client: Fake, caplog: pytest.LogCaptureFixture
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        context = current_context()
        assert context is not None
        context.on_cleanup(lambda: 1 // 0)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})

    answer = await client.ask(
        CellwallMiddleware(app, tokens=issuer), client.http(issuer.generate_token("ada"))
    )
    assert answer.body == b"done"
    (record,) = caplog.records
    assert record.name == "cellwall.web" and record.exc_info and record.exc_info[0] is CleanupError
    assert current_context() is None


async def test_public_paths_have_no_context_whoever_calls(issuer: TokenIssuer, client: Fake) -> None:
    found: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        found.append((current_context(), scope.get("cellwall.context")))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    wall = CellwallMiddleware(app, tokens=issuer, public_paths=["/health", "/static/"])
    other = UserExecutionContext.create_for_user("bob")
    with activate(other):  # as a pipelined request's task is born inside the one before it
        for path in ("/health", "/static/a.css"):
            scope = client.http(path=path) | {"cellwall.context": other}
            assert (await client.ask(wall, scope)).status == 200
        await refusal(wall, client, client.http(path="/healthy"))
        assert current_context() is other
    assert found == [(None, None)] * 2


async def test_outside_the_wall_there_is_no_context(client: Fake) -> None:
    async def endpoint(request: Request) -> PlainTextResponse:
        with pytest.raises(ContextError, match="CellwallMiddleware"):
            request_context(request)
        return PlainTextResponse("fine")

    app = Starlette(routes=[Route("/notes", endpoint)])
    assert (await client.ask(app, client.http())).body == b"fine"


async def test_lifespan_passes_untouched(issuer: TokenIssuer) -> None:
    calls: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        calls.append((scope, receive, send))

    scope, receive, send = {"type": "lifespan", "state": {}}, object(), object()
    wall: Any = CellwallMiddleware(app, tokens=issuer)
    await wall(scope, receive, send)
    assert calls == [(scope, receive, send)] and scope == {"type": "lifespan", "state": {}}
    with pytest.raises(NotImplementedError, match="telnet"):
        await wall({"type": "telnet"}, receive, send)
    assert len(calls) == 1


async def test_cookies_only_from_our_own_pages(issuer: TokenIssuer, seen: Fake, client: Fake) -> None:
    cookie = f"theme=dark; token={issuer.generate_token('ada')}"
    credentials = Credentials(cookie="token")
    ours = CellwallMiddleware(seen, tokens=issuer, credentials=credentials)
    listed = CellwallMiddleware(
        seen, tokens=issuer, credentials=credentials, allowed_origins=["https://App.example.org"]
    )

    async def status(app: Any, method: str, **headers: str) -> int:
        return int((await client.ask(app, client.http(method=method, cookie=cookie, **headers))).status)

    assert await status(ours, "GET") == await status(listed, "GET") == 200
    assert await status(ours, "POST", host="here", origin="http://here") == 200
    assert await status(ours, "POST", host="here", origin="http://evil") == 403
    assert await status(ours, "POST", host="here", origin="https://here") == 403
    assert await status(ours, "POST", host="here", origin="null") == 403
    assert await status(ours, "DELETE", host="here") == 403
    assert await status(listed, "POST", host="here", origin="http://here") == 403
    assert await status(listed, "POST", host="here", origin="https://app.example.org") == 200
    assert (await client.ask(ours, client.http(cookie=f"{cookie}; token=x"))).status == 401
    bearer = client.http(issuer.generate_token("bob"), method="POST", cookie=cookie, origin="http://evil")
    assert (await client.ask(ours, bearer)).body == b"bob"  # a page cannot make a browser send that header
    bad = client.http("broken", cookie=cookie)
    assert (await client.ask(ours, bad)).status == 401  # and what is broken there is not made good elsewhere


async def test_services_may_call_for_a_user_only(seen: Fake, client: Fake) -> None:
    key = ServiceKey.generate()
    issuer = ServiceTokenIssuer("billing", key)
    app = CellwallMiddleware(seen, tokens=ServiceTokenVerifier("notes", [key.trusted_as("billing")]))
    context = UserExecutionContext.create_for_user("ada")
    assert (await client.ask(app, client.http(issuer.issue("notes", context=context)))).body == b"ada"
    assert (await refusal(app, client, client.http(issuer.issue("notes")))).status == 401


async def test_thousand_requests_interleaved(issuer: TokenIssuer, client: Fake) -> None:
    seed = 20_261_122
    dice = random.Random(seed)
    alive: list[weakref.ref[UserExecutionContext]] = []
    foreign: list[str] = []

    async def endpoint(request: Request) -> JSONResponse:
        context = request_context(request)
        alive.append(weakref.ref(context))
        wanted = request.headers["x-user"]
        for _ in range(dice.randrange(4)):
            await asyncio.sleep(0)
            current = current_context()
            if not (context.user_id == wanted == (current and current.user_id)) or context.closed:
                foreign.append(wanted)
        if dice.random() < 0.1:
            raise ZeroDivisionError
        return JSONResponse({"user": context.user_id, "request": context.request_id})

    app = Starlette(routes=[Route("/notes", endpoint)])
    app.add_middleware(CellwallMiddleware, tokens=issuer, limiter=MemoryRateLimiter(Rate(10**6)))
    tokens = {f"user-{number}": issuer.generate_token(f"user-{number}") for number in range(50)}

    async def request(user: str, patience: int) -> str | None:
        task = asyncio.create_task(client.ask(app, client.http(tokens[user], x_user=user)))
        if patience < 5:
            for _ in range(patience):
                await asyncio.sleep(0)
            task.cancel()
        try:
            answer = await task
        except (ZeroDivisionError, asyncio.CancelledError):
            return None
        found = json.loads(answer.body)
        if found["user"] != user:
            foreign.append(user)
        return str(found["request"])

    users = [dice.choice(list(tokens)) for _ in range(1000)]
    ids = await asyncio.gather(*(request(user, dice.randrange(20)) for user in users))
    done = [one for one in ids if one is not None]
    assert len(done) > 500 and len(set(done)) == len(done)
    assert foreign == [], seed
    collect()
    assert [one for one in alive if one() is not None] == [], seed
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_what_stands_before_an_issuer_is_asked(issuer: TokenIssuer, seen: Fake, client: Fake) -> None:
    class Wrapper:
        def verify(self, token: str) -> Any:
            raise TokenInvalidError("refused by the wrapper")

        def __getattr__(self, name: str) -> Any:
            return getattr(issuer, name)

    token = issuer.generate_token("ada")
    answer = await client.ask(CellwallMiddleware(seen, tokens=Wrapper()), client.http(token))
    assert answer.status == 401
    issuer.verify = Wrapper().verify  # type: ignore[method-assign]
    answer = await client.ask(CellwallMiddleware(seen, tokens=issuer), client.http(token))
    assert answer.status == 401
