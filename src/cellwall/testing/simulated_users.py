"""Simulated users in a test: `async with isolated_users(10) as users: await users.run(scenario)`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar, final

from cellwall.canary import CanaryBook, Watch, active_watch, viewing
from cellwall.project.number_of import number_of
from cellwall.runtime.context import UserExecutionContext, cleanup_user_context

T = TypeVar("T")
_SHOWN: Final = 5


@final
@dataclass(frozen=True, slots=True)
class SimulatedUser:
    """One of several users: a name, a context of its own, and values that only it may see."""

    name: str
    context: UserExecutionContext
    book: CanaryBook

    @property
    def user_id(self) -> str:
        """The user's id."""
        return self.context.user_id

    def secret(self, label: str = "secret") -> str:
        """Give a text that only this user may see; the same one for the same label."""
        return self.book.issue(self.name, label).value


@final
class IsolatedUsers:
    """Several users; `run` lets each live through a scenario at once, and fails when one sees another's."""

    book: CanaryBook

    def __init__(self, users: list[SimulatedUser], book: CanaryBook) -> None:
        self._users, self.book = users, book

    def __len__(self) -> int:
        return len(self._users)

    def __iter__(self) -> Iterator[SimulatedUser]:
        return iter(self._users)

    def __getitem__(self, index: int) -> SimulatedUser:
        return self._users[index]

    async def run(self, scenario: Callable[[SimulatedUser], Awaitable[T]]) -> list[T]:
        """Run the scenario as all users at once; give the results in the users' order.

        Raises:
            AssertionError: a result, a response, a row or a record of one user holds another's value.
            BaseException: the first exception of a scenario, with a note whose it was.
        """
        watch = Watch(self.book) if active_watch() is None else None
        if watch is None:
            results = await self._all(scenario)
        else:
            with watch:
                results = await self._all(scenario)
            seen = [str(each) for each in watch.sightings[:_SHOWN]]
            assert not seen, "\n".join(seen)
        for user, result in zip(self._users, results, strict=True):
            self.assert_only_own(user, result)
        return results

    def assert_only_own(self, user: SimulatedUser, result: object) -> None:
        """Assert that nothing of another user stands in the words of a result.

        Raises:
            AssertionError: something does.
        """
        words = repr(result)
        others = sorted(self.book.owners_in(words) - {user.name})
        others = [other for other in others if not self.book.permits(other, user.name)]
        assert not others, f"the result of {user.name} holds what is {' and '.join(others)}'s: {words[:400]}"

    async def _all(self, scenario: Callable[[SimulatedUser], Awaitable[T]]) -> list[T]:
        tasks = [asyncio.create_task(_lived(scenario, user), name=user.name) for user in self._users]
        try:
            return list(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _lived(scenario: Callable[[SimulatedUser], Awaitable[T]], user: SimulatedUser) -> T:
    with viewing(user.name):
        try:
            return await scenario(user)
        except Exception as error:
            error.add_note(f"cellwall: this was {user.name}")
            raise


@asynccontextmanager
async def isolated_users(number: int, *, seed: int = 0) -> AsyncIterator[IsolatedUsers]:
    """Give so many users for the block; their contexts end with it. Values follow from the seed.

    Raises:
        ValueError: there are fewer than two, and one user has nobody to be told apart from.
    """
    if number < 2:
        raise ValueError(f"{number_of(number, 'user')} cannot see another's data; ask for 2 or more")
    book = CanaryBook(seed)
    users = [_user(f"u{place}", book) for place in range(1, number + 1)]
    try:
        yield IsolatedUsers(users, book)
    finally:
        for user in reversed(users):
            await cleanup_user_context(user.context)


def _user(name: str, book: CanaryBook) -> SimulatedUser:
    ids: dict[str, Any] = {
        f"{kind}_id": f"{kind}-{book.issue(name, kind).value}" for kind in ("user", "session", "request")
    }
    return SimulatedUser(name, UserExecutionContext.create_for_user(**ids), book)
