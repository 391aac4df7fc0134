"""What a limiter says about one request: whether it may go on, and what the client should know."""

from math import ceil
from typing import final

from cellwall.runtime.limits.rate import Rate


@final
class Decision:
    """One answer. `backlog` is how many seconds it takes until nothing of the burst is used any more.

    `retry_after` is 0.0 for what is allowed. `metered` is False when nobody counted: the store was gone, and
    the limiter was told to allow then.
    """

    __slots__ = ("allowed", "backlog", "metered", "rate", "retry_after")

    def __init__(
        self, rate: Rate, backlog: float, retry_after: float | None = None, metered: bool = True
    ) -> None:
        self.rate: Rate = rate
        self.backlog: float = backlog
        self.allowed: bool = retry_after is None
        self.retry_after: float = retry_after or 0.0
        self.metered: bool = metered

    @property
    def remaining(self) -> int:
        """How many more are allowed at this moment."""
        return self.rate.remaining(self.backlog)

    @property
    def retry_after_seconds(self) -> int:
        """Whole seconds to wait, at least one, for the header `Retry-After`."""
        return max(1, ceil(self.retry_after))

    def __repr__(self) -> str:
        verdict = "allowed" if self.allowed else f"refused for {self.retry_after:.3f} s"
        return f"Decision({verdict}, {self.remaining} of {self.rate.burst} remaining)"
