"""The back end's HTTP interface."""

from typing import Any

import httpx
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from analytics_service.app import create_analytics_app
from cellwall.runtime.errors import StoreUnavailableError, UnknownDefinitionError
from netra_backend import notes
from netra_backend.database.session_manager import create_request_session
from netra_backend.requests import RequestContext
from netra_backend.routes import add_routes
from netra_backend.services.analytics_client import AnalyticsClient
from netra_backend.services.conversation import hold_turn, stream_turn
from netra_backend.services.threads import ThreadNotFound, ThreadService
from netra_backend.tools.factory import ToolDispatcherFactory
from netra_backend.websocket import endpoint
from netra_backend.websocket.pool import platform_pool


class Prompt(BaseModel):
    """What a user asks an agent."""

    prompt: str = Field(min_length=1, max_length=2000)


class ToolCall(BaseModel):
    """Which arguments a tool gets."""

    arguments: dict[str, Any] = {}


class NamedPrompt(Prompt):
    """What a user asks an agent, and the name that the page has for the run."""

    run_id: str = Field(min_length=1, max_length=64)


def create_app(
    pool: Any = None, analytics: Any = None, *, step_seconds: float = 0.0, lifespan: Any = None
) -> FastAPI:
    """Make the application; `pool` carries its events and `analytics` is asked, new ones where none is given.

    `analytics` is an application or the URL of a server. A streamed run takes `step_seconds` for each step.
    """
    app = FastAPI(title="Agent platform", lifespan=lifespan)
    app.state.pool = pool if pool is not None else platform_pool()
    app.state.analytics = AnalyticsClient(analytics if analytics is not None else create_analytics_app())
    app.state.far_analytics = app.state.analytics if isinstance(analytics, str) else None
    app.state.step_seconds = step_seconds
    app.add_exception_handler(StoreUnavailableError, away)
    app.add_exception_handler(httpx.HTTPError, away)
    add_routes(app, endpoint.router)
    add_routes(app, notes.router)
    app.get("/health")(health)
    app.get("/threads")(list_threads)
    app.get("/threads/{thread_id}")(read_thread)
    app.post("/tools/{name}")(call_tool)
    app.get("/usage")(read_usage)

    @app.post("/agents/{name}/run")
    async def run_agent(name: str, body: Prompt, context: RequestContext) -> dict[str, Any]:
        try:
            thread_id, reply = await hold_turn(
                context, app.state.pool, name, body.prompt, app.state.far_analytics
            )
        except UnknownDefinitionError:
            raise HTTPException(404, f"no agent {name!r}") from None
        return {"user_id": reply.user_id, "text": reply.text, "thread_id": thread_id}

    @app.post("/agents/{name}/stream")
    async def stream_agent(name: str, body: NamedPrompt, context: RequestContext) -> dict[str, Any]:
        try:
            thread_id, reply = await stream_turn(
                context,
                app.state.pool,
                name,
                body.prompt,
                run_id=body.run_id,
                pause=app.state.step_seconds,
                analytics=app.state.far_analytics,
            )
        except UnknownDefinitionError:
            raise HTTPException(404, f"no agent {name!r}") from None
        return {"user_id": reply.user_id, "text": reply.text, "thread_id": thread_id, "run_id": body.run_id}

    return app


async def away(request: Request, error: Exception) -> JSONResponse:
    """Answer while something that the platform needs cannot be reached."""
    return JSONResponse({"detail": "something is away; try again"}, 503, headers={"Retry-After": "1"})


async def health() -> dict[str, str]:
    """Say that the process is up."""
    return {"status": "ok"}


async def list_threads(context: RequestContext) -> list[dict[str, Any]]:
    """Give the user's conversations."""
    async with create_request_session(context) as session:
        return [{"id": t.id, "title": t.title} for t in await ThreadService(session).listed()]


async def read_thread(thread_id: int, context: RequestContext) -> dict[str, Any]:
    """Give one of the user's conversations with its turns."""
    async with create_request_session(context) as session:
        threads = ThreadService(session)
        try:
            thread = await threads.get(thread_id)
        except ThreadNotFound:
            raise HTTPException(404, "no such thread") from None
        turns = await threads.messages(thread_id)
        return {"title": thread.title, "turns": [{"author": m.author, "text": m.text} for m in turns]}


async def call_tool(name: str, body: ToolCall, context: RequestContext) -> dict[str, Any]:
    """Run one tool for the user."""
    dispatcher = ToolDispatcherFactory.create_for_user(context)
    try:
        return {"result": await dispatcher.execute_tool(name, body.arguments)}
    except UnknownDefinitionError:
        raise HTTPException(404, f"no tool {name!r}") from None
    except (ValueError, ZeroDivisionError) as error:
        raise HTTPException(422, str(error)) from None


async def read_usage(request: Request, context: RequestContext) -> dict[str, int]:
    """Give what the analytics service knows of the user."""
    usage: dict[str, int] = await request.app.state.analytics.usage(context)
    return usage
