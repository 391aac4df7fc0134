"""Messages page by page: the cursor says whose page it is, and is believed where it leaks."""

import base64
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from pydantic import BaseModel

from tests.audit.apps.accounts import current, with_accounts

User = Annotated[str, Depends(current)]


class Message(BaseModel):
    """What is written."""

    text: str


def create_pages(leaking: bool) -> FastAPI:
    """Make the service."""
    app = with_accounts(FastAPI())
    messages: list[tuple[str, str]] = []

    @app.post("/messages", status_code=201)
    async def write(body: Message, user: User) -> dict[str, str]:
        messages.append((user, body.text))
        return {"state": "sent"}

    @app.get("/messages")
    async def read(user: User, limit: int = 20, cursor: str = "") -> dict[str, Any]:
        said, _, start = base64.urlsafe_b64decode(cursor).decode().partition("|")
        owner, first = (said if leaking and said else user), int(start or 0)
        texts = [text for by, text in messages if by == owner]
        more = f"{user}|{first + limit}" if first + limit < len(texts) else ""
        page = [{"text": text} for text in texts[first : first + limit]]
        return {"items": page, "next_cursor": base64.urlsafe_b64encode(more.encode()).decode() or None}

    return app
