"""The tool dispatcher of one request: its own tools, its own history."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from inspect import isawaitable
from types import MappingProxyType
from typing import Any, Final, final

from cellwall.runtime.bounded_task import GRACE, BoundedTask
from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.errors import ContextClosedError, ToolArgumentsError, ToolTimeoutError
from cellwall.runtime.frozen_copy import TooMuchData, frozen_copy
from cellwall.runtime.tool_arguments import Check, checks_of
from cellwall.runtime.tools import Tool, ToolFactory, tool_factory

HISTORY_LIMIT: Final = 1000
TIME_LIMIT: Final = 60.0
NAME_LENGTH: Final = 200  # of an unknown tool in the history: a model may ask for anything


@dataclass(frozen=True, slots=True)
class ToolExecution:
    """One call of a tool: for which request, with what, and how it ended (`ok` or the error's name).

    The arguments are a copy that nothing can change: dicts read-only, lists as tuples, long texts cut.
    """

    request_id: str
    tool: str
    arguments: Mapping[str, Any]
    outcome: str


@final
class ToolDispatcher:
    """Runs tools for one request. Made by `ToolDispatcherFactory.create_for_user`.

    Calls may run at the same time, each in a task of its own; the request's end stops those that still run.
    A tool that swallows its cancellation is given up after `grace` seconds: see `abandoned_work`.
    """

    def __init__(
        self,
        context: UserExecutionContext,
        tools: ToolFactory,
        *,
        history_limit: int = HISTORY_LIMIT,
        time_limit: float | None = TIME_LIMIT,
        grace: float = GRACE,
    ) -> None:
        if type(context) is not UserExecutionContext:
            raise TypeError(f"a dispatcher needs a UserExecutionContext, got {type(context).__name__}")
        context.require_open()
        self.context: Final = context
        self._factory = tools
        self._time_limit = time_limit
        self._grace = grace
        self._tools: dict[str, tuple[Tool, tuple[Check, ...]]] = {}
        self._running: set[BoundedTask] = set()
        self._execution_history: deque[ToolExecution] = deque(maxlen=history_limit)
        context.on_cleanup(self._stop)

    async def execute_tool(self, name: str, arguments: Mapping[str, Any] | None = None) -> Any:
        """Run tool `name`; the request keeps one instance of each tool that it uses.

        The tool gets a copy of `arguments`, checked against what it declares.

        Raises:
            UnknownDefinitionError: nobody registered the name.
            ToolArgumentsError: the arguments do not fit what the tool declares; the text names the one.
            ContextClosedError: the request has ended, before the call or during it.
            ToolTimeoutError: the tool took longer than the time limit (60 s by default).
        """
        self.context.require_open()
        if type(name) is not str:
            raise TypeError(f"a tool's name is a text, not {type(name).__name__}")
        told: Mapping[str, Any] = MappingProxyType({})
        try:
            given = _copied(arguments)
            told = _told(given)
            result = await self._run(name, given)
        except BaseException as error:
            self._record(name, told, type(error).__name__)
            raise
        self._record(name, told, "ok")
        return result

    async def _run(self, name: str, arguments: dict[str, Any]) -> Any:
        tool, checks = self._tool(name)
        checked: Any = arguments
        for check in checks:
            try:
                checked = check(checked)
            except ToolArgumentsError as error:
                raise ToolArgumentsError(f"tool {name!r}: {error}") from None
        what = f"tool {name[:NAME_LENGTH]!r} of request {self.context.request_id}"
        call = BoundedTask(partial(_execution, name, tool, checked), what, grace=self._grace)
        self._running.add(call)
        try:
            in_time = await call.done(self._time_limit)
        finally:
            self._running.discard(call)
        if not in_time:
            raise self._too_late(name, call.task.done())
        return call.task.result()

    def _tool(self, name: str) -> tuple[Tool, tuple[Check, ...]]:
        known = self._tools.get(name)
        if known is None:
            tool = self._factory.create_tool(name, self.context)
            known = self._tools[name] = (tool, checks_of(tool))
        return known

    def _too_late(self, name: str, ended: bool) -> Exception:
        still = "" if ended else "; it swallowed its cancellation and still runs"
        if self.context.closed:
            return ContextClosedError(
                f"request {self.context.request_id} ended while tool {name!r} ran{still}"
            )
        return ToolTimeoutError(f"tool {name!r} took longer than {self._time_limit} s{still}")

    def _stop(self) -> Awaitable[None] | None:
        """End the calls that still run, whichever loops they run in; give what waits for those of this loop.

        It waits so that what the tools use, which was opened before them, is closed after them.
        """
        self._tools.clear()
        for call in tuple(self._running):
            call.stop()
        here = _running_loop()
        waiting = [call for call in self._running if call.loop is here and not call.is_around()]
        return _all_ended(waiting) if waiting else None

    def _record(self, name: str, arguments: Mapping[str, Any], outcome: str) -> None:
        entry = ToolExecution(self.context.request_id, name[:NAME_LENGTH], arguments, outcome)
        self._execution_history.append(entry)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


async def _all_ended(calls: Iterable[BoundedTask]) -> None:
    await asyncio.gather(*(call.ended() for call in calls))


def _execution(name: str, tool: Tool, arguments: Any) -> Awaitable[Any]:
    """Begin a call, and say what is wrong with a tool that cannot be awaited."""
    execute = getattr(tool, "execute", None)
    begun = execute(arguments) if callable(execute) else None
    if not isawaitable(begun):
        where = f"{type(tool).__name__}.execute(arguments)"
        raise TypeError(f"tool {name[:NAME_LENGTH]!r}: {where} must be there, and be `async def`")
    return begun


def _copied(arguments: object) -> dict[str, Any]:
    if arguments is None:
        return {}
    if not isinstance(arguments, Mapping):
        raise ToolArgumentsError(f"a tool's arguments are a mapping, not {type(arguments).__name__}")
    copy = dict(arguments)
    for key in copy:
        if type(key) is not str:
            raise ToolArgumentsError(f"a tool's arguments have names, not {type(key).__name__}")
    return copy


def _told(arguments: dict[str, Any]) -> Mapping[str, Any]:
    try:
        return frozen_copy(arguments)
    except TooMuchData as error:
        raise ToolArgumentsError(f"a tool's arguments are {error}") from None


@final
class ToolDispatcherFactory:
    """Makes dispatchers, each one new and bound to one request."""

    @staticmethod
    def create_for_user(
        context: UserExecutionContext,
        *,
        tools: ToolFactory = tool_factory,
        history_limit: int = HISTORY_LIMIT,
        time_limit: float | None = TIME_LIMIT,
        grace: float = GRACE,
    ) -> ToolDispatcher:
        """Make the dispatcher of one request; `tools` defaults to the module-level tool factory.

        A tool has `time_limit` seconds, and once it is cancelled `grace` seconds to clean up; then it is
        given up.

        Raises:
            ContextClosedError: the request has ended.
            TypeError: `context` is no UserExecutionContext.
        """
        return ToolDispatcher(context, tools, history_limit=history_limit, time_limit=time_limit, grace=grace)
