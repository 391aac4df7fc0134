"""The options, ini defaults and the marker's name: what each pytest session needs to know of Cellwall. Every
session imports this, so it imports nothing that pytest has not.
"""

from typing import Any, Final

MARKER: Final = "isolation"
_NUMBERS: Final = {  # option to what it is called in the ini file and the marker
    "concurrent_users": "users",
    "schedules": "schedules",
    "isolation_budget": "budget",
    "isolation_seed": "seed",
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
    for name in _NUMBERS.values():
        parser.addini(f"{MARKER}_{name}", f"default of the option for {name}", default=None)
    parser.addini(f"{MARKER}_amplify", "packages whose awaits are made to pause", "args")
    parser.addini(f"{MARKER}_threads", "whether tests that are no coroutines run as many in threads", "bool")


def amplified_packages(config: Any) -> tuple[str, ...]:
    """Give the packages whose awaits are rewritten; also before all options are parsed."""
    given = getattr(config.known_args_namespace, "amplify", None)
    return tuple(given or config.getini(f"{MARKER}_amplify"))


def given_numbers(config: Any) -> dict[str, Any]:
    """Give the numbers that command line and ini file name, as text or number, by the marker's names."""
    found = {
        name: config.getini(f"{MARKER}_{name}") or None
        if (value := config.getoption(option)) is None
        else value
        for option, name in _NUMBERS.items()
    }
    return {name: value for name, value in found.items() if value is not None}


def is_asked(config: Any) -> bool:
    """Tell whether anything is said that can make tests run as many, or can be wrong."""
    return bool(given_numbers(config) or config.getoption("schedule"))


def switched_off(config: Any) -> bool:
    """Tell whether the command line says that every test runs as it is."""
    asked = config.getoption("concurrent_users")
    return asked is not None and asked < 2
