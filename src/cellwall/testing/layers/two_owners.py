"""What must hold between the things that two users are given, whatever layer they belong to."""

from typing import Any

from cellwall.runtime.isolation import prove_isolated
from cellwall.testing.layers.spelled_project import foreign


def assert_two(mine: Any, other: Any, what: str) -> None:
    """Assert that two users are not given one thing.

    Raises:
        AssertionError: they are.
    """
    assert mine is not other, f"both users are given one {what}: {mine!r}"


def assert_nothing_shared(mine: Any, other: Any, rival: str, what: str, *, name: str) -> None:
    """Assert, after both were used, that mine holds nothing of the rival's and shares nothing.

    Raises:
        AssertionError: it holds the rival's values.
        SharedStateError: they share an object that can change; the text has the path.
    """
    foreign(vars(mine) if hasattr(mine, "__dict__") else mine, rival, f"the {what}")
    prove_isolated(mine, other, name=name)
