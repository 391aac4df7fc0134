"""Reaches WebSocket connections through a pool with a context instead of a single manager."""

from typing import Final

from cellwall.migrate.capabilities.capability import CHANGE, Capability

CAPABILITY: Final = Capability(
    name="use-connection-pool",
    rules=("singleton-websocket-manager",),
    verbs=CHANGE,
    subjects=tuple(
        frozenset(words.split())
        for words in ("connection pool", "websocket pool", "websocket manager", "singleton manager")
    ),
)
