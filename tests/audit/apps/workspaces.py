"""Workspaces that members share by role: documents are for members alone, unless it leaks."""

from itertools import count
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

from tests.audit.apps.accounts import current, with_accounts

User = Annotated[str, Depends(current)]


class Name(BaseModel):
    """How a thing is called."""

    name: str


class Member(BaseModel):
    """Who is let in."""

    username: str
    role: str = "viewer"


def create_workspaces(leaking: bool) -> FastAPI:
    """Make the service."""
    app = with_accounts(FastAPI())
    members: dict[int, dict[str, str]] = {}
    names: dict[int, str] = {}
    documents: dict[int, dict[str, Any]] = {}
    number = count(1)

    def role(workspace: int, user: str) -> str:
        return members.get(workspace, {}).get(user, "")

    @app.post("/workspaces", status_code=201)
    async def make(body: Name, user: User) -> dict[str, Any]:
        at = next(number)
        members[at], names[at] = {user: "owner"}, body.name
        return {"id": at, "name": body.name}

    @app.get("/workspaces")
    async def listed(user: User) -> list[dict[str, Any]]:
        return [{"id": at, "name": names[at]} for at, each in members.items() if user in each]

    @app.post("/workspaces/{workspace_id}/members", status_code=201)
    async def let_in(workspace_id: int, body: Member, user: User) -> dict[str, str]:
        if role(workspace_id, user) != "owner":
            raise HTTPException(403)
        members[workspace_id].setdefault(body.username, "viewer")
        return {"username": body.username}

    @app.post("/workspaces/{workspace_id}/documents", status_code=201)
    async def write(workspace_id: int, body: Name, user: User) -> dict[str, Any]:
        if role(workspace_id, user) != "owner":
            raise HTTPException(403)
        at = next(number)
        documents[at] = {"id": at, "workspace_id": workspace_id, "name": body.name}
        return documents[at]

    @app.get("/documents/{document_id}")
    async def read(document_id: int, user: User) -> dict[str, Any]:
        found = documents.get(document_id)
        if found is None or not (leaking or role(found["workspace_id"], user)):
            raise HTTPException(404)
        return found

    return app
