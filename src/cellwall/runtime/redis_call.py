"""One call to Redis: bounded in time, and its failures told as ours. Knows no command."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from redis.exceptions import RedisError

from cellwall.runtime.errors import StoreUnavailableError

TIME_LIMIT: Final = 1.0


@asynccontextmanager
async def redis_call(what: str, time_limit: float = TIME_LIMIT) -> AsyncIterator[None]:
    """Run the block's call for `what`; a Redis that hangs is as good as gone.

    Raises:
        StoreUnavailableError: Redis is gone, full, or slower than `time_limit` seconds.
    """
    try:
        async with asyncio.timeout(time_limit):
            yield
    except (RedisError, OSError, TimeoutError) as error:
        raise StoreUnavailableError(
            f"{what} cannot be reached ({type(error).__name__}); try again in a moment"
        ) from error
