"""What the back end tells and asks the analytics service, as itself and for one user at a time."""

from typing import Any

import httpx

from auth_service.service_tokens import service_token
from cellwall import UserExecutionContext


class AnalyticsClient:
    """Speaks HTTP with the analytics service, here an ASGI application in the same process."""

    def __init__(self, service: Any, name: str = "netra_backend") -> None:
        self._service = service
        self._name = name

    async def report(self, context: UserExecutionContext, event: str, **properties: Any) -> None:
        """Keep an event of the user whose request this is."""
        async with self._for(context) as client:
            body = {"name": event, "properties": properties}
            (await client.post("/events", json=body)).raise_for_status()

    async def usage(self, context: UserExecutionContext) -> dict[str, int]:
        """Give how often the user did what."""
        async with self._for(context) as client:
            answer = await client.get("/usage")
            answer.raise_for_status()
            return dict(answer.json())

    def transport(self) -> httpx.AsyncBaseTransport:
        """Give the way to the service."""
        return httpx.ASGITransport(app=self._service)

    def _for(self, context: UserExecutionContext) -> httpx.AsyncClient:
        token = service_token(context.user_id, service=self._name)
        return httpx.AsyncClient(
            transport=self.transport(),
            base_url="http://analytics",
            headers={"Authorization": f"Bearer {token}"},
        )
