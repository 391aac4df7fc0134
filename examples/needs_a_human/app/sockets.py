"""Connections: in the one manager of the process, or in a pool."""


class ConnectionPool:
    """The connections of users, each with its owner."""

    def __init__(self) -> None:
        self._sent: dict[str, list[str]] = {}

    def connect(self, user_id: str) -> None:
        """Open a connection."""
        self._sent[user_id] = []

    def sent_to(self, user_id: str) -> list[str]:
        """Give what a user was sent."""
        return self._sent[user_id]


class WebSocketManager(ConnectionPool):
    """The old way."""

    _instance: "WebSocketManager | None" = None

    def __new__(cls) -> "WebSocketManager":
        """Give the one manager."""
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def broadcast(self, text: str) -> int:
        """Send to everybody."""
        for sent in self._sent.values():
            sent.append(text)
        return len(self._sent)


def get_websocket_manager() -> WebSocketManager:
    """Give the one manager."""
    return WebSocketManager()  # cellwall: allow[singleton-websocket-manager] until its callers moved
