"""One database session, opened when the process starts, in which everybody's threads are."""

from typing import Any

from fastapi import APIRouter, Request

from netra_backend.app import Prompt
from netra_backend.database.models import Thread
from netra_backend.database.shared import create_session
from netra_backend.requests import RequestContext
from netra_backend.services.conversation import hold_turn
from planted_leaks.leak import Leak, routes

router = APIRouter()


class Desk:
    """Opens threads over the session that it keeps."""

    def __init__(self) -> None:
        self.session = create_session()

    async def open(self, title: str) -> int:
        """Add a thread and give its id."""
        thread = Thread(title=title)
        self.session.add(thread)
        await self.session.commit()
        return thread.id

    async def threads(self) -> list[Thread]:
        """Give the threads."""
        return await self.session.query(Thread).order_by(Thread.id).all()


desk = Desk()


@router.post("/agents/{name}/run")
async def run_agent(name: str, body: Prompt, request: Request, context: RequestContext) -> dict[str, Any]:
    """Let an agent answer, in a new thread."""
    _, reply = await hold_turn(context, request.app.state.pool, name, body.prompt)
    thread_id = await desk.open(body.prompt[:120])
    return {"user_id": reply.user_id, "text": reply.text, "thread_id": thread_id}


@router.get("/threads")
async def list_threads(context: RequestContext) -> list[dict[str, Any]]:
    """Give the user's conversations."""
    return [{"id": each.id, "title": each.title} for each in await desk.threads()]


LEAK = Leak(
    what="The list of threads is everybody's.",
    plant=routes(router),
    rule="shared-session",
    reached="GET /threads",
)
