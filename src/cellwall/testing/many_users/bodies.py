"""Calls a user's test function: a coroutine in the loop, any other in a thread of the user's own."""

import asyncio
import contextvars
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from inspect import CO_COROUTINE, iscoroutinefunction
from typing import Any

from cellwall.testing.many_users.refusal import refuse


async def call_body(function: Callable[..., Any], arguments: Mapping[str, Any]) -> None:
    """Call the test function for the running user.

    A thread sees the user's context variables. Nothing controls when it runs, and nothing can stop it.

    Raises:
        Refusal: a function that is no coroutine function gives something to await, which nobody would.
    """
    code = getattr(function, "__code__", None)  # the quick way first: this is done for each user of each run
    if (code is not None and code.co_flags & CO_COROUTINE) or iscoroutinefunction(function):
        await function(**arguments)
        return
    context = contextvars.copy_context()
    threads = ThreadPoolExecutor(1, thread_name_prefix="cellwall-user")
    try:
        answer = await asyncio.get_running_loop().run_in_executor(
            threads, lambda: context.run(lambda: function(**arguments))
        )
    finally:
        threads.shutdown(wait=False)
    if hasattr(answer, "__await__"):
        answer.close()
        refuse("it is no coroutine function, but gives a coroutine that nothing awaits")
