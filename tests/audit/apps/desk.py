"""A small service with accounts, notes and projects; each of its leaks is one missing question."""

import base64
import hashlib
import itertools
import json
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, Field

LEAKS = (
    "read", "write", "delete", "list", "search", "nested", "owner", "password", "anonymous", "header",
    "answer", "refresh", "forged", "kind", "unguarded",
)  # fmt: skip


class Account(BaseModel):
    """What somebody signs up with."""

    username: str = Field(min_length=3, max_length=40)
    password: str = Field(min_length=8)
    email: str


class Credentials(BaseModel):
    """What somebody signs in with."""

    username: str
    password: str


class Renewal(BaseModel):
    """A token to be renewed."""

    refresh_token: str
    username: str | None = None


class NewNote(BaseModel):
    """A note to be."""

    title: str
    text: str
    project_id: int | None = None
    owner: str | None = None


class NewProject(BaseModel):
    """A project to be."""

    name: str


class NewPassword(BaseModel):
    """A password to be."""

    password: str = Field(min_length=8)


@dataclass
class Desk:
    """What the service keeps."""

    leaks: frozenset[str]
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: dict[int, dict[str, Any]] = field(default_factory=dict)
    projects: dict[int, dict[str, Any]] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: itertools.count(101))
    last: list[str] = field(default_factory=list)

    def token(self, user: str, kind: str) -> str:
        """Sign a token."""
        claims = (
            base64.urlsafe_b64encode(json.dumps({"sub": user, "kind": kind}).encode()).decode().rstrip("=")
        )
        return f"e30.{claims}.{hashlib.sha256(b'key' + claims.encode()).hexdigest()}"

    def user_of(self, token: str, kind: str) -> str:
        """Give whose token it is.

        Raises:
            HTTPException: nobody's.
        """
        parts = token.split(".")
        try:
            claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
            signed = parts[2] == hashlib.sha256(b"key" + parts[1].encode()).hexdigest()
        except (ValueError, IndexError):
            raise HTTPException(401, "sign in first") from None
        if not (signed or "forged" in self.leaks) or not (claims["kind"] == kind or "kind" in self.leaks):
            raise HTTPException(401, "sign in first")
        if claims["sub"] not in self.users:
            raise HTTPException(401, "sign in first")
        return str(claims["sub"])

    def may(self, leak: str, thing: dict[str, Any] | None, user: str) -> dict[str, Any]:
        """Give the thing where it is the user's, or where nobody asks whose it is."""
        if thing is None or (thing["owner"] != user and leak not in self.leaks):
            raise HTTPException(404, "no such thing")
        return thing


def create_desk(*leaks: str) -> FastAPI:
    """Make the service with these leaks."""
    unknown = set(leaks) - set(LEAKS)
    assert not unknown, unknown
    desk = Desk(frozenset(leaks))
    app = FastAPI(title="Desk")

    async def current(
        authorization: Annotated[str, Header()] = "", x_user: Annotated[str | None, Header()] = None
    ) -> str:
        user = desk.user_of(authorization.removeprefix("Bearer "), "access")
        return x_user if x_user and "header" in desk.leaks else user

    User = Annotated[str, Depends(current)]  # noqa: N806

    @app.post("/register", status_code=201)
    async def register(body: Account) -> dict[str, str]:
        if body.username in desk.users:
            raise HTTPException(409, "taken")
        desk.users[body.username] = body.model_dump()
        return {"username": body.username}

    @app.post("/login")
    async def login(body: Credentials) -> dict[str, str]:
        if desk.users.get(body.username, {}).get("password") != body.password:
            raise HTTPException(401, "wrong")
        return {
            "access_token": desk.token(body.username, "access"),
            "refresh_token": desk.token(body.username, "refresh"),
        }

    @app.post("/refresh")
    async def refresh(body: Renewal) -> dict[str, str]:
        user = desk.user_of(body.refresh_token, "refresh")
        if body.username in desk.users and "refresh" in desk.leaks:
            user = body.username
        return {"access_token": desk.token(user, "access")}

    @app.get("/me")
    async def me(user: User) -> dict[str, str]:
        return {"username": user, "email": desk.users[user]["email"]}

    @app.put("/users/{username}/password", status_code=204)
    async def set_password(username: str, body: NewPassword, user: User) -> None:
        target = username if "password" in desk.leaks else user
        if target not in desk.users:
            raise HTTPException(404, "nobody")
        desk.users[target]["password"] = body.password

    @app.post("/projects", status_code=201)
    async def open_project(body: NewProject, user: User) -> dict[str, Any]:
        made = {"id": next(desk.numbers), "name": body.name, "owner": user}
        desk.projects[made["id"]] = made
        return made

    @app.get("/projects/{project_id}/notes/{note_id}")
    async def note_of_project(project_id: int, note_id: int, user: User) -> dict[str, Any]:
        desk.may("", desk.projects.get(project_id), user)
        note = desk.may("nested", desk.notes.get(note_id), user)
        if note["project_id"] != project_id and "nested" not in desk.leaks:
            raise HTTPException(404, "no such note")
        return note

    @app.post("/notes", status_code=201)
    async def write_note(body: NewNote, user: User) -> dict[str, Any]:
        given = body.model_dump()
        owner = body.owner if body.owner and "owner" in desk.leaks else user
        note = {**given, "id": next(desk.numbers), "owner": owner}
        desk.notes[note["id"]] = note
        desk.last.append(body.text)
        return note if "answer" not in desk.leaks else {**note, "before": desk.last[-2:-1]}

    @app.get("/notes")
    async def list_notes(user: User) -> list[dict[str, Any]]:
        return [each for each in desk.notes.values() if each["owner"] == user or "list" in desk.leaks]

    @app.get("/search")
    async def search(q: str, user: User) -> list[dict[str, Any]]:
        mine = [each for each in desk.notes.values() if each["owner"] == user or "search" in desk.leaks]
        return [each for each in mine if q in each["text"]]

    if "anonymous" in desk.leaks:

        @app.get("/notes/{note_id}")
        async def open_note(note_id: int) -> dict[str, Any]:
            if note_id not in desk.notes:
                raise HTTPException(404, "no such thing")
            return desk.notes[note_id]

    else:

        @app.get("/notes/{note_id}")
        async def read_note(note_id: int, user: User) -> dict[str, Any]:
            return desk.may("read", desk.notes.get(note_id), user)

    async def writer(authorization: Annotated[str, Header()] = "") -> str:
        return await current(authorization) if authorization or "unguarded" not in desk.leaks else ""

    @app.put("/notes/{note_id}")
    async def rewrite(note_id: int, body: NewNote, user: Annotated[str, Depends(writer)]) -> dict[str, Any]:
        note = desk.may("write" if user else "unguarded", desk.notes.get(note_id), user)
        note |= {"title": body.title, "text": body.text}
        return {"status": "ok"}

    @app.delete("/notes/{note_id}", status_code=204)
    async def remove(note_id: int, user: User) -> None:
        desk.may("delete", desk.notes.get(note_id), user)
        del desk.notes[note_id]

    return app
