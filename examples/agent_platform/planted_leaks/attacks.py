"""How each planted leak is seen: what two users do, and the answer that only a leak gives.

An attack takes two members of one platform, in one process, and tells whether the second saw or did what
was the first one's alone. Without the leak it tells that they did not.
"""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
from cellwall.testing.clients import WebSocketClient

TOO_MANY = 1000  # a limit of 120 fills up again while they are sent


@dataclass
class Member:
    """Somebody who has signed in, with a client of their own."""

    app: Any
    user_id: str
    token: str
    refresh_token: str
    http: httpx.AsyncClient

    @property
    def secret(self) -> str:
        """What only this member writes."""
        return f"secret of {self.user_id}"

    async def writes(self, project_id: int | None = None) -> dict[str, Any]:
        """Write the secret into a note."""
        answer = await self.http.post("/notes", json={"text": self.secret, "project_id": project_id})
        return dict(answer.raise_for_status().json())

    async def opens_project(self) -> int:
        """Open a project."""
        return int((await self.http.post("/projects", json={"name": self.secret})).json()["id"])

    async def asks(self, agent: str = "summary", **headers: str) -> dict[str, Any]:
        """Tell an agent the secret."""
        answer = await self.http.post(f"/agents/{agent}/run", json={"prompt": self.secret}, headers=headers)
        return dict(answer.raise_for_status().json())

    async def sees(self, path: str) -> str:
        """Give the text of an answer."""
        return (await self.http.get(path)).text

    def socket(self, connection_id: str) -> WebSocketClient:
        """Give a WebSocket of this member."""
        return WebSocketClient(self.app, f"/ws?token={self.token}&connection_id={connection_id}")


Attack = Callable[[Member, Member], Awaitable[bool]]


async def joined(app: Any, user_id: str) -> Member:
    """Sign up and in."""
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://platform")
    body = {"user_id": user_id, "password": f"correct horse of {user_id}"}
    (await http.post("/auth/register", json=body)).raise_for_status()
    tokens = (await http.post("/auth/login", json=body)).raise_for_status().json()
    http.headers["Authorization"] = f"Bearer {tokens['token']}"
    return Member(app, user_id, tokens["token"], tokens["refresh_token"], http)


async def reads_a_note(ada: Member, bob: Member) -> bool:
    """Ask for the id of the other's note, after writing one of one's own."""
    note = await ada.writes()
    return ada.secret in await bob.sees(f"/notes/{note['id']}")


async def changes_a_note(ada: Member, bob: Member) -> bool:
    """Overwrite the note of the other."""
    note = await ada.writes()
    await bob.http.put(f"/notes/{note['id']}", json={"text": bob.secret})
    return bob.secret in await ada.sees("/notes")


async def deletes_a_note(ada: Member, bob: Member) -> bool:
    """Delete the note of the other."""
    note = await ada.writes()
    await bob.http.delete(f"/notes/{note['id']}")
    return ada.secret not in await ada.sees("/notes")


async def reads_below_an_own_project(ada: Member, bob: Member) -> bool:
    """Ask for the other's note below one's own project."""
    note = await ada.writes(await ada.opens_project())
    return ada.secret in await bob.sees(f"/projects/{await bob.opens_project()}/notes/{note['id']}")


async def writes_for_the_other(ada: Member, bob: Member) -> bool:
    """Put a note among those of the other."""
    await bob.http.post("/notes", json={"text": bob.secret, "user_id": ada.user_id})
    return bob.secret in await ada.sees("/notes")


def shows_the_secret(path: str) -> Attack:
    """Let the first write and ask at `path`, then the second ask there: the answer holds the secret."""

    async def attack(ada: Member, bob: Member) -> bool:
        await ada.writes()
        await ada.sees(path)
        return ada.secret in await bob.sees(path)

    return attack


async def is_taken_for_the_first(ada: Member, bob: Member, path: str = "/profile") -> bool:
    """Ask who one is, after the other did."""
    await ada.sees(path)
    return ada.user_id in await bob.sees(path)


async def auth_takes_for_the_first(ada: Member, bob: Member) -> bool:
    """Ask the auth service who one is, after the other did."""
    return await is_taken_for_the_first(ada, bob, "/auth/me")


async def may_be_cached_for_all(ada: Member, bob: Member) -> bool:
    """Read what caches are told."""
    told = (await ada.http.get("/profile")).headers
    return "public" in told.get("cache-control", "") and "authorization" not in told.get("vary", "").lower()


async def sees_figures(ada: Member, bob: Member) -> bool:
    """Ask for one's figures, after the other who has run agents did."""
    await ada.asks()
    await ada.sees("/usage")
    return "agent_run" in await bob.sees("/usage")


async def sees_figures_at_once(ada: Member, bob: Member) -> bool:
    """Ask for one's figures while the other asks for theirs."""
    await bob.asks()
    hers, _ = await asyncio.gather(ada.sees("/usage"), bob.sees("/usage"))
    return "agent_run" in hers


async def hears_of_a_run(ada: Member, bob: Member) -> bool:
    """Listen while the other's agent answers."""
    async with bob.socket("bob-1") as socket:
        await asyncio.wait_for(socket.receive(), 5)
        await ada.asks()
        return ada.secret in await heard(socket)


