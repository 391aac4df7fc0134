"""One run of a test as many users: shared set-up, users one by one, bodies together, teardown in reverse."""

import asyncio
import copy
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from typing import Any, Final, final

from cellwall.testing.many_users.bodies import call_body
from cellwall.testing.many_users.ending import ends_all
from cellwall.testing.many_users.fixture_making import Fixtures
from cellwall.testing.many_users.fixture_plan import USER_CONTEXT, FixturePlan, Maker
from cellwall.testing.many_users.leftovers import Leftovers
from cellwall.testing.many_users.output import OutputByUser
from cellwall.testing.many_users.own_values import OwnValues, SeenByOthersError
from cellwall.testing.many_users.probing import SUCCESSOR, Probing
from cellwall.testing.many_users.pytest_private import all_names, argument_names, bound
from cellwall.testing.many_users.refusal import refuse
from cellwall.testing.many_users.result import PROBE, SET_UP, TEARDOWN, Failure, RunResult
from cellwall.testing.many_users.rewrite import Rewrite
from cellwall.testing.many_users.running import Run, TellsIdle
from cellwall.testing.many_users.user import User

FIRST_USER: Final = "u1"
GRACE: Final = 2.0  # seconds that the others have to end after one has failed


def _unchanged(_: str) -> None:
    return None


