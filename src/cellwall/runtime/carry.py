"""Carrying a request's variables to where they do not go by themselves: threads, executors, later tasks."""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable
from contextvars import Context, copy_context
from typing import Any, Final, Generic, NoReturn, ParamSpec, TypeVar, cast, final

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.current import activate, current_context

P = ParamSpec("P")
T = TypeVar("T")


def carry(function: Callable[P, T], context: UserExecutionContext | None = None) -> Callable[P, T]:
    """Give a function that does the same, and works for the caller's request wherever it is called.

    It runs in a copy of the variables (`contextvars`) as they are now, a new copy for each call: it can run
    many times, at the same time, in any thread or task, and neither sees nor changes the variables of
    whoever calls it. `context` becomes the current one; by default the current one stays it. Made outside
    of any request it carries none, also into the midst of a user's request. What it gives is a
    coroutine function where `function` is one.

    No process but this one can run it: to `ProcessPoolExecutor` give a function of a module and
    `context.to_dict()`, and make a context there by `UserExecutionContext.from_dict`, with a clean-up there.

    Raises:
        ContextClosedError: the request has ended; the function that it gives raises it as well.
        TypeError: `function` makes a generator, whose body would run elsewhere. Carry what reads it.

    Example:
        await loop.run_in_executor(None, carry(render), invoice)
        Thread(target=carry(index)).start()
        asyncio.create_task(carry(send_later)())
    """
    carried = context if context is not None else current_context()
    if carried is not None:
        carried.require_open()
    if _is_one_of(function, inspect.isgeneratorfunction, inspect.isasyncgenfunction):
        raise TypeError(f"{_name(function)} makes a generator: carry the function that reads it")
    variables = copy_context()
    if context is not None:
        variables.run(activate(context).__enter__)
    if _is_one_of(function, inspect.iscoroutinefunction):
        return cast(Callable[P, T], _carry_coroutine(cast(Callable[P, Any], function), carried, variables))
    return _Carried(function, carried, variables)


@final
class _Carried(Generic[P, T]):
    """A plain function with the variables that it runs in."""

    def __init__(
        self, function: Callable[P, T], context: UserExecutionContext | None, variables: Context
    ) -> None:
        self._function: Final = function
        self._context: Final = context
        self._variables: Final = variables
        functools.update_wrapper(self, function, updated=())

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        if self._context is not None:
            self._context.require_open()
        result = self._variables.copy().run(self._function, *args, **kwargs)
        if inspect.iscoroutine(result):
            result.close()
            raise TypeError(f"{_name(self._function)} gives a coroutine: carry the coroutine function itself")
        return result

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{_name(self._function)} is carried and stays in this process: give the other one "
            "context.to_dict(), and make a context there by UserExecutionContext.from_dict"
        )


def _carry_coroutine(
    function: Callable[P, Awaitable[T]], context: UserExecutionContext | None, variables: Context
) -> Callable[P, Awaitable[T]]:
    @functools.wraps(function)
    async def carried(*args: P.args, **kwargs: P.kwargs) -> T:
        if context is not None:
            context.require_open()
        own = variables.copy()
        coroutine = cast(Any, own.run(function, *args, **kwargs))
        result: T = await asyncio.get_running_loop().create_task(coroutine, context=own)
        return result

    return carried


def _is_one_of(function: Callable[..., Any], *kinds: Callable[[Any], bool]) -> bool:
    while isinstance(function, functools.partial):
        function = function.func
    call = inspect.getattr_static(type(function), "__call__", None)
    return any(kind(function) or kind(call) for kind in kinds)


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__qualname__", None) or type(function).__name__
