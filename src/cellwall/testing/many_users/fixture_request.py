"""The `request` of fixtures that Cellwall makes: pytest's own in everything but values and finalizers."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, final

from cellwall.testing.many_users.pytest_private import parameters, request_of
from cellwall.testing.many_users.refusal import refuse

if TYPE_CHECKING:
    from cellwall.testing.many_users.fixture_making import Fixtures


@final
class FixtureRequest:
    """Stands for pytest's `request`; what it does not know it takes from there."""

    def __init__(self, fixtures: "Fixtures", chain: tuple[str, ...]) -> None:
        self._fixtures, self._chain = fixtures, chain
        self.fixturename: str | None = chain[-1] if chain else None
        self.scope = "function"
        self.instance: object = fixtures.instance
        parameter = parameters(fixtures.item)
        if self.fixturename in parameter:
            self.param: Any = parameter[self.fixturename]

    def getfixturevalue(self, argname: str) -> Any:
        """Give the value of a fixture, made now if nobody has asked for it."""
        if argname == "request":
            return self
        making = self._fixtures.make(argname, self._chain)
        try:
            making.send(None)
        except StopIteration as made:
            return made.value
        making.close()
        return refuse(
            f"`request.getfixturevalue({argname!r})` asks for a fixture that has to be awaited; "
            "take it as an argument"
        )

    def addfinalizer(self, finalizer: Callable[[], object]) -> None:
        """Call the finalizer when the fixture is torn down."""
        self._fixtures.add_finalizer(finalizer)

    def __getattr__(self, name: str) -> Any:
        return getattr(request_of(self._fixtures.item), name)
