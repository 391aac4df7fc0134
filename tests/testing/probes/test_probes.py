"""Each probe on services that leak in its way, and on the same services repaired."""

import contextvars
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, HTTPException, Request, Response

from cellwall import MemoryCacheStore, UserCache, UserExecutionContext
from cellwall.canary import CanaryBook, Watch, viewing
from cellwall.testing.clients import UserClient
from cellwall.testing.probes import (
    ALL_PROBES,
    CachingProbe,
    Finding,
    LeftBehindProbe,
    OneInputProbe,
    PresenceProbe,
    Recorder,
    ReplayProbe,
    SharedObjectsProbe,
    Trial,
)
from cellwall.testing.probes.left_behind import held_of, variables_now

App = Callable[[bool], FastAPI]


def user_of(request: Request) -> str:
    return request.headers["authorization"].removeprefix("Bearer ")


def notes(bound: bool) -> FastAPI:
    """Notes by id; `bound` asks whose they are."""
    app, kept = FastAPI(), {}

    @app.post("/notes/{name}")
    async def write(name: str, request: Request) -> dict[str, str]:
        kept[name] = user_of(request), (await request.body()).decode()
        return {"name": name}

    @app.get("/notes/{name}")
    async def read(name: str, request: Request) -> str:
        owner, text = kept[name]
        if bound and owner != user_of(request):
            raise HTTPException(404, f"no note {name}")
        return text

    return app


def sessions(bound: bool) -> FastAPI:
    """A session id in a header, as well as a token; `bound` compares the two."""
    app, owners = FastAPI(), {}

    @app.post("/notes/{name}")
    async def begin(name: str, request: Request) -> None:
        owners[request.headers["x-session"]] = user_of(request), (await request.body()).decode()

    @app.get("/notes/{name}")
    async def read(name: str, request: Request) -> str:
        owner, text = owners[request.headers["x-session"]]
        if bound and owner != user_of(request):
            raise HTTPException(403)
        return text if bound or name in text else "wrong name"

    return app


async def trial_of(app: Any, *, by_httpx: bool = False) -> Trial:
    """Let two users write a note and read it, one after the other."""
    book = CanaryBook(5)
    with Recorder() as recorder:
        for user in ("alice", "bob"):
            name, text, session = (book.issue(user, label).value for label in ("name", "text", "session"))
            async with UserClient(app, token=book.issue(user, "token").value) as client:
                with viewing(user):
                    for method, body in (("POST", f"{name} {text}".encode()), ("GET", b"")):
                        if by_httpx:
                            await client.http.request(
                                method, f"/notes/{name}", content=body, headers={"x-session": session}
                            )
                        else:
                            await client.raw.request(
                                method, f"/notes/{name}", body=body, headers={"x-session": session}
                            )
    return Trial(book, "alice", "bob", dict(recorder.exchanges))


@pytest.mark.parametrize("by_httpx", [False, True], ids=["raw", "httpx"])
async def test_notes_that_are_not_bound_to_who_wrote_them(by_httpx: bool) -> None:
    (found,) = await ReplayProbe().run(await trial_of(notes(False), by_httpx=by_httpx))
    assert (found.leak, found.owner, found.viewer) == (True, "alice", "bob")
    assert found.where.startswith("GET /notes/")
    assert str(found).endswith("sent by bob with alice's ids: alice's values are in the answer")
    assert await ReplayProbe().run(await trial_of(notes(True), by_httpx=by_httpx)) == []


async def test_the_one_input_that_opens_it_is_told() -> None:
    found = await OneInputProbe().run(await trial_of(notes(False)))
    assert [("path 2" in one.text, one.where[:4]) for one in found] == [(True, "GET ")]
    assert await OneInputProbe().run(await trial_of(notes(True))) == []


async def test_a_session_that_is_not_bound_to_the_token() -> None:
    (found,) = await ReplayProbe().run(await trial_of(sessions(False)))
    assert found.where.startswith("GET")
    assert await ReplayProbe().run(await trial_of(sessions(True))) == []


