"""What a signal handler raises to end a test that hangs: it is told apart from what callbacks raise."""

import asyncio
from typing import TypeGuard


def is_alarm(error: object) -> TypeGuard[BaseException]:
    """Tell whether no callback means this exception: pytest's outcomes are such, a cancellation is not."""
    return isinstance(error, BaseException) and not isinstance(error, Exception | asyncio.CancelledError)
