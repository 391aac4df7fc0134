"""One simulated user: set-up, body and teardown in one task, with waits between them for the others."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context, copy_context
from typing import Any, Final, final

from cellwall.canary import viewing
from cellwall.testing.many_users.current_user import become
from cellwall.testing.many_users.ending import ends_all
from cellwall.testing.many_users.fixture_making import Fixtures
from cellwall.testing.many_users.gate import Gate
from cellwall.testing.many_users.own_values import OwnValues
from cellwall.testing.many_users.result import BODY, SET_UP, TEARDOWN, Failure, RunResult
from cellwall.testing.many_users.running import Marks, Run
from cellwall.testing.many_users.verdict import foreign_values

AGAIN: Final = 5.0  # s of the loop's clock that one who comes again may take

Work = Callable[[], Awaitable[object]]


@final
class User:
    """Lives through the three phases; what fails goes into the result, nothing is raised."""

    ready: Gate
    ended: bool
    failed: bool

    def __init__(
        self, name: str, fixtures: Fixtures, set_up: Work, body: Work, *, result: RunResult, own: OwnValues
    ) -> None:
        self.name = name
        self._fixtures, self._set_up, self._body, self._result = fixtures, set_up, body, result
        self._own = own
        self.ready, self._go, self._leave, self._gone = Gate(), Gate(), Gate(), Gate()
        self._before: User | None = None
        self._after: User | None = None
        self.task: asyncio.Task[Any] | None = None
        self.failed = self.ended = self._begun = self._stopped = False
        self._run: Run | None = None
        self.on_end: Callable[[User], None] = _nothing
        self.successor: User | None = None
        self._begun_with: Context | None = None  # the context variables before the body
        self._host: User | None = None  # on whose task this one lives; None: on its own
        self.on_begin: Callable[[], None] = lambda: None
        self.on_done: Callable[[], None] = lambda: None

    def start(self, run: Run, after: "User | None") -> None:
        """Begin the task; it sets up when the other one has, and tears down before it does."""
        self._before, self._run = after, run
        self.task = run.handler(self.name, self.live())
        if after is not None:
            after._after = self

    async def live(self) -> None:
        """Set up, wait for the others, run the body, wait for the others, tear down."""
        become(self.name, self._own)
        try:
            if await self._is_my_turn():
                await self._live()
        finally:
            self.ready.open()
            self._gone.open()

    async def _is_my_turn(self) -> bool:
        """Wait for the set-up of the user before; where that failed, nobody after it does anything."""
        if self._before is None:
            return True
        if not self._before.ready.is_open:
            await self._before.ready.wait()
        if self._before.failed or self.ended:
            self.failed = self.ended = True
            return False
        return True

    async def _live(self) -> None:
        try:
            with viewing(self.name):
                await self._set_up_and_work()
            if self.successor is not None and self.name in self._result.finished:
                self.on_done()
                await self.successor.follow(self)
                self.failed = self.successor.failed
        finally:
            self.ended = True
            self.on_end(self)
            await self._leave.wait()
            if self._after is not None and not self._after._gone.is_open:
                await self._after._gone.wait()
            if self.successor is not None:
                await self.successor.tear_down()
            await self.tear_down()

    async def follow(self, first: "User") -> None:
        """Set up and run the body on the task of one who has just ended."""
        self._host = first
        become(self.name, self._own)
        self._result.users = [*self._result.users, self.name]
        with viewing(self.name):
            await self._during(SET_UP, self._set_up)
            if not self.failed:
                await self._during(BODY, self._body)
            if not self.failed and self.name not in self._result.cancelled:
                self._result.finished.append(self.name)

    async def come_again(self) -> None:
        """Run the body once more, as a client asks again whose request was cancelled."""
        again = asyncio.create_task(self._again(), context=self._begun_with)
        await asyncio.wait({again})

    async def _again(self) -> None:
        async def within_time() -> None:
            async with asyncio.timeout(AGAIN):
                await self._body()

        with viewing(self.name):
            await self._during(BODY, within_time, again=True)

    def held(self) -> dict[str, Any]:
        """Give the values of this user's own fixtures, by name."""
        return self._fixtures.held()

    async def tear_down(self) -> None:
        """Tear down what this user's fixtures made."""
        with viewing(self.name):
            for error in await self._fixtures.tear_down():
                self._result.failures.append(Failure(self.name, TEARDOWN, error))

    async def _set_up_and_work(self) -> None:
        await self._during(SET_UP, self._set_up)
        self.ready.open()
        await self._go.wait()
        if not self.failed and not self.ended:
            self._begun_with = copy_context()
            self._begun = True
            self.on_begin()
            await self._during(BODY, self._body)
            if not self.failed and self.name not in self._result.cancelled:
                self._result.finished.append(self.name)

    def go(self) -> None:
        """Let the body begin."""
        self._go.open()

    def stop(self) -> None:
        """Cancel the body, or let it not begin, though it may have been told to."""
        if self.ended:
            return
        if not self._begun:
            self.ended = True
        elif self.task is not None:
            self._stopped = True
            self.task.cancel()

    def was_cancelled(self) -> bool:
        """Tell whether somebody else cancelled the body, not the test itself."""
        return self._stopped or (self._run is not None and self._run.was_cancelled(self.name))

    def leave(self) -> None:
        """Let the user tear down when those after it have; its task ends then."""
        self._go.open()
        self._leave.open()

    async def end(self) -> None:
        """Wait for the task to end."""
        if self.task is not None and not self.task.done():
            await asyncio.wait({self.task})

    def forget(self) -> None:
        """Let go of what would keep this user and its task alive until the garbage collector comes."""
        self.on_end, self.successor, self._before, self._after = _nothing, None, None, None
        self._begun_with = None
        self._run, self._host = None, None

    async def _during(self, phase: str, work: Work, *, again: bool = False) -> None:
        """Run the work; `again` is that of one who was cancelled, for whom other things may fail now.

        What is raised then is a failure only where another's value stands in it.
        """
        try:
            await work()
        except BaseException as error:
            task = asyncio.current_task()
            # A task group cancels who waits in it when a child fails; until Python 3.13 it leaves it at that.
            cancelled = task is not None and task.cancelling() > 0 and (self._host or self).was_cancelled()
            while task is not None and task.cancelling():
                task.uncancel()  # so that waits in the teardown are not cancelled for it
            failure = Failure(self.name, phase, error)
            excused = (cancelled or again) and not ends_all(error)
            if not excused or foreign_values(failure, self._own.book):
                self.failed = True
                self._result.failures.append(failure)
                self._mark(f"{self.name} fails in its {phase}: {type(error).__name__}")
            elif cancelled and not again:
                self._result.cancelled.append(self.name)

    def _mark(self, text: str) -> None:
        """Mark this moment where the run may be drawn."""
        run = (self._host or self)._run
        if isinstance(run, Marks):
            run.mark(text)


def _nothing(_: User) -> None: ...
