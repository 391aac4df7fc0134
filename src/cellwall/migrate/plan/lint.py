"""Finds what would stop a plan or spoil its run, place by place. Reads files only through a source tree."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from cellwall.check.parse import ParseError, parse
from cellwall.check.source_tree import SourceTree
from cellwall.migrate.globs import Glob
from cellwall.migrate.languages import is_python
from cellwall.migrate.launch_defaults import launch_defaults
from cellwall.migrate.plan.model import Assignment, Pattern, Plan
from cellwall.migrate.plan.pattern_search import Shape, fold, occurs, shapes
from cellwall.migrate.plan.remark import Kind, Remark
from cellwall.migrate.survey import Overlap, Survey, survey
from cellwall.migrate.tasks_matched import NOBODY, task_match

PYTHON = frozenset({"", "python", "py", "python3"})


def lint_plan(plan: Plan) -> list[Remark]:
    """Give the remarks that need no repository."""
    return [*_scopes_missing(plan), *_tasks(plan), *_pattern_code(plan), *_launch(plan)]


def lint_repository(
    plan: Plan, paths: Sequence[str], tree: SourceTree, *, is_test: Callable[[str], bool]
) -> list[Remark]:
    """Give the remarks that compare the plan with a repository's tracked files."""
    surveyed = survey(plan, paths, is_test=is_test)
    return [*_scopes(plan, surveyed), *_idle_patterns(plan, paths, tree), *_owned_code(surveyed, tree)]


def _scopes_missing(plan: Plan) -> Iterator[Remark]:
    without = [agent for agent in plan.agents if not agent.scope]
    for agent in without:
        message = f"agent {agent.number} ({agent.name}) has no scope, so it owns no file"
        yield Remark(Kind.NO_SCOPE, plan.path, agent.line, message)
    if len(without) == len(plan.agents):
        yield Remark(Kind.CANNOT_RUN, plan.path, plan.agents[0].line, "no agent has a scope")


def _tasks(plan: Plan) -> Iterator[Remark]:
    for agent in plan.agents:
        for task in agent.tasks:
            if not task_match(task.text).capability:
                message = NOBODY.replace("this sentence", repr(task.text))
                yield Remark(Kind.NO_CAPABILITY, plan.path, task.line, message)


def _launch(plan: Plan) -> Iterator[Remark]:
    for note in launch_defaults(plan).notes:
        place, _, message = note.removeprefix(f"{plan.path}:").partition(": ")
        yield Remark(Kind.LAUNCH_OPTION, plan.path, int(place), message)


def _patterns(plan: Plan) -> Iterator[Pattern]:
    for agent in plan.agents:
        yield from agent.patterns
    yield from plan.common_patterns
    yield from plan.anti_patterns


def _pattern_code(plan: Plan) -> Iterator[Remark]:
    for pattern in _patterns(plan):
        if pattern.language not in PYTHON:
            continue
        for code, line in ((pattern.before, pattern.before_line), (pattern.after, pattern.after_line)):
            error = parse(code.encode("utf-8", "replace"))
            if isinstance(error, ParseError):
                message = f"the code of {pattern.title!r} does not parse: {error.message}"
                yield Remark(Kind.NO_CODE, plan.path, line + error.line - 1, message)


def _scopes(plan: Plan, surveyed: Survey) -> Iterator[Remark]:
    for number, glob, line in surveyed.empty_globs:
        message = f"the glob {glob!r} of agent {number} matches no tracked file"
        yield Remark(Kind.EMPTY_GLOB, plan.path, line, message)
    agents = {agent.number: agent for agent in plan.agents}
    for overlap in surveyed.overlaps:
        yield _overlap(plan.path, overlap, agents[overlap.owner])
    for path in surveyed.orphans:
        yield Remark(Kind.ORPHAN, path, 1, "is in no agent's scope")
    if not any(surveyed.owned.values()):
        message = "no scope reaches a test file of this repository; is this the right one?"
        yield Remark(Kind.CANNOT_RUN, plan.path, plan.agents[0].line, message)


def _overlap(path: str, overlap: Overlap, owner: Assignment) -> Remark:
    winner = max(
        (item for item in owner.scope if Glob(item.text).matches(overlap.path)),
        key=lambda item: Glob(item.text).specificity,
    )
    numbers = " and ".join(map(str, overlap.agents))
    message = (
        f"{overlap.path} is in the scopes of agents {numbers}; "
        f"agent {owner.number} will own it, by {winner.text!r}"
    )
    return Remark(Kind.OVERLAP, path, winner.line, message)


def _idle_patterns(plan: Plan, paths: Iterable[str], tree: SourceTree) -> Iterator[Remark]:
    wanted = {
        pattern: found
        for pattern in _patterns(plan)
        if pattern.before and pattern.language in PYTHON
        if not isinstance(found := shapes(pattern.before), ParseError) and found
    }
    for path in sorted(paths):
        if not wanted:
            return
        if path.endswith(".py") and (source := _source(tree, path)) is not None:
            wanted = {pattern: found for pattern, found in wanted.items() if not _any_occurs(found, source)}
    for pattern in wanted:
        message = f"the wrong code of {pattern.title!r} is nowhere in this repository"
        yield Remark(Kind.IDLE_PATTERN, plan.path, pattern.before_line, message)


def _any_occurs(wanted: Sequence[Shape], source: bytes) -> bool:
    text = fold(source.decode("utf-8", "replace"))
    likely = [shape for shape in wanted if all(need in text for need in shape.needs)]
    if not likely:
        return False
    parsed = parse(source)
    return not isinstance(parsed, ParseError) and any(occurs(shape, parsed.tree) for shape in likely)


def _owned_code(surveyed: Survey, tree: SourceTree) -> Iterator[Remark]:
    for path in sorted(path for paths in surveyed.owned.values() for path in paths):
        source = _source(tree, path)
        error = parse(source) if source is not None and is_python(path) else None
        if isinstance(error, ParseError):
            yield Remark(Kind.NO_CODE, path, error.line, f"does not parse: {error.message}")


def _source(tree: SourceTree, path: str) -> bytes | None:
    try:
        return tree.read(path)
    except OSError:
        return None  # tracked, and not in the working tree
