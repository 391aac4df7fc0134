"""Documents that are deleted softly: the trash is everybody's, or anybody brings one back, where it leaks."""

from itertools import count
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

from tests.audit.apps.accounts import current, with_accounts

User = Annotated[str, Depends(current)]


class Document(BaseModel):
    """What is kept."""

    title: str


def create_trash(leak: str) -> FastAPI:
    """Make the service; `leak` is "trash", "restore" or ""."""
    app = with_accounts(FastAPI())
    documents: dict[int, dict[str, Any]] = {}
    number = count(1)

    def own(at: int, user: str, *, deleted: bool) -> dict[str, Any]:
        found = documents.get(at)
        if found is None or found["owner"] != user or found["deleted"] is not deleted:
            raise HTTPException(404)
        return found

    @app.post("/documents", status_code=201)
    async def write(body: Document, user: User) -> dict[str, Any]:
        at = next(number)
        documents[at] = {"id": at, "owner": user, "title": body.title, "deleted": False}
        return documents[at]

    @app.get("/documents/{document_id}")
    async def read(document_id: int, user: User) -> dict[str, Any]:
        return own(document_id, user, deleted=False)

    @app.delete("/documents/{document_id}", status_code=204)
    async def delete(document_id: int, user: User) -> None:
        own(document_id, user, deleted=False)["deleted"] = True

    @app.get("/trash")
    async def trash(user: User) -> list[dict[str, Any]]:
        return [
            each for each in documents.values()
            if each["deleted"] and (leak == "trash" or each["owner"] == user)
        ]  # fmt: skip

    @app.post("/documents/{document_id}/restore")
    async def restore(document_id: int, user: User) -> dict[str, int]:
        owner = documents.get(document_id, {}).get("owner", "") if leak == "restore" else user
        own(document_id, owner, deleted=True)["deleted"] = False
        return {"restored": document_id}

    return app
