"""Where an agent's new test module goes: into its own scope, beside its own tests, under a free name."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import PurePosixPath

from cellwall.migrate.plan.model import Assignment, Plan
from cellwall.migrate.survey import owner_of

MAX_NUMBER = 100


def place_for(
    plan: Plan, agent: Assignment, name: str, owned: Sequence[str], taken: Collection[str]
) -> str | None:
    """Give the path for a new module `name` (`test_x.py`), None where no path would be the agent's own.

    Args:
        plan: who owns a path is decided by its scopes.
        agent: whose module it is.
        name: the wanted file name; a number is added where it is taken.
        owned: the test modules that the agent has, sorted.
        taken: paths that are in use.
    """
    for folder in _folders(agent, name, owned, taken):
        for candidate in _names(agent, name):
            path = str(PurePosixPath(folder) / candidate)
            if path not in taken and owner_of(plan, path) == agent.number:
                return path
    return None


def _folders(agent: Assignment, name: str, owned: Sequence[str], taken: Collection[str]) -> Iterator[str]:
    """The scope's own folder first, then those that the module is named after, then those with most modules.

    A scope may name a file; that is no folder, whether it is there or not.
    """
    for glob in agent.scope:
        literal = glob.text.removesuffix("/**")
        if not any(sign in literal for sign in "*?[") and literal not in taken and literal[-3:] != ".py":
            yield literal
    counted = Counter(str(PurePosixPath(path).parent) for path in owned)
    words = {word.removesuffix("s") for word in PurePosixPath(name).stem.split("_")}
    yield from sorted(counted, key=lambda folder: (_subject(folder) not in words, -counted[folder], folder))


def _subject(folder: str) -> str:
    """Give what a folder of tests is about: `agent` for `desk/tests/agents`."""
    return PurePosixPath(folder).name.removesuffix("s")


def _names(agent: Assignment, name: str) -> Iterator[str]:
    """The name itself, then as the scope's file patterns want it (`test_websocket*.py`), then numbered."""
    stem = name.removeprefix("test_").removesuffix(".py")
    yield name
    for glob in agent.scope:
        pattern = glob.text.rpartition("/")[2]
        if pattern.startswith("test_") and pattern.endswith("*.py") and pattern.count("*") == 1:
            yield f"{pattern.removesuffix('*.py')}_{stem}.py"
    for number in range(2, MAX_NUMBER):
        yield f"test_{stem}_{number}.py"
