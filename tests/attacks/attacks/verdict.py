"""Decides from the outside whether an attack leaked, was refused, or failed by a mistake of its own."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import exc
from sqlalchemy.orm import exc as orm_exc

from attacks.loot import find
from attacks.world import ACROSS, Snapshot

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
INSUFFICIENT_PRIVILEGE = "42501"
REFUSED_BY_DATABASE = (
    "permission denied",
    "row-level security",
    "must be owner",
    "must be able to",
    "too many attached databases",
    "not authorized",
    "cannot VACUUM",
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
        changes = _changes(name, Counter(outcome.before[name]), Counter(rows))
        if changes:
            return Verdict("leaked", f"{name}: {changes}")
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
        if getattr(cause, "sqlstate", None) == INSUFFICIENT_PRIVILEGE:  # of the driver itself
            return True
        if isinstance(cause, exc.SAWarning) and "0 were matched" in str(cause):
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


def _changes(name: str, before: Counter[str], after: Counter[str]) -> str:
    new, gone = after - before, before - after
    if name.endswith(ACROSS):  # a pointer across that is gone was the attacker's to take back
        gone = Counter()
    return f"gone {list(gone)}, new {list(new)}" if new or gone else ""
