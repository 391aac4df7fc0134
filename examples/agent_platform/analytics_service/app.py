"""The analytics service's HTTP interface: other services report and ask, each for one user."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel

from analytics_service import reports, tracking
from auth_service.service_tokens import service_user
from auth_service.tokens import BadToken
from cellwall import UserExecutionContext, cleanup_user_context


class Event(BaseModel):
    """What a user did."""

    name: str
    properties: dict[str, Any] = {}


async def service_context(
    authorization: Annotated[str, Header()] = "",
) -> AsyncIterator[UserExecutionContext]:
    """Make the context of the user for whom a service asks."""
    try:
        user_id = service_user(authorization.removeprefix("Bearer "))
    except BadToken:
        raise HTTPException(401, "services only") from None
    context = UserExecutionContext.create_for_user(user_id)
    try:
        yield context
    finally:
        await cleanup_user_context(context)


ServiceContext = Annotated[UserExecutionContext, Depends(service_context)]


def create_analytics_app(lifespan: Any = None) -> FastAPI:
    """Make the application."""
    app = FastAPI(title="Analytics service", lifespan=lifespan)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/events", status_code=201)
    async def report(event: Event, context: ServiceContext) -> dict[str, str]:
        kept = tracking.track_event(event.name, user_context=context, **event.properties)
        return {"user_id": kept.user_id}

    @app.get("/events")
    async def listed(context: ServiceContext, name: str | None = None) -> list[dict[str, Any]]:
        events = tracking.query_events(user_id=context.user_id, name=name)
        return [{"name": e.name, "user_id": e.user_id, "properties": dict(e.properties)} for e in events]

    @app.get("/usage")
    async def usage(context: ServiceContext) -> dict[str, int]:
        return reports.usage(context.user_id)

    return app
