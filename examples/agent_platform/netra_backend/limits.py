"""How often one user may ask: a burst of 120 requests, and 120 more each minute. Nobody pays for others."""

from fastapi import HTTPException

from cellwall.runtime.limits import Decision, MemoryRateLimiter, Rate, RateLimiter, limit_headers

RATE = Rate(120, seconds=60)

_limiter = MemoryRateLimiter(RATE)
_shared: RateLimiter | None = None  # where several processes serve the same users


def use_limiter(limiter: RateLimiter) -> None:
    """Count in a limiter that several processes share; once, when a service starts."""
    global _shared
    _shared = limiter


def count_request(user_id: str) -> Decision:
    """Count one request of this user, unless it is refused."""
    return _limiter.hit_now(user_id)


def may_request(user_id: str) -> bool:
    """Tell whether this user may make one more request, and count it."""
    return count_request(user_id).allowed


def limit_fields(decision: Decision) -> dict[str, str]:
    """Give the header fields that tell a client where it stands."""
    return {name.decode(): value.decode() for name, value in limit_headers(decision)}


def require_request(user_id: str) -> dict[str, str]:
    """Count one request of this user and give the header fields of its answer.

    Raises:
        HTTPException: 429, with the seconds to wait.
    """
    return fields_or_refusal(count_request(user_id))


async def require_shared_request(user_id: str) -> dict[str, str]:
    """Do as `require_request`, by the limiter that several processes share, where there is one.

    Raises:
        HTTPException: as `require_request`.
        StoreUnavailableError: the shared limiter is away, and says to refuse then.
    """
    return require_request(user_id) if _shared is None else fields_or_refusal(await _shared.hit(user_id))


def fields_or_refusal(decision: Decision) -> dict[str, str]:
    """Give the header fields of an answer, or refuse to give one."""
    if not decision.allowed:
        raise HTTPException(429, "too many requests", headers=limit_fields(decision))
    return limit_fields(decision)
