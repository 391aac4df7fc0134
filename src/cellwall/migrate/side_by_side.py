"""Runs coroutines side by side; the first failure ends the others and is raised as it is."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def side_by_side(*work: Coroutine[Any, Any, None]) -> None:
    """Wait for all of them.

    Raises:
        Exception: what the first of them that failed raised, without a group around it.
    """
    try:
        async with asyncio.TaskGroup() as group:
            for each in work:
                group.create_task(each)
    except* Exception as failures:
        raise failures.exceptions[0] from None
