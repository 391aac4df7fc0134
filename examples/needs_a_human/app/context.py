"""Who asks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RequestContext:
    """One request of one user."""

    user_id: str
