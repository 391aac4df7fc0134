"""What a server is told by its environment, read once when it starts."""

import os
from dataclasses import dataclass
from pathlib import Path

from netra_backend.limits import RATE
from cellwall.runtime.limits import Rate


@dataclass(frozen=True)
class Settings:
    """Where a server finds the others and its own things.

    Attributes:
        data: the folder of files that outlive the process.
        keys: the folder with this service's private key, the others' public ones, and the users' key.
        auth, analytics, backend: the URLs of the services.
        page: the URL of the web page, whose scripts may ask.
        database: the URL of a PostgreSQL, "" for one SQLite file for each user.
        events: the URL of a PostgreSQL for analytics, "" for an SQLite file.
        redis: the URL of a Redis, "" for none.
        leaks: names of planted leaks.
        token_seconds: how long a token is good.
        step_seconds: how long a step of a streamed run takes.
        rate: how often a user may ask.
    """

    data: Path
    keys: Path
    auth: str
    analytics: str
    backend: str
    page: str
    database: str
    events: str
    redis: str
    leaks: str
    token_seconds: int
    step_seconds: float
    rate: Rate

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the variables PLATFORM_...; the launcher sets all of them."""
        read = {name.removeprefix("PLATFORM_").lower(): value for name, value in os.environ.items()}
        return cls(
            data=Path(read["data"]),
            keys=Path(read["keys"]),
            **{name: read[name] for name in ("auth", "analytics", "backend", "page")},
            **{name: read.get(name, "") for name in ("database", "events", "redis", "leaks")},
            token_seconds=int(read.get("token_seconds", 900)),
            step_seconds=float(read.get("step_seconds", 0.15)),
            rate=Rate(int(read["rate"]), seconds=60) if "rate" in read else RATE,
        )
