"""A small service behind the middleware, live on a loopback port, and its accounts."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from cellwall import RequestScopedSessionManager, TokenIssuer
from cellwall.runtime.web import CellwallMiddleware, request_context
from tests.plan_snippets.parts import agents
from tests.stress.models import Note


@dataclass(frozen=True)
class Account:
    """A user who can sign in; `secret` is something that only this user's answers may hold."""

    id: str
    name: str
    secret: str


class LiveService:
    """The service: agents answer with what the user's own notes say."""

    def __init__(self, folder: Path) -> None:
        self.tokens = TokenIssuer()
        self.accounts: dict[str, Account] = {}
        self.url = ""
        self._sessions = RequestScopedSessionManager(folder)
        self._agents = agents("agent1")
        self._agents.registry.register("agent2", self._agents.registry._by_name["agent1"])

    def account(self, name: str) -> Account:
        """Open an account."""
        account = Account(f"{name}-{secrets.token_hex(4)}", name, secrets.token_hex(16))
        self.accounts[account.id] = account
        return account

    async def run_agent(self, request: Request) -> JSONResponse:
        """Keep the user's secret as a note, let the agent work, and answer with all notes there are."""
        context = request_context(request)
        reply = await self._agents.create_agent(request.path_params["agent"], context).run()
        async with self._sessions.session(context) as session:
            session.add(Note(user_id=context.user_id, text=self.accounts[context.user_id].secret))
            await session.commit()
            await asyncio.sleep(0)
            notes = [note.text for note in await session.query(Note).all()]
        return JSONResponse({"user_id": reply.user_id, "memory": reply.memory, "notes": notes})

    @asynccontextmanager
    async def live(self) -> AsyncIterator[None]:
        """Serve on a free port for a block."""
        app = Starlette(routes=[Route("/agents/{agent}", self.run_agent, methods=["POST"])])
        walled = CellwallMiddleware(app, tokens=self.tokens)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            config = uvicorn.Config(walled, log_config=None, ws="none", lifespan="off", loop="asyncio")
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server._serve(sockets=[listener]))  # without its signal handlers
            try:
                yield
            finally:
                server.should_exit = True
                await serving
                await self._sessions.close()
