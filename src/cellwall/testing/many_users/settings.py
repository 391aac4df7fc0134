"""How a test runs as many users: command line, ini file and the marker `isolation`, in one frozen object."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, final

import pytest

from cellwall.testing.options import MARKER, amplified_packages, given_numbers

MOST_USERS: Final = 1000
_USER: Final = re.compile(r"\bu(\d{1,4})\b")


@final
@dataclass(frozen=True, slots=True)
class IsolationSettings:
    """How one test runs as many.

    Attributes:
        users: how many at once; fewer than 2 leaves the test as it is.
        seed: chooses the order in which users start, and where the explorer looks.
        salt: chooses the values that only one user may see; the seed where one is given, else a random text,
            so that a database that outlives the session knows none of them.
        schedules: how many interleavings the explorer tries; None: as many as the budget lets, or the one of
            an ordinary event loop where there is no budget either.
        schedule: the text of one to repeat; "" for none.
        budget: seconds for all of them; None: no limit.
        cancel: whether users may be cancelled where schedules are explored.
        threads: whether tests that are no coroutines run in threads.
        probes: whether a user comes after the first on the same task, and ids of one are tried by another.
        amplify: packages whose awaits are rewritten to pause; finds only that search has are conditional.
        not_covered: what the certificate says besides, in sentences.
        presence: whether a user's answers are compared with two runs without anybody else.
    """

    users: int = 1
    seed: int = 0
    salt: str = ""
    schedules: int | None = None
    budget: float | None = None
    cancel: bool = True
    threads: bool = False
    probes: bool = True
    presence: bool = False
    schedule: str = ""
    amplify: tuple[str, ...] = ()
    not_covered: tuple[str, ...] = ()

    @property
    def explores(self) -> bool:
        """Tell whether the explorer is asked for."""
        return bool(self.schedule) or self.schedules is not None or self.budget is not None


_KINDS: Final[Mapping[str, type]] = {
    "users": int,
    "seed": int,
    "schedules": int,
    "budget": float,
    "cancel": bool,
    "probes": bool,
    "presence": bool,
}


def read_defaults(config: Any) -> IsolationSettings:
    """Read what holds for every test of the session.

    Raises:
        pytest.UsageError: a value is no number, or out of its range.
    """
    given = given_numbers(config)
    try:
        settings = _with(IsolationSettings(), given)
    except (ValueError, TypeError) as error:
        raise pytest.UsageError(f"cellwall: {error}") from None
    threads = config.getoption("isolation_threads")
    salt = os.urandom(8).hex() if "seed" not in given else str(settings.seed)
    probes = not config.getoption("no_isolation_probes")
    settings = replace(settings, probes=probes, presence=config.getini(f"{MARKER}_presence"))
    schedule = config.getoption("schedule") or ""
    users = _users_in(schedule) if schedule and "users" not in given else settings.users
    settings = replace(settings, schedule=schedule, users=users, salt=salt)
    settings = replace(settings, amplify=amplified_packages(config))
    return replace(settings, threads=config.getini("isolation_threads") if threads is None else threads)


def with_marker(settings: IsolationSettings, marker: Any) -> IsolationSettings:
    """Give the settings of a test that bears this marker.

    Raises:
        ValueError: the marker has an argument that is not known, or of a wrong kind.
    """
    if marker.args:
        raise ValueError(f"the marker {MARKER} takes names: {MARKER}(users=10)")
    return _with(settings, marker.kwargs)


def _users_in(schedule: str) -> int:
    """Give as many users as a schedule speaks of, which was printed for two at least."""
    return max([2, *(int(number) for number in _USER.findall(schedule) if int(number) <= MOST_USERS)])


def _with(settings: IsolationSettings, values: Mapping[str, Any]) -> IsolationSettings:
    known = [field.name for field in fields(IsolationSettings) if field.name in _KINDS]
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ValueError(f"the marker {MARKER} knows {', '.join(known)}, not {', '.join(unknown)}")
    found = {name: _KINDS[name](value) for name, value in values.items() if value is not None}
    settings = replace(settings, **found)
    if not 0 <= settings.users <= MOST_USERS:
        raise ValueError(f"{settings.users} users cannot be run; give a number up to {MOST_USERS}")
    if (settings.schedules is not None and settings.schedules < 1) or (
        settings.budget is not None and settings.budget <= 0
    ):
        raise ValueError("schedules and budget are greater than 0")
    return settings
