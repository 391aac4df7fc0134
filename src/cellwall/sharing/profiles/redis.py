"""redis: pools and clients are for all; a connection, a pipeline and a subscription are not."""

from __future__ import annotations

from typing import Final

from cellwall.sharing.profile import Profile, always

_PIPELINE: Final = always("a pipeline: commands that wait in it are one user's")
_SUBSCRIPTION: Final = always("a subscription: what comes is for its owner")

PROFILE: Final = Profile(
    "redis",
    made_for_all={
        "redis.client.Redis": "takes a connection for each command",
        "redis.asyncio.client.Redis": "takes a connection for each command",
        "redis.connection.ConnectionPool": "gives a connection to one command at a time",
        "redis.asyncio.connection.ConnectionPool": "gives a connection to one command at a time",
        "redis.commands.core.Script": "a script; its arguments come with each call",
        "redis.commands.core.AsyncScript": "a script; its arguments come with each call",
    },
    per_user={
        "redis.client.Pipeline": _PIPELINE,
        "redis.asyncio.client.Pipeline": _PIPELINE,
        "redis.client.PubSub": _SUBSCRIPTION,
        "redis.asyncio.client.PubSub": _SUBSCRIPTION,
        "redis.connection.AbstractConnection": always("a connection: its next reply is one command's"),
        "redis.asyncio.connection.AbstractConnection": always(
            "a connection: its next reply is one command's"
        ),
    },
)
