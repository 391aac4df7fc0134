"""Decides from the outside whether an attack leaked, was refused, or failed by a mistake of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import exc
from sqlalchemy.orm import exc as orm_exc

from attacks.loot import find
from attacks.world import Snapshot

Word = Literal["leaked", "refused", "errored"]

NOTHING_THERE = (
    exc.NoResultFound,
    exc.InvalidRequestError,  # "could not refresh", "is not persisted", "no row was found"
    exc.IntegrityError,
    orm_exc.ObjectDeletedError,
    orm_exc.StaleDataError,
    orm_exc.FlushError,
    orm_exc.DetachedInstanceError,
)
MISTAKES = (exc.MissingGreenlet, exc.NoInspectionAvailable)  # subclasses of InvalidRequestError
REFUSED_BY_DATABASE = (
    "permission denied",
    "row-level security",
    "must be owner",
    "must be able to",
    "too many attached databases",
    "not authorized",
    "no such table",
    "does not exist",
)


@dataclass(frozen=True)
class Outcome:
    """What an attack got back and did, in one world."""

    loot: object
    error: BaseException | None
    before: Snapshot
    after: Snapshot


@dataclass(frozen=True)
class Verdict:
    """The word, and why."""

    word: Word
    why: str


def judge(outcome: Outcome, without: Outcome | None, refusals: tuple[type[BaseException], ...]) -> Verdict:
    """Judge an attack; `without` is its outcome in the world without Victoria's rows, for oracles."""
    found = find([outcome.loot, outcome.error])
    if found:
        return Verdict("leaked", f"Victoria's secret came back at {found}")
    for name, rows in outcome.after.items():
        if rows != outcome.before[name]:
            return Verdict("leaked", f"{name}: {_changes(outcome.before[name], rows)}")
    if outcome.error is not None and not refused(outcome.error, refusals):
        return Verdict("errored", f"{type(outcome.error).__name__}: {outcome.error}")
    if without is not None:
        here, there = _said(outcome), _said(without)
        if here != there:
            return Verdict("leaked", f"it learned {here} with her rows and {there} without")
    return Verdict("refused", type(outcome.error).__name__ if outcome.error else "nothing came back")


def refused(error: BaseException, refusals: tuple[type[BaseException], ...]) -> bool:
    """Say whether this is how a wall or a database says no, rather than a mistake in the attack."""
    for cause in chain(error):
        if isinstance(cause, MISTAKES):
            return False
        if isinstance(cause, (*refusals, *NOTHING_THERE)):
            return True
        if isinstance(cause, exc.DBAPIError) and any(text in str(cause) for text in REFUSED_BY_DATABASE):
            return True
    return False


def chain(error: BaseException) -> Iterator[BaseException]:
    """Give an error and all that it was raised from."""
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or link.__context__


def _said(outcome: Outcome) -> str:
    return repr(outcome.loot) if outcome.error is None else type(outcome.error).__name__


def _changes(before: list[str], after: list[str]) -> str:
    gone = [row for row in before if row not in after]
    new = [row for row in after if row not in before]
    return f"gone {gone}, new {new}"
