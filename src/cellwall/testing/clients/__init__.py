"""Clients that live in the loop: one user's HTTP, raw HTTP and WebSockets to any ASGI application."""

from cellwall.testing.clients.errors import (
    ClientError,
    NoAnswerError,
    WebSocketClosedError,
    WebSocketRefusedError,
)
from cellwall.testing.clients.http import http_client
from cellwall.testing.clients.identity import Identity
from cellwall.testing.clients.lifespan import lifespan
from cellwall.testing.clients.raw import RawClient, RawResponse
from cellwall.testing.clients.user_client import UserClient
from cellwall.testing.clients.websocket import WebSocketClient

__all__ = [
    "ClientError",
    "Identity",
    "NoAnswerError",
    "RawClient",
    "RawResponse",
    "UserClient",
    "WebSocketClient",
    "WebSocketClosedError",
    "WebSocketRefusedError",
    "http_client",
    "lifespan",
]