async def opens_the_stream(ada: Member, bob: Member) -> bool:
    """Open a WebSocket under the other's connection id."""
    async with ada.socket("ada-1") as socket:
        await asyncio.wait_for(socket.receive(), 5)
        await ada.asks(**{"X-Connection-Id": "ada-1"})
        await asyncio.wait_for(socket.receive(), 5)
        await asyncio.wait_for(socket.receive(), 5)
    async with bob.socket("ada-1") as socket:
        await asyncio.wait_for(socket.receive(), 5)
        return ada.secret in await heard(socket) + await heard(socket)


async def heard(socket: WebSocketClient) -> str:
    """Give what arrives within a moment."""
    try:
        return str(await asyncio.wait_for(socket.receive(), 0.05))
    except TimeoutError:
        return ""


async def forges_a_token(ada: Member, bob: Member) -> bool:
    """Write the other's name into a token of one's own."""
    await ada.writes()
    head, payload, signature = bob.token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    claims["user_id"] = ada.user_id
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    headers = {"Authorization": f"Bearer {head}.{forged}.{signature}"}
    return ada.secret in (await bob.http.get("/notes", headers=headers)).text


async def refreshes_as_access(ada: Member, bob: Member) -> bool:
    """Use a refresh token where a request's token belongs, after signing out."""
    await ada.http.post("/auth/logout")
    headers = {"Authorization": f"Bearer {ada.refresh_token}"}
    return (await ada.http.get("/notes", headers=headers)).is_success


async def renews_as_the_other(ada: Member, bob: Member) -> bool:
    """Name the other when renewing one's own token."""
    await ada.writes()
    body = {"refresh_token": bob.refresh_token, "user_id": ada.user_id}
    token = (await bob.http.post("/auth/refresh", json=body)).json()["token"]
    return ada.secret in (await bob.http.get("/notes", headers={"Authorization": f"Bearer {token}"})).text


async def is_kept_out(ada: Member, bob: Member) -> bool:
    """Ask, after the other has used up a limit."""
    for _ in range(TOO_MANY):
        if (await ada.http.get("/threads/0")).status_code == httpx.codes.TOO_MANY_REQUESTS:
            return (await bob.http.get("/threads")).status_code == httpx.codes.TOO_MANY_REQUESTS
    raise AssertionError("nobody is limited")


async def is_told_what_was_asked(ada: Member, bob: Member) -> bool:
    """Ask an agent that the other has asked."""
    await ada.asks()
    return ada.secret in str(await bob.asks())


async def is_answered_for_the_other(ada: Member, bob: Member) -> bool:
    """Ask an agent at the same time as the other."""
    hers, his = await asyncio.gather(ada.asks(), bob.asks())
    return (hers["user_id"], his["user_id"]) != (ada.user_id, bob.user_id)


async def exports_the_other(ada: Member, bob: Member) -> bool:
    """Export at the same time as the other."""
    await bob.writes()
    hers, _ = await asyncio.gather(ada.sees("/export"), bob.sees("/export"))
    return bob.secret in hers


async def lists_threads(ada: Member, bob: Member) -> bool:
    """List threads, after the other's agent opened one."""
    await ada.asks()
    return ada.secret in await bob.sees("/threads")


async def reads_the_notebook(ada: Member, bob: Member) -> bool:
    """Read the notebook into which the other wrote."""
    await ada.http.post("/tools/notebook", json={"arguments": {"op": "write", "line": ada.secret}})
    return ada.secret in (await bob.http.post("/tools/notebook", json={"arguments": {"op": "read"}})).text


async def reads_a_late_answer(ada: Member, bob: Member) -> bool:
    """Ask after a request of the other was given up."""
    asked = {"arguments": {"question": ada.secret}, "patience": 0.001}
    await ada.http.post("/tools/model", json=asked)
    return ada.secret in (await bob.http.post("/tools/model", json={"arguments": {"question": "and I?"}})).text


ATTACKS: dict[str, Attack] = {
    "agents-from-registry": is_told_what_was_asked,
    "answer-for-every-cache": may_be_cached_for_all,
    "answer-kept-by-path": is_taken_for_the_first,
    "cache-key-of-a-token-prefix": shows_the_secret("/notes"),
    "cache-key-without-user": sees_figures,
    "connection-reused-after-cancel": reads_a_late_answer,
    "credentials-on-shared-client": sees_figures_at_once,
    "default-argument-remembers": shows_the_secret("/notes/search?q=secret"),
    "events-to-everybody": hears_of_a_run,
    "export-of-everybody": shows_the_secret("/export"),
    "first-callers-client": sees_figures,
    "list-in-context-variable": shows_the_secret("/notes"),
    "nested-note-of-another": reads_below_an_own_project,
    "note-delete-without-owner": deletes_a_note,
    "note-list-without-owner": shows_the_secret("/notes"),
    "note-read-without-owner": reads_a_note,
    "note-write-without-owner": changes_a_note,
    "owner-from-the-body": writes_for_the_other,
    "prompts-in-module-list": is_told_what_was_asked,
    "refresh-for-a-named-user": renews_as_the_other,
    "refresh-token-as-access": refreshes_as_access,
    "request-in-global": is_answered_for_the_other,
    "rows-in-class-attribute": shows_the_secret("/export"),
    "search-in-raw-sql": shows_the_secret("/notes/search?q=secret"),
    "session-by-token-prefix": auth_takes_for_the_first,
    "session-kept-for-all": lists_threads,
    "shared-rate-limit": is_kept_out,
    "stream-of-another-connection": opens_the_stream,
    "token-without-signature": forges_a_token,
    "tools-without-user": reads_the_notebook,
    "user-in-thread-local": is_answered_for_the_other,
    "user-kept-on-service": exports_the_other,
}
