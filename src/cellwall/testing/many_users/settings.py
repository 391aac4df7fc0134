"""How a test runs as many users: command line, ini file and the marker `isolation`, in one frozen object."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, final

import pytest

MARKER: Final = "isolation"
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


def add_options(parser: Any) -> None:
    """Add the command line's options and the ini file's defaults to pytest's parser."""
    group = parser.getgroup("cellwall", "running a test for one user as many")
    group.addoption(
        "--concurrent-users",
        type=int,
        metavar="N",
        help="run each async test that takes `user_context` as N users at once (1: as it is)",
    )
    group.addoption("--schedules", type=int, metavar="N", help="interleavings tried for each such test")
    group.addoption(
        "--isolation-budget", type=float, metavar="SECONDS", help="time for all interleavings of one test"
    )
    group.addoption("--schedule", metavar="TEXT", help="repeat one interleaving, as a failure printed it")
    group.addoption("--isolation-seed", type=int, metavar="N", help="repeats what a failure printed")
    group.addoption(
        "--amplify",
        action="append",
        metavar="PACKAGE",
        help="search once more with the awaits of this package's modules made to pause; repeatable",
    )
    group.addoption(
        "--isolation-threads",
        action="store_true",
        default=None,
        help="run tests that are no coroutines as many in threads, without control of the schedule",
    )
    group.addoption(
        "--no-isolation-probes",
        action="store_true",
        help="leave out the probes: a next user on the same task, ids of another, caches",
    )
    parser.addini(f"{MARKER}_presence", "whether answers with and without other users are compared", "bool")
    for name in ("users", "schedules", "budget", "seed"):
        parser.addini(f"{MARKER}_{name}", f"default of the option for {name}", default=None)
    parser.addini(f"{MARKER}_amplify", "packages whose awaits are made to pause", "args")
    parser.addini(f"{MARKER}_threads", "whether tests that are no coroutines run as many in threads", "bool")


def read_defaults(config: Any) -> IsolationSettings:
    """Read what holds for every test of the session.

    Raises:
        pytest.UsageError: a value is no number, or out of its range.
    """
    given = {
        "users": _first(config, "concurrent_users", "users"),
        "schedules": _first(config, "schedules", "schedules"),
        "budget": _first(config, "isolation_budget", "budget"),
        "seed": _first(config, "isolation_seed", "seed"),
    }
    try:
        settings = _with(
            IsolationSettings(), {key: value for key, value in given.items() if value is not None}
        )
    except (ValueError, TypeError) as error:
        raise pytest.UsageError(f"cellwall: {error}") from None
    threads = config.getoption("isolation_threads")
    salt = os.urandom(8).hex() if given["seed"] is None else str(settings.seed)
    probes = not config.getoption("no_isolation_probes")
    settings = replace(settings, probes=probes, presence=config.getini(f"{MARKER}_presence"))
    schedule = config.getoption("schedule") or ""
    users = _users_in(schedule) if schedule and given["users"] is None else settings.users
    settings = replace(settings, schedule=schedule, users=users, salt=salt)
    settings = replace(settings, amplify=amplified_packages(config))
    return replace(settings, threads=config.getini("isolation_threads") if threads is None else threads)


def amplified_packages(config: Any) -> tuple[str, ...]:
    """Give the packages whose awaits are rewritten; also before all options are parsed."""
    given = getattr(config.known_args_namespace, "amplify", None)
    return tuple(given or config.getini(f"{MARKER}_amplify"))


def switched_off(config: Any) -> bool:
    """Tell whether the command line says that every test runs as it is."""
    asked = config.getoption("concurrent_users")
    return asked is not None and asked < 2


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


def _first(config: Any, option: str, name: str) -> Any:
    value = config.getoption(option)
    return (config.getini(f"{MARKER}_{name}") or None) if value is None else value


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