async def test_declared_sharing_is_respected() -> None:
    trial = await trial_of(notes(False))
    trial.book.allow("alice", "bob")
    assert await ReplayProbe().run(trial) == []
    assert await OneInputProbe().run(trial) == []


async def test_without_credentials_nobody_is_anybody() -> None:
    app = FastAPI()

    @app.get("/users/{name}")
    async def read(name: str) -> str:
        return f"data of {name}"

    book = CanaryBook(5)
    with Recorder() as recorder:
        for user in ("alice", "bob"):
            with viewing(user):
                await UserClient(app).raw.get(f"/users/{book.issue(user).value}")
    trial = Trial(book, "alice", "bob", dict(recorder.exchanges))
    assert [found for probe in ALL_PROBES for found in await probe.run(trial)] == []


def cached(headers: dict[str, str]) -> FastAPI:
    app = FastAPI()

    @app.get("/me")
    async def me(request: Request, response: Response) -> str:
        response.headers.update(headers)
        return request.cookies["sid"]

    return app


@pytest.mark.parametrize(
    ("headers", "leaks"),
    [
        ({"cache-control": "public, max-age=60"}, True),
        ({"cache-control": "max-age=60"}, True),
        ({"cache-control": "s-maxage=60", "vary": "accept"}, True),
        ({"expires": "Thu, 01 Jan 2099 00:00:00 GMT"}, True),
        ({"cache-control": "max-age=60", "vary": "Cookie"}, False),
        ({"cache-control": "max-age=60", "vary": "*"}, False),
        ({"cache-control": "private, max-age=60"}, False),
        ({"cache-control": "no-store"}, False),
        ({"cache-control": "max-age=0"}, False),
        ({}, False),
    ],
)
async def test_personal_answers_that_may_be_kept_for_all(headers: dict[str, str], leaks: bool) -> None:
    app, book = cached(headers), CanaryBook(5)
    with Recorder() as recorder:
        for user in ("alice", "bob"):
            with viewing(user):
                await UserClient(app).raw.get("/me", headers={"cookie": f"sid={book.issue(user).value}"})
    found = await CachingProbe().run(Trial(book, "alice", "bob", dict(recorder.exchanges)))
    assert [one.leak for one in found] == [True] * leaks


async def test_what_is_the_same_for_all_may_be_kept() -> None:
    app, book = FastAPI(), CanaryBook(5)

    @app.get("/prices")
    async def prices(response: Response) -> list[int]:
        response.headers["cache-control"] = "public, max-age=60"
        return [1, 2]

    with Recorder() as recorder:
        for user in ("alice", "bob"):
            with viewing(user):
                await UserClient(app, token=book.issue(user).value).raw.get("/prices")
    assert await CachingProbe().run(Trial(book, "alice", "bob", dict(recorder.exchanges))) == []


async def test_a_count_that_tells_of_others_is_noted() -> None:
    book = CanaryBook(5)

    async def lives(*users: str) -> dict[str, Any]:
        app, all_notes = FastAPI(), []

        @app.post("/notes")
        async def write(request: Request) -> None:
            all_notes.append(user_of(request))

        @app.get("/notes")
        async def count(request: Request) -> dict[str, Any]:
            return {"all": len(all_notes), "own": all_notes.count(user_of(request)), "at": id(app)}

        with Recorder() as recorder:
            for user in users:
                client = UserClient(app, token=book.issue(user).value)
                with viewing(user):
                    await client.raw.post("/notes")
                    await client.raw.get("/notes")
        return dict(recorder.exchanges)

    alone = [(await lives("bob"))["bob"] for _ in range(2)]
    trial = Trial(book, "alice", "bob", await lives("alice", "bob"), alone=alone)
    found = await PresenceProbe().run(trial)
    assert [(one.leak, one.where, one.text) for one in found] == [
        (False, "GET /notes", "body.all is 2 after another user was there, 1 without")
    ]


identity: contextvars.ContextVar[str | None] = contextvars.ContextVar("identity", default=None)
local = threading.local()


