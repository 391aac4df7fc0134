"""Messages to a user's clients, over the manager or pool that it is given."""

from typing import Any


class NotificationService:
    """Sends notices and keeps count of those that nobody was there to hear."""

    def __init__(self, connections: Any) -> None:
        self._connections = connections
        self.unheard = 0

    async def notify(self, user_id: str, text: str, level: str = "info") -> bool:
        """Send a notice; False when the user has no connection."""
        event = {"event": "notice", "data": {"text": text, "level": level}}
        heard = await self._connections.send_to_user(user_id, event) > 0
        self.unheard += not heard
        return heard
