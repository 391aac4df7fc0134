"""Makes and tears down the fixtures of one owner, who is a user or all of them together, inside the loop."""

import asyncio
import shutil
from collections.abc import Callable, Iterable
from types import AsyncGeneratorType
from typing import Any, final

from cellwall.testing.many_users.fixture_plan import (
    TEMPORARY_FOLDER,
    Chain,
    FixturePlan,
    Kind,
    Maker,
    Recipe,
    Step,
)
from cellwall.testing.many_users.fixture_request import FixtureRequest
from cellwall.testing.many_users.outside_loop import call_outside
from cellwall.testing.many_users.pytest_private import bound, pytests_value
from cellwall.testing.many_users.refusal import refuse
from cellwall.testing.many_users.rewrite import Rewrite


@final
class Fixtures:
    """The fixtures of one owner: made when first asked for, torn down last made first.

    Args:
        item: the pytest item.
        plan: who makes which fixture.
        instance: the instance of the test's class that methods are bound to.
        shared: the fixtures of all users, for those of a user; None for these themselves.
        rewrite: what is changed in the functions of fixtures; None for nothing.
    """

    item: Any
    instance: object

    def __init__(
        self,
        item: Any,
        plan: FixturePlan,
        instance: object,
        shared: "Fixtures | None" = None,
        rewrite: Rewrite | None = None,
    ) -> None:
        self.item, self.instance = item, instance
        self._plan, self._shared, self._rewrite = plan, shared, rewrite
        self._values: dict[tuple[str, int], Any] = {}
        self._finalizers: list[Any] = []  # async generators, and functions

    async def make(self, name: str, chain: Chain = ()) -> Any:
        """Give the value of the fixture that the last of `chain` asks for by this name."""
        if name == "request":
            return FixtureRequest(self, chain)
        key = (name, -1 - chain.count(name))
        if key in self._values:
            return self._values[key]
        maker = self._plan.makers.get(key) or self._plan.maker(name, chain)
        if maker is Maker.USER and self._shared is None:
            refuse(
                f"the fixture {chain[-1]!r}, which all users share, asks for {name!r}, which each has of its "
                f"own; let {chain[-1]!r} take `user_context` as an argument, and each user has one"
            )
        if maker is Maker.SHARED and self._shared is not None:
            return await self._shared.make(name, chain)
        if maker is Maker.PYTEST and key[1] == -1:
            return call_outside(lambda: pytests_value(self.item, name))
        value = self._values[key] = await self._made(key, chain)
        return value

    async def make_all(self, names: Iterable[str], chain: Chain = ()) -> dict[str, Any]:
        """Give the values of several fixtures by name; what is made already costs no coroutine."""
        known, found = self._values, {}
        for name in names:
            key = (name, -1 - chain.count(name))
            found[name] = known[key] if key in known else await self.make(name, chain)
        return found

    async def make_steps(self, steps: Iterable[Step]) -> None:
        """Make fixtures in an order in which each finds what it needs."""
        values = self._values
        for step in steps:
            if step.key not in values:  # one before it may have asked for it by `request`
                given = {name: values[key] for name, key in step.own}
                for name in step.others:
                    given[name] = await self.make(name, step.chain)
                if step.recipe.is_temporary_folder:
                    values[step.key] = await self._temporary_folder()
                else:
                    values[step.key] = await self._called(step.key[0], step.recipe, given)

    def held(self) -> dict[str, Any]:
        """Give what was made here, by name."""
        return {name: value for (name, _), value in self._values.items()}

    def add_finalizer(self, finalizer: Callable[[], object]) -> None:
        """Call the function when what is made now is torn down."""
        self._finalizers.append(finalizer)

    async def tear_down(self) -> list[BaseException]:
        """Tear everything down, whatever fails; give what failed."""
        errors: list[BaseException] = []
        while self._finalizers:
            last = self._finalizers.pop()
            try:
                if isinstance(last, AsyncGeneratorType):
                    await _end_async(last)
                else:
                    call_outside(last)
            except (
                BaseException
            ) as error:  # pytest's outcomes, a cancellation: the others are torn down all the same
                errors.append(error)
        self._values.clear()
        return errors

    async def _made(self, key: tuple[str, int], chain: Chain) -> Any:
        name, recipe = key[0], self._plan.recipe(key)
        if recipe is None:
            return call_outside(lambda: pytests_value(self.item, name))
        if recipe.is_temporary_folder:
            return await self._temporary_folder()
        given = await self.make_all(recipe.needs, (*chain, name)) if recipe.needs else {}
        return await self._called(name, recipe, given)

    async def _called(self, name: str, recipe: Recipe, given: dict[str, Any]) -> Any:
        """Call the fixture's function with what it needs."""
        function = recipe.function if self.instance is None else bound(recipe.function, self.instance)
        if self._rewrite is not None:
            function, given = self._rewrite.function(function), self._rewrite.arguments(given)
        if recipe.kind is Kind.ASYNC_GENERATOR:
            generator = function(**given)
            try:
                value = await generator.__anext__()
            except StopAsyncIteration:
                raise ValueError(f"the fixture {name!r} did not yield a value") from None
            self._finalizers.append(generator)
            return value
        if recipe.kind is Kind.COROUTINE:
            return await function(**given)
        if recipe.kind is Kind.GENERATOR:
            return self._first_of(name, function(**given))
        loop = asyncio._get_running_loop()  # as `call_outside`, which most fixtures would pay for
        asyncio._set_running_loop(None)
        try:
            return function(**given)
        finally:
            asyncio._set_running_loop(loop)

    async def _temporary_folder(self) -> Any:
        factory = await self.make("tmp_path_factory", (TEMPORARY_FOLDER,))
        folder = factory.mktemp("users", numbered=True)
        self.add_finalizer(lambda: shutil.rmtree(folder, ignore_errors=True))
        return folder

    def _first_of(self, name: str, generator: Any) -> Any:
        def finalize() -> None:
            if next(generator, _END) is not _END:
                raise ValueError(f"the fixture {name!r} has more than one `yield`")

        value = call_outside(lambda: next(generator, _END))
        if value is _END:
            raise ValueError(f"the fixture {name!r} did not yield a value")
        self.add_finalizer(finalize)
        return value


_END: Any = object()


async def _end_async(generator: Any) -> None:
    try:
        await generator.__anext__()
    except StopAsyncIteration:
        return
    raise ValueError(f"the fixture {generator.__name__!r} has more than one `yield`")
