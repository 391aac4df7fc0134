"""Takes the options out of a pytest command line that would spoil a baseline, and tells which. Pure.

Spoilers end a session early, leave tests out because of an earlier session, ask a question, write files into
the workspace, or make the order depend on chance or on the number of processors.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

_FLAGS: Final = frozenset(
    {
        "--cache-clear",
        "--co",
        "--collect-only",
        "--collectonly",
        "--cov-append",
        "--cov-branch",
        "--cov-reset",
        "--exitfirst",
        "--failed-first",
        "--ff",
        "--json-report",
        "--last-failed",
        "--lf",
        "--looponfail",
        "--memray",
        "--new-first",
        "--nf",
        "--no-cov-on-fail",
        "--pdb",
        "--profile",
        "--random-order",
        "--randomly-dont-reorganize",
        "--randomly-dont-reset-seed",
        "--self-contained-html",
        "--setup-only",
        "--setup-plan",
        "--stepwise",
        "--stepwise-reset",
        "--stepwise-skip",
        "--sw",
        "--sw-reset",
        "--sw-skip",
        "--trace",
    }
)
_VALUED: Final = frozenset(
    {
        "--alluredir",
        "--basetemp",
        "--cache-show",
        "--cellwall-outcomes",
        "--confcutdir",
        "--config-file",
        "--cov-config",
        "--cov-context",
        "--cov-fail-under",
        "--cov-precision",
        "--cov-report",
        "--dist",
        "--html",
        "--json-report-file",
        "--junit-prefix",
        "--junit-xml",
        "--junitprefix",
        "--junitxml",
        "--last-failed-no-failures",
        "--lfnf",
        "--log-file",
        "--maxfail",
        "--maxprocesses",
        "--numprocesses",
        "--random-order-bucket",
        "--random-order-seed",
        "--randomly-seed",
        "--report-log",
        "--resultlog",
        "--rootdir",
        "--tx",
    }
)
_OPTIONAL_VALUE: Final = frozenset({"--cov"})
_SHORT_FLAGS: Final = {
    "v": False,
    "q": False,
    "s": False,
    "l": False,
    "h": False,
    "x": True,
    "f": True,
    "d": True,
}
_SHORT_VALUED: Final = {"n": True, "c": True}  # the others (-k -m -p -r -W -o ...) are kept with their value


def without_spoilers(arguments: Iterable[str]) -> tuple[list[str], list[str]]:
    """Give the arguments that stay, and those that were taken out, each with its value.

    >>> without_spoilers(["-ra", "--maxfail=10", "-vx", "--cov", "app", "-k", "not slow"])
    (['-ra', '-v', '-k', 'not slow'], ['--maxfail=10', '-x', '--cov app'])
    """
    kept: list[str] = []
    removed: list[str] = []
    rest = list(arguments)
    while rest:
        argument = rest.pop(0)
        name, equals, _ = argument.partition("=")
        if name in _FLAGS or (equals and name in _VALUED | _OPTIONAL_VALUE):
            removed.append(argument)
        elif name in _VALUED | _OPTIONAL_VALUE:
            takes = rest and not (name in _OPTIONAL_VALUE and rest[0].startswith("-"))
            removed.append(f"{argument} {rest.pop(0)}" if takes else argument)
        elif argument.startswith("-") and not argument.startswith("--") and len(argument) > 1:
            _short(argument, rest, kept, removed)
        else:
            kept.append(argument)
    return kept, removed


def _short(argument: str, rest: list[str], kept: list[str], removed: list[str]) -> None:
    """Sort one cluster of short options, such as `-xvs` or `-n4`."""
    stays = ""
    for position, letter in enumerate(argument[1:], 1):
        if letter not in _SHORT_FLAGS:
            value = argument[position + 1 :]
            if letter in _SHORT_VALUED:
                removed.append(f"-{letter}{value}" if value or not rest else f"-{letter} {rest.pop(0)}")
            else:
                stays += letter + value
                if not value and rest and letter in "kmprWoV":
                    kept += [f"-{stays}", rest.pop(0)]
                    return
            break
        if _SHORT_FLAGS[letter]:
            removed.append(f"-{letter}")
        else:
            stays += letter
    if stays:
        kept.append(f"-{stays}")


def without_cache(arguments: Iterable[str]) -> bool:
    """Whether the arguments switch pytest's cache plugin off."""
    given = list(arguments)
    return "-pno:cacheprovider" in given or ("-p", "no:cacheprovider") in pairwise(given)
