"""The survey: which files each agent owns. Decides from lists of paths; reads no file.

The caller gives the paths of tracked regular files (modes 100644 and 100755 of `Repository.tracked_files`),
relative to the repository's top; a symlink or a submodule is none, so that no agent ever owns one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cellwall.migrate.globs import Glob
from cellwall.migrate.languages import is_source, is_test_module
from cellwall.migrate.plan.model import Assignment, Plan


@dataclass(frozen=True, slots=True)
class Overlap:
    """A file that several scopes reach, and the agent that will own it."""

    path: str
    agents: tuple[int, ...]
    owner: int


@dataclass(frozen=True, slots=True)
class Survey:
    """Who owns what.

    Attributes:
        owned: agent number -> the test and test-support files it owns, sorted.
        application: agent number -> application files that its globs catch; edited only on request.
        overlaps: files in several scopes, application files included.
        orphans: test modules in no scope.
        empty_globs: (agent number, glob, line in the plan) of globs that match no file.
    """

    owned: dict[int, tuple[str, ...]]
    application: dict[int, tuple[str, ...]]
    overlaps: tuple[Overlap, ...]
    orphans: tuple[str, ...]
    empty_globs: tuple[tuple[int, str, int], ...]


@dataclass(slots=True)
class _Reach:
    """One glob of one agent, and the paths that it matches."""

    agent: int
    glob: Glob
    line: int
    paths: list[str]


def survey(
    plan: Plan,
    paths: Sequence[str],
    *,
    is_test: Callable[[str], bool],
    is_module: Callable[[str], bool] = is_test_module,
) -> Survey:
    """Give every source file in a scope to one agent: the one with the most specific glob, then plan order.

    Globs are tried on all `paths`, so that one which matches only data files is not called empty; agents own
    Python files and scripts alone. `is_test` tells test and test-support files from application files,
    `is_module` tells which test files are listed when no scope reaches them.
    """
    ordered = sorted(set(paths))
    reaches = [_reach(agent, index, ordered) for agent in plan.agents for index in range(len(agent.scope))]
    claims = _claims(reaches)
    owners = {path: _owner(found) for path, found in claims.items()}
    return Survey(
        owned=_by_agent(plan.agents, owners, is_test),
        application=_by_agent(plan.agents, owners, lambda path: not is_test(path)),
        overlaps=tuple(_overlaps(claims, owners)),
        orphans=tuple(path for path in ordered if path not in owners and is_test(path) and is_module(path)),
        empty_globs=tuple((reach.agent, reach.glob.text, reach.line) for reach in reaches if not reach.paths),
    )


def owner_of(plan: Plan, path: str) -> int | None:
    """Give the agent that would own a file at `path`, None where no scope reaches it."""
    reaches = [_reach(agent, index, [path]) for agent in plan.agents for index in range(len(agent.scope))]
    found = [reach for reach in reaches if reach.paths]
    return _owner(found) if found else None


def _reach(agent: Assignment, index: int, paths: Sequence[str]) -> _Reach:
    item = agent.scope[index]
    glob = Glob(item.text)
    return _Reach(agent.number, glob, item.line, list(filter(glob.matches, paths)))


def _claims(reaches: Iterable[_Reach]) -> dict[str, list[_Reach]]:
    """Give for each source path, in sorted order, the globs that reach it, in plan order."""
    claims: dict[str, list[_Reach]] = {}
    for reach in reaches:
        for path in reach.paths:
            if is_source(path):
                claims.setdefault(path, []).append(reach)
    return dict(sorted(claims.items()))


def _owner(reaches: Sequence[_Reach]) -> int:
    return max(reaches, key=lambda reach: reach.glob.specificity).agent  # of equals, max gives the first


def _by_agent(
    agents: Iterable[Assignment], owners: dict[str, int], wanted: Callable[[str], bool]
) -> dict[int, tuple[str, ...]]:
    files: dict[int, list[str]] = {agent.number: [] for agent in agents}
    for path, owner in owners.items():
        if wanted(path):
            files[owner].append(path)
    return {number: tuple(paths) for number, paths in files.items()}


def _overlaps(claims: dict[str, list[_Reach]], owners: dict[str, int]) -> Iterable[Overlap]:
    for path, reaches in claims.items():
        agents = tuple(dict.fromkeys(reach.agent for reach in reaches))
        if len(agents) > 1:
            yield Overlap(path, agents, owners[path])