@final
class TestAsManyUsers:
    """A scenario made of a pytest item; called once for each run, it builds the item's world anew.

    Args:
        item: the pytest item, set up by pytest as far as fixtures are pytest's.
        plan: who makes which fixture.
        users: how many.
        salts: chooses the values that only one of them may see, anew for each run.
        order: shuffles the order in which the bodies begin; None leaves it.
        rewrite: by a user's name, what is changed in the test and its fixtures; None for nothing.
        probing: gathers what the probes need, and probes when the bodies have ended; None for no probes.
    """

    __test__ = False  # no test class

    def __init__(
        self,
        item: Any,
        plan: FixturePlan,
        users: int,
        *,
        salts: Iterator[str],
        order: random.Random | None = None,
        rewrite: Callable[[str], Rewrite | None] = _unchanged,
        probing: Probing | None = None,
    ) -> None:
        self._item, self._plan = item, plan
        self._names = [f"u{number}" for number in range(1, users + 1)]
        self._order, self._rewrite, self._salts = order, rewrite, salts
        self._probing = probing
        self._steps = plan.steps([name for name in all_names(item) if plan.maker(name) is Maker.USER])
        self._taken = argument_names(item)
        self._users: list[User] = []
        self._timer: asyncio.TimerHandle | None = None
        self._left = 0
        self._result: RunResult
        self._own: OwnValues

    async def __call__(self, run: Run) -> RunResult:
        """Run; what fails is in the result."""
        self._begin_anew()
        with OutputByUser(self._item, self._result.output), self._own.watched(self._result):
            recording = nullcontext() if self._probing is None else self._probing.recording()
            with recording:
                async with Leftovers():
                    await self._run(run)
        return self._result

    def _begin_anew(self) -> None:
        self._result = RunResult(tuple(self._names))
        self._own = OwnValues(next(self._salts))
        self._users = []
        self._left, self._timer = 0, None

    async def _run(self, run: Run) -> None:
        shared = Fixtures(self._item, self._plan, getattr(self._item, "instance", None))
        try:
            if await self._share(shared):
                await self._run_users(run, shared)
        finally:
            for error in await shared.tear_down():
                self._result.failures.append(Failure("", TEARDOWN, error))

    async def _share(self, shared: Fixtures) -> bool:
        try:
            for name in all_names(self._item):
                if self._plan.maker(name) is Maker.SHARED:
                    await shared.make(name)
        except BaseException as error:
            self._result.failures.append(Failure("", SET_UP, error))
            return False
        return True

    async def _run_users(self, run: Run, shared: Fixtures) -> None:
        try:
            for name in self._names:
                user = self._user(name, shared)
                user.start(run, after=self._users[-1] if self._users else None)
                self._users.append(user)
            await self._users[-1].ready.wait()
            if any(user.failed for user in self._users):
                return
            if self._probing is not None and len(self._users) > 1:
                self._follow(self._users[0], self._user(SUCCESSOR, shared), self._probing)
            run.begin()
            await self._bodies(run)
            run.end()
            for user in self._users:
                if user.name in self._result.cancelled and not self._result.failures:
                    await user.come_again()  # after the others: in their midst it would hide what they met
            if self._probing is not None and len(self._users) > 1 and not self._result.failures:
                await self._probe(self._probing, shared)
        finally:
            if self._timer is not None:
                self._timer.cancel()
            for user in self._users:
                user.stop()
            for user in reversed(self._users):
                user.leave()
            for user in self._users:  # the first waits for the others, so there is mostly one to wait for
                await user.end()
            for user in self._users:
                user.forget()
            self._users = []

    def _follow(self, first: User, successor: User, probing: Probing) -> None:
        first.successor = successor
        first.on_begin = probing.first_begins

    async def _probe(self, probing: Probing, shared: Fixtures) -> None:
        first = self._users[0]
        second = first.successor
        users = first.held(), {} if second is None else second.held()
        await probing.probe(self._own.book, users, shared.held())
        for found in probing.findings:
            if found.leak:
                error = SeenByOthersError(str(found))
                self._result.failures.append(Failure(found.viewer, PROBE, error))

    def _user(self, name: str, shared: Fixtures) -> User:
        rewrite = self._rewrite(name)
        instance = None if shared.instance is None else copy.copy(shared.instance)
        fixtures = Fixtures(self._item, self._plan, instance, shared, rewrite)

        async def set_up() -> None:
            await fixtures.make_steps(self._steps)
            self._note_owned(name, await fixtures.make(USER_CONTEXT))

        async def body() -> None:
            arguments = await fixtures.make_all(self._taken)
            function = bound(self._item.obj, instance)
            if rewrite is not None:
                function, arguments = rewrite.function(function), rewrite.arguments(arguments)
            await call_body(function, arguments)

        return User(name, fixtures, set_up, body, result=self._result, own=self._own)

    def _note_owned(self, name: str, context: object) -> None:
        """Remember what only this user may see; two users who are the same one prove nothing."""
        twin = self._own.claim(name, context)
        if twin is not None:
            same = getattr(context, "user_id", None)
            refuse(f"{twin} and {name} are the same user {same!r}; let user_context make a random id")

    async def _bodies(self, run: Run) -> None:
        self._left = len(self._users)
        all_ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def ended(user: User) -> None:
            self._left -= 1
            if not self._left and not all_ended.done():
                all_ended.set_result(None)
            elif user.failed:
                self._stop_soon()

        for user in self._users:
            user.on_end = ended
        if self._users[0].successor is None:
            self._go(self._users)
        else:
            self._go_after(self._users[0], self._users[1:], run)
        await all_ended

    def _go(self, users: Sequence[User]) -> None:
        starting = list(users)
        if self._order is not None:
            self._order.shuffle(starting)
        for user in starting:
            user.go()

    def _go_after(self, first: User, others: Sequence[User], run: Run) -> None:
        """Let the first user's body run alone, its successor's after it, and then the others'.

        On the real clock the others begin where the successor waits for the first time, so that a test that
        waits does not wait for one user more.
        """
        waiting, self._result.alone = list(others), first.name

        def others_go() -> None:
            self._go(waiting)
            waiting.clear()

        def done() -> None:
            if self._probing is not None:
                self._probing.first_ended(self._own.book)
            if isinstance(run, TellsIdle):
                run.when_idle(others_go)

        def ended(user: User) -> None:
            others_go()
            counted(user)

        counted, first.on_end, first.on_done = first.on_end, ended, done
        first.go()

    def _stop_soon(self) -> None:
        """Stop the others after a while, again while one goes on; at once where the error ends everything.

        After an alarm none may begin: there is no second alarm for what hangs as the first one did.
        """
        if ends_all(self._result.failures[-1].error):
            self._stop_others()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GRACE, self._stop_others)

    def _stop_others(self) -> None:
        going = [user for user in self._users if not user.ended]
        for user in going:
            user.stop()
        if going and (self._timer is None or self._timer.when() <= asyncio.get_running_loop().time()):
            self._timer = asyncio.get_running_loop().call_later(GRACE, self._stop_others)
