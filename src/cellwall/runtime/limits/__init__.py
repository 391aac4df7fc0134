"""How often one user may do something. The limiter over Redis is imported from its own module."""

from cellwall.runtime.limits.decision import Decision
from cellwall.runtime.limits.headers import limit_headers
from cellwall.runtime.limits.limiter import RateLimiter, require_allowed
from cellwall.runtime.limits.memory import MemoryRateLimiter
from cellwall.runtime.limits.rate import Rate

__all__ = ["Decision", "MemoryRateLimiter", "Rate", "RateLimiter", "limit_headers", "require_allowed"]
