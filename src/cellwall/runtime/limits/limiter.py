"""What every limiter does, and the error for what it refuses."""

from typing import Protocol

from cellwall.runtime.errors import RateLimitedError
from cellwall.runtime.limits.decision import Decision
from cellwall.runtime.limits.rate import Rate


class RateLimiter(Protocol):
    """Counts requests by user; one user's requests never change what another may do."""

    @property
    def rate(self) -> Rate:
        """How many requests each user may make."""
        ...

    async def hit(self, user_id: str) -> Decision:
        """Count one request of this user, unless it is refused.

        Raises:
            StoreUnavailableError: the counters cannot be reached, and the limiter was told to refuse then.
        """
        ...


async def require_allowed(limiter: RateLimiter, user_id: str) -> Decision:
    """Count one request of this user.

    Raises:
        RateLimitedError: it is one too many; `retry_after` says when to come back.
        StoreUnavailableError: the counters cannot be reached, and the limiter was told to refuse then.
    """
    decision = await limiter.hit(user_id)
    if not decision.allowed:
        raise RateLimitedError(
            f"too many requests; try again in {decision.retry_after_seconds} s", decision.retry_after
        )
    return decision
