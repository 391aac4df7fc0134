"""Counters as one looks at them: frozen copies, of one connection and of the pool."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConnectionStats:
    """One connection: events handed to its transport, missed by its client, and waiting for it."""

    user_id: str
    connection_id: str
    sent: int
    dropped: int
    queued: int


@dataclass(frozen=True, slots=True)
class PoolStats:
    """All connections, with `sent`, `dropped` and `failed` of those that have gone.

    `unpublished`: events that other processes did not get, because the broker was gone or full.
    `refused`: messages of other processes that named another owner than their channel's.
    `repeated`: messages of other processes that came twice and were delivered once.
    """

    connections: tuple[ConnectionStats, ...]
    users: int
    sent: int
    dropped: int
    queued: int
    failed: int
    unpublished: int
    refused: int
    repeated: int
