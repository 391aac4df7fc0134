"""Why a test failed as many: a leak, a constant that two users share, a failure that one user has too."""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, final

import pytest

from cellwall.canary import CanaryBook
from cellwall.testing.many_users.constants import Placed
from cellwall.testing.many_users.own_values import SeenByOthersError
from cellwall.testing.many_users.result import BODY, Failure, RunResult
from cellwall.testing.many_users.rewrite import OtherConstant, Rewrite, own_constant

LEAK: Final = "leak"
COLLISION: Final = "collision"
ORDINARY: Final = "fails for one user too"
INTERFERENCE: Final = "interference"
UNDECIDED: Final = "undecided"
SECONDS: Final = 10.0  # for all runs that look for the reason
TRIES: Final = 24


@final
@dataclass(frozen=True, slots=True)
class Verdict:
    """One of the words above, and the evidence."""

    kind: str
    text: str


class Again(Protocol):
    """Runs the test once more in the order that failed."""

    def __call__(self, users: int, rewrite: Callable[[str], Rewrite | None], /) -> RunResult:
        """Run as this many users, with what is put in place of their functions."""


def decide(
    result: RunResult,
    constants: Callable[[], Sequence[Placed]],
    again: Again,
    clock: Callable[[], float] = time.monotonic,
) -> Verdict:
    """Say why the first failure of `result` came about; runs the test again to find out."""
    first = result.first
    if first is None:
        raise ValueError("nothing failed")
    if isinstance(first.error, SeenByOthersError):
        return Verdict(LEAK, f"a value of another user surfaced for {first.user}")
    foreign = foreign_values(first, result.book)
    if not foreign and not result.clean and again(1, _nothing).failures:
        return Verdict(ORDINARY, "the test fails for one user alone, too: no matter of isolation")
    found = _constant(result, constants(), again, clock)
    if foreign:
        hint = f"; if {_at(found)} is meant to be one user's, they collide on it" if found else ""
        return Verdict(LEAK, f"{first.user} saw what is {' and '.join(foreign)}'s own{hint}")
    if found:
        return Verdict(
            COLLISION,
            f"all users share the constant {_at(found)}; with a value of each user's own the test passes. "
            "No leak: derive it from user_context",
        )
    if again(1, _nothing).failures:
        return Verdict(
            UNDECIDED,
            "it fails for one user alone now, though others passed beside it: something of an earlier run "
            "stayed (a global, a file, a row); clear it in a fixture, or make its key from user_context",
        )
    if result.alone and first.user == result.alone and first.phase == BODY:
        return Verdict(
            UNDECIDED, "it failed for a user who was alone, and passes for one alone now: it is unsteady"
        )
    if not asserts(first.error):
        kind = type(first.error).__name__
        return Verdict(
            INTERFERENCE,
            f"it passes for one user alone; beside others {kind} is raised, and nothing of theirs seen; "
            "look for a lock, a port, a file or a limit that they share",
        )
    return Verdict(
        LEAK,
        "the test passes for one user alone and fails beside others: something of theirs is in what it "
        "asserts (a count, a list, a flag)",
    )


def foreign_values(failure: Failure, book: CanaryBook | None) -> list[str]:
    """Give the other users whose own values stand in the failure's words."""
    if book is None or not failure.user:
        return []
    owners = book.owners_in(said(failure.error)) - {failure.user}
    return sorted(user for user in owners if not book.permits(user, failure.user))


def asserts(error: BaseException) -> bool:
    """Tell whether the test itself says that something is wrong: by assertions, `pytest.fail` or `raises`."""
    if isinstance(error, BaseExceptionGroup):
        return any(asserts(each) for each in error.exceptions)
    return isinstance(error, AssertionError | pytest.fail.Exception)


def said(error: BaseException) -> str:
    """Give the words of an exception and of those that it holds."""
    inner: Iterable[Any] = getattr(error, "exceptions", ())
    return "\n".join([f"{type(error).__name__}: {error}", *(said(each) for each in inner)])


def _constant(
    result: RunResult, constants: Sequence[Placed], again: Again, clock: Callable[[], float]
) -> Placed | None:
    """Find a constant with which the test passes when each has its own, and fails when all have one other.

    The latter tells a key that is shared from a limit (`len(rows) < 2`), which any other number lifts.
    """
    text = "\n".join(said(each.error) for each in result.failures)
    likely = sorted(constants, key=lambda each: not _stands_in(each.value, text))
    end = clock() + SECONDS
    users = len(result.users)
    for turn, placed in enumerate(likely[:TRIES], 1):
        if clock() > end:
            return None
        if (
            not again(users, _own(placed, turn)).failures
            and again(users, _one_for_all(placed, turn)).failures
        ):
            return placed
    return None


def _own(placed: Placed, turn: int) -> Callable[[str], Rewrite]:
    return lambda user: OtherConstant(placed.value, own_constant(placed.value, user, turn))


def _one_for_all(placed: Placed, turn: int) -> Callable[[str], Rewrite]:
    return lambda _: OtherConstant(placed.value, own_constant(placed.value, "u0", turn))


def _stands_in(value: str | int, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(str(value))}(?!\w)", text) is not None


def _nothing(_: str) -> None:
    return None


def _at(placed: Placed) -> str:
    return f"{placed.value!r} ({placed.path}:{placed.line})"
