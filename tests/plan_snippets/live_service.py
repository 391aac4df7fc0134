"""A small service behind the middleware, live on a loopback port, as a project that tests may ask."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from cellwall import RequestScopedSessionManager, TokenIssuer
from cellwall.project.roles import Role, Roles
from cellwall.project.samples import Samples
from cellwall.runtime.web import CellwallMiddleware, request_context
from cellwall.testing import SpelledProject
from tests.plan_snippets.parts import agents
from tests.stress.models import Note

TOKENS = TokenIssuer()
ROLES = Roles(
    {
        "token": Role(
            "token",
            ("from tests.plan_snippets.live_service import TOKENS",),
            "TOKENS.generate_token(user_id={user_id})",
        )
    }
)
SAMPLES = Samples(agent="agent1", send='POST /agents/agent1 {"text": {text}}')


class LiveService:
    """The service: agents answer with what the user's own notes say."""

    def __init__(self, folder: Path) -> None:
        self._sessions = RequestScopedSessionManager(folder)
        self._agents = agents("agent1")
        self._agents.registry.register("agent2", self._agents.registry._by_name["agent1"])

    async def run_agent(self, request: Request) -> JSONResponse:
        """Keep the user's text as a note, let the agent work, and answer with all notes there are."""
        context = request_context(request)
        text = (await request.json())["text"]
        reply = await self._agents.create_agent(request.path_params["agent"], context).run()
        async with self._sessions.session(context) as session:
            session.add(Note(user_id=context.user_id, text=text))
            await session.commit()
            await asyncio.sleep(0)
            notes = [note.text for note in await session.query(Note).all()]
        return JSONResponse({"user_id": reply.user_id, "memory": reply.memory, "notes": notes})

    @asynccontextmanager
    async def live(self) -> AsyncIterator[SpelledProject]:
        """Serve on a free port for a block; gives the project."""
        app = Starlette(routes=[Route("/agents/{agent}", self.run_agent, methods=["POST"])])
        walled = CellwallMiddleware(app, tokens=TOKENS)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            config = uvicorn.Config(walled, log_config=None, ws="none", lifespan="off", loop="asyncio")
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server._serve(sockets=[listener]))  # without its signal handlers
            try:
                yield SpelledProject(ROLES, SAMPLES, url=url)
            finally:
                server.should_exit = True
                await serving
                await self._sessions.close()
