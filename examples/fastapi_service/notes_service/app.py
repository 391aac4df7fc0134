"""The application: every request has a verified user, a limit, a session and an end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field

from cellwall import RequestScopedSessionManager, StarletteTransport, TokenIssuer, WebSocketConnectionPool
from cellwall.runtime.database import RequestSession
from cellwall.runtime.limits import MemoryRateLimiter, Rate
from cellwall.runtime.web import CellwallMiddleware, Credentials
from cellwall.runtime.web.fastapi import UserContext
from notes_service.accounts import Accounts
from notes_service.models import Note

SUBPROTOCOL = "notes.token"  # a browser's WebSocket cannot send headers: the token comes after this name


class SignIn(BaseModel):
    name: str = Field(max_length=100)
    password: str = Field(max_length=1000)


class NewNote(BaseModel):
    text: str = Field(min_length=1, max_length=10_000)


async def session(request: Request, context: UserContext) -> RequestSession:
    """Open the session of this request; the context's clean-up closes it."""
    return await request.app.state.sessions.create_session(context=context)


Session = Annotated[RequestSession, Depends(session)]


def create_app(directory: Path, accounts: Accounts, *, rate: Rate = Rate(100, seconds=60)) -> FastAPI:
    """Make the service; what users write lies in `directory`."""
    issuer = TokenIssuer(audience="notes")
    sessions = RequestScopedSessionManager(directory)
    pool = WebSocketConnectionPool()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await pool.close()
        await sessions.close()

    app = FastAPI(lifespan=lifespan)
    app.state.sessions = sessions
    app.state.pool = pool
    app.add_middleware(
        CellwallMiddleware,
        tokens=issuer,
        limiter=MemoryRateLimiter(rate),
        public_paths=["/health", "/sign-in"],
        credentials=Credentials(websocket_protocol=SUBPROTOCOL),
    )

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "up"}

    @app.post("/sign-in")
    def sign_in(given: SignIn) -> dict[str, str]:  # in a thread: hashing takes time on purpose
        if not accounts.knows(given.name, given.password):
            raise HTTPException(401, "name or password is wrong")
        return {"token": issuer.generate_token(given.name)}

    @app.post("/sign-out", status_code=204)
    async def sign_out(context: UserContext) -> None:
        await issuer.revoke_user(context.user_id)

    @app.get("/notes")
    async def notes(session: Session) -> list[dict[str, object]]:
        found = await session.query(Note).order_by(Note.id).all()
        return [{"id": note.id, "text": note.text} for note in found]

    @app.post("/notes", status_code=201)
    async def add(new: NewNote, context: UserContext, session: Session) -> dict[str, object]:
        note = Note(text=new.text)
        session.add(note)
        await session.commit()
        pool.create_emitter(context).emit_event("note_added", {"id": note.id, "text": note.text})
        return {"id": note.id, "text": note.text}

    @app.delete("/notes/{note_id}", status_code=204)
    async def remove(note_id: int, session: Session) -> None:
        note = await session.get(Note, note_id)
        if note is None:
            raise HTTPException(404, "there is no such note")
        await session.delete(note)
        await session.commit()

    @app.websocket("/live")
    async def live(websocket: WebSocket, context: UserContext) -> None:
        await websocket.accept()
        transport = StarletteTransport(websocket)
        await pool.register_connection(context.user_id, context.request_id, transport)
        context.on_cleanup(lambda: pool.disconnect(context.user_id, context.request_id))
        await websocket.send_json({"event": "welcome"})
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            return

    return app
