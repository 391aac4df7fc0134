"""What is done about a client that reads slower than its events arrive."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, final

QUEUE_SIZE: Final = 256
QUEUE_BYTES: Final = 1024 * 1024
CLOSE_TIMEOUT: Final = 5.0


class SlowReader(StrEnum):
    """What happens to a client that reads slower than events arrive."""

    DROP_OLDEST = "drop oldest"
    DISCONNECT = "disconnect"


@final
@dataclass(frozen=True, slots=True)
class Limits:
    """How much may wait for one client, and for how long its transport may take to close (in seconds)."""

    queue_size: int = QUEUE_SIZE
    queue_bytes: int = QUEUE_BYTES
    slow_reader: SlowReader = SlowReader.DROP_OLDEST
    close_timeout: float = CLOSE_TIMEOUT

    def __post_init__(self) -> None:
        if self.queue_size < 1 or self.queue_bytes < 1 or self.close_timeout <= 0:
            raise ValueError("a queue holds at least one event and one byte, and closing takes some time")
