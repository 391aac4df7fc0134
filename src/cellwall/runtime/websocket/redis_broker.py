"""A broker over Redis: what one process publishes reaches those that follow the same user. Needs redis-py."""

from __future__ import annotations

from types import TracebackType
from typing import Final, Self, final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from cellwall.runtime.errors import StoreUnavailableError
from cellwall.runtime.websocket.backoff import Backoff
from cellwall.runtime.websocket.broker import Message
from cellwall.runtime.websocket.inbox import Inbox
from cellwall.runtime.websocket.redis_listener import RedisListener
from cellwall.runtime.websocket.redis_publisher import RedisPublisher
from cellwall.runtime.websocket.wire import channel_of, encode_message

OUTBOX_SIZE: Final = 10_000
TIMEOUT: Final = 5.0


@final
class RedisBroker:
    """Carries messages by Redis publish/subscribe, one channel for each user.

    While Redis is away, local delivery goes on; what is published waits, up to `outbox_size` messages, and
    connections are made anew with a growing wait. Whoever follows hears that something may be missing.

    Args:
        url: `redis://`, `rediss://` or `unix://`; it may hold a password and is never logged.
        prefix: the first part of every channel's name; services that share a Redis take different ones.
        outbox_size: messages that may wait for Redis.
        timeout: seconds for connecting and for each answer.

    Example:
        async with RedisBroker(url) as broker:
            pool = WebSocketConnectionPool(broker=broker)
    """

    def __init__(
        self, url: str, *, prefix: str = "cellwall", outbox_size: int = OUTBOX_SIZE, timeout: float = TIMEOUT
    ) -> None:
        channel_of(prefix, "check")
        self._url = url
        self._prefix: Final = prefix
        self._outbox_size: Final = outbox_size
        self._timeout: Final = timeout
        self._redis: Redis | None = None
        self._listener: RedisListener | None = None
        self._publisher: RedisPublisher | None = None

    @property
    def available(self) -> bool:
        """Whether Redis answers both to those who publish and to those who listen."""
        listener, publisher = self._listener, self._publisher
        return listener is not None and publisher is not None and listener.connected and publisher.connected

    @property
    def waiting(self) -> int:
        """How many messages wait for Redis."""
        return 0 if self._publisher is None else self._publisher.waiting

    async def open(self) -> None:
        """Connect.

        Raises:
            StoreUnavailableError: Redis does not answer, or refuses us.
        """
        if self._redis is not None:
            return
        redis = _client(self._url, self._timeout)
        try:
            await redis.ping()
        except (RedisError, OSError, TimeoutError) as error:
            await redis.aclose()
            raise StoreUnavailableError(f"Redis does not serve us: {type(error).__name__}") from None
        self._redis = redis
        self._publisher = RedisPublisher(redis, self._outbox_size, Backoff())
        self._listener = RedisListener(redis, self._prefix, self._timeout, Backoff())
        await self._listener.started()

    async def close(self) -> None:
        """Give what waits a last chance, for as long as an answer may take, and disconnect."""
        redis, publisher, listener = self._redis, self._publisher, self._listener
        self._redis = self._publisher = self._listener = None
        try:
            if publisher is not None:
                await publisher.close(self._timeout)
            if listener is not None:
                await listener.close()
        finally:
            if redis is not None:
                await redis.aclose()

    async def __aenter__(self) -> Self:
        """Connect, as `open` does."""
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Disconnect."""
        await self.close()

    def publish(self, message: Message) -> None:
        """Take a message for Redis; never waits.

        Raises:
            StoreUnavailableError: the broker is not open, or too many messages wait.
        """
        if self._publisher is None:
            raise StoreUnavailableError("the broker is not open")
        self._publisher.take(channel_of(self._prefix, message.owner), encode_message(message))

    async def follow(self, inbox: Inbox) -> None:
        """Bring what is published for this user; returns when Redis has confirmed it, or is away."""
        if self._listener is not None:
            await self._listener.add(channel_of(self._prefix, inbox.user_id), inbox)

    async def unfollow(self, inbox: Inbox) -> None:
        """Bring nothing more."""
        if self._listener is not None:
            await self._listener.remove(channel_of(self._prefix, inbox.user_id), inbox)


def _client(url: str, timeout: float) -> Redis:
    # No second try below us: a connection that is made anew in silence would hide that messages were lost.
    return Redis.from_url(
        url, retry=Retry(NoBackoff(), 0), socket_timeout=timeout, socket_connect_timeout=timeout, protocol=2
    )