async def test_what_is_left_behind_is_noted() -> None:
    book = CanaryBook(5)
    here = ModuleType("service")
    here.__file__, here.local = __file__, local  # type: ignore[attr-defined]
    early: contextvars.ContextVar[str] = contextvars.ContextVar("early")
    early.set(book.issue("alice").value)
    before = variables_now()
    identity.set(book.issue("alice").value)
    local.user, local.count = book.issue("alice").value, 1
    left = held_of("alice", book, [here], before)
    found = await LeftBehindProbe().run(Trial(book, "alice", "bob", {}, left={"alice": left}))
    assert {(one.leak, one.where) for one in found} == {
        (False, "context variable identity"),
        (False, "thread-local service.local.user"),
    }
    assert held_of("bob", book, [here]) == {}
    vars(local).clear()


async def test_stores_that_keep_owners_apart_are_not_left_behind() -> None:
    book = CanaryBook(5)
    here = ModuleType("service")
    alice = UserExecutionContext.create_for_user("alice")
    here.cache, here.own = UserCache(MemoryCacheStore(entries=9)), {}  # type: ignore[attr-defined]
    await here.cache.set(alice, "name", book.issue("alice").value, seconds=60)
    assert held_of("alice", book, [here]) == {}
    here.own["name"] = book.issue("alice").value
    assert list(held_of("alice", book, [here])) == ["module global service.own"]


async def test_what_libraries_make_for_all_users_is_looked_into() -> None:
    book = CanaryBook(5)
    here = ModuleType("service")
    here.app = FastAPI()  # type: ignore[attr-defined]
    here.app.state.last = book.issue("alice").value
    assert list(held_of("alice", book, [here])) == ["module global service.app"]


async def test_shared_objects_that_hold_values_are_told() -> None:
    book = CanaryBook(5)
    recent, settings = [book.issue("alice").value], {"limit": 10}
    roots = ({"service": [recent, settings]}, {"service": [recent, settings]})
    (found,) = await SharedObjectsProbe().run(Trial(book, "alice", "bob", {}, roots=roots))
    assert (found.leak, found.where) == (True, "alice['service'][0]")
    meant = Trial(book, "alice", "bob", {}, roots=roots, common={"seen": recent})
    assert [one.leak for one in await SharedObjectsProbe().run(meant)] == [False]
    book.allow("alice", "service")
    assert [
        one.leak for one in await SharedObjectsProbe().run(Trial(book, "alice", "bob", {}, roots=roots))
    ] == [False]
    assert "is bob['service'][0], holding values of alice; make one for each user" in found.text


async def test_only_the_users_own_requests_are_recorded() -> None:
    """A service that calls another is no user, and nobody's requests are nobody's."""
    inner = httpx.AsyncClient(transport=httpx.ASGITransport(cached({})), base_url="http://inner")
    app = FastAPI()

    @app.get("/")
    async def outer() -> str:
        return (await inner.get("/me", headers={"cookie": "sid=x"})).text

    with Recorder() as recorder, Watch(CanaryBook()):
        async with UserClient(app) as client:
            await client.http.get("/")
            with viewing("alice"):
                await client.http.get("/")
    await inner.aclose()
    recorded = {user: [one.request.place for one in made] for user, made in recorder.exchanges.items()}
    assert recorded == {"alice": ["GET /"]}


async def test_a_sync_client_is_recorded_too() -> None:
    def app(environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [("x-a", "b")])
        return [environ.get("HTTP_AUTHORIZATION", "").encode()]

    with Recorder() as recorder, viewing("alice"):
        with httpx.Client(transport=httpx.WSGITransport(app), base_url="http://service") as client:
            client.get("/x", headers={"authorization": "t1"})  # noqa: ASYNC212  # it is in the process
    (exchange,) = recorder.exchanges["alice"]
    assert (exchange.answer.body, exchange.answer.header("x-a")) == (b"t1", "b")
    again = await exchange.resend(exchange.request.signed_by(exchange.request))
    assert again.body == b"t1"


def test_a_finding_tells_itself() -> None:
    assert str(Finding("kept for all", True, "a", "b", "GET /x", "why")) == "kept for all: GET /x: why"
