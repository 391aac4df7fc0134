"""What the back end tells and asks the analytics service, as itself and for one user at a time."""

from collections import deque
from typing import Any

import httpx

from auth_service.service_tokens import service_token
from cellwall import UserExecutionContext
from cellwall.runtime.http_client import HttpClients

WAITING = 1000


class AnalyticsClient:
    """Speaks HTTP with the analytics service: an ASGI application in this process, or a server with a URL.

    What cannot be told to a server that is away waits, up to 1000 events, and is told after the next that can.
    """

    def __init__(self, service: Any, name: str = "netra_backend") -> None:
        self._name = name
        self._service = service
        self._far = HttpClients() if isinstance(service, str) else None
        self._waiting: deque[tuple[str, dict[str, Any]]] = deque(maxlen=WAITING)

    async def report(self, context: UserExecutionContext, event: str, **properties: Any) -> None:
        """Keep an event of the user whose request this is."""
        body = {"name": event, "properties": properties}
        if self._far is None:
            await self._tell(context, context.user_id, body)
            return
        self._waiting.append((context.user_id, body))
        try:
            while self._waiting:
                user_id, told = self._waiting.popleft()
                await self._tell(context, user_id, told)
        except httpx.HTTPError:
            self._waiting.appendleft((user_id, told))

    async def usage(self, context: UserExecutionContext) -> dict[str, int]:
        """Give how often the user did what.

        Raises:
            httpx.HTTPError: the service is away.
        """
        answer = await self._ask(context, context.user_id, "GET", "/usage")
        return dict(answer.json())

    def transport(self) -> httpx.AsyncBaseTransport:
        """Give the way to a service in this process."""
        return httpx.ASGITransport(app=self._service)

    async def close(self) -> None:
        """Close the connections."""
        if self._far is not None:
            await self._far.close()

    async def _tell(self, context: UserExecutionContext, user_id: str, body: dict[str, Any]) -> None:
        await self._ask(context, user_id, "POST", "/events", json=body)

    async def _ask(
        self, context: UserExecutionContext, user_id: str, method: str, path: str, **options: Any
    ) -> httpx.Response:
        """Ask for one user, in the request of `context`."""
        headers = {"Authorization": f"Bearer {service_token(user_id, service=self._name)}"}
        if self._far is not None:
            client = self._far.create(context, base_url=self._service, timeout=5.0)
            return (await client.request(method, path, headers=headers, **options)).raise_for_status()
        async with httpx.AsyncClient(transport=self.transport(), base_url="http://analytics") as client:
            return (await client.request(method, path, headers=headers, **options)).raise_for_status()
