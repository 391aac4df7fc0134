"""The gate "many users": a patch's tests that take a user's context run as many at once; none may leak."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, final

from cellwall.check.parse import ParseError, parse
from cellwall.migrate.certificate_words import certificate_words, left_out_words
from cellwall.migrate.errors import PatchError
from cellwall.migrate.gates.evidence import listed
from cellwall.migrate.gates.gate import Subject, Verdict
from cellwall.migrate.gates.selection import is_test_module
from cellwall.migrate.git.safe_path import why_unsafe
from cellwall.migrate.languages import is_python
from cellwall.migrate.safe_folder import SafeFolder
from cellwall.project.number_of import number_of
from cellwall.testing.measured import AsMany, Outcomes
from cellwall.testing.run_outcomes import measure_outcomes

USERS: Final = 10
SECONDS: Final = 60.0  # for all of a patch's tests
LEAK: Final = "leak"
_CONTEXT: Final = "user_context"
Measure = Callable[[Subject, Path, Sequence[str]], Outcomes]


def measure(subject: Subject, workspace: Path, paths: Sequence[str]) -> Outcomes:
    """Run test modules of a workspace as many users, in an order that is the same each time."""
    tests = subject.project.tests
    asked = (*tests.arguments, f"--concurrent-users={USERS}", "--isolation-seed=0")
    settings = replace(tests, arguments=asked, timeout=min(tests.timeout, SECONDS))
    return measure_outcomes(subject.environment, workspace, paths, settings=settings)


@final
@dataclass(slots=True)
class ManyUsersGate:
    """Refuse a patch whose tests see another user's data as soon as there is one.

    A leak that the same test has without the patch is named and not held against it. Two users who share a
    constant, and a test that fails for one user too, are counted and refuse nothing.
    """

    name: str = "many users"
    measure: Measure = measure

    def judge(self, subject: Subject) -> Verdict:
        """Run the modules whose tests take a context, with the patch; without it only where one leaks."""
        if not subject.run_tests:
            return Verdict(self.name, True, "not run", {"ran": False})
        modules = _modules(subject)
        if not modules:
            return Verdict(self.name, True, "no test of this patch takes user_context", {"ran": False})
        outcomes = self.measure(subject, subject.patched_dir, modules)
        found = _as_many(outcomes)
        if not found:
            return Verdict(self.name, True, f"not measured: {_why(outcomes)}", {"ran": False})
        leaks = [node for node, many in found.items() if many.verdict == LEAK]
        old = set(leaks) and self._old_leaks(subject, leaks)
        new = [node for node in leaks if node not in old]
        tried = _explored(found)
        figures = {**_figures(found), **tried, "leaks": sorted(leaks), "new_leaks": sorted(new)}
        if new:
            lines = [f"{node} leaks as {USERS} users: {found[node].text}" for node in sorted(new)]
            return Verdict(self.name, False, listed(lines), figures)
        return Verdict(self.name, True, _praise(found, old, tried), figures)

    def _old_leaks(self, subject: Subject, leaks: Sequence[str]) -> set[str]:
        modules = sorted({node.partition("::")[0] for node in leaks})
        before = _as_many(self.measure(subject, subject.base_dir, modules))
        return {node for node, many in before.items() if many.verdict == LEAK}


def _modules(subject: Subject) -> list[str]:
    modules = [path for path in subject.patch.paths if is_python(path) and is_test_module(path)]
    paths = [path for path in modules if not why_unsafe(path)]
    with SafeFolder(subject.patched_dir) as folder:
        return sorted(path for path in paths if _takes_context(folder, path))


def _takes_context(folder: SafeFolder, path: str) -> bool:
    """Tell whether a function of the file takes `user_context`, or a mark names it."""
    try:
        source = folder.read(path)
    except (OSError, PatchError):
        return False  # what is no ordinary file is for the gates before this one
    if _CONTEXT.encode() not in source:
        return False
    parsed = parse(source)
    if isinstance(parsed, ParseError):
        return False
    return any(_names_it(node) for node in ast.walk(parsed.tree))


def _names_it(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return node.value == _CONTEXT  # usefixtures("user_context")
    return isinstance(node, ast.arg) and node.arg == _CONTEXT


def _as_many(outcomes: Outcomes) -> dict[str, AsMany]:
    """Give what ran as many; a test that stays alone, being no coroutine, did not."""
    told = {node: outcome.as_many for node, outcome in outcomes.by_id.items()}
    return {node: many for node, many in told.items() if many is not None and many.users > 1}


def _why(outcomes: Outcomes) -> str:
    if any("--concurrent-users" in option for option in outcomes.overridden):
        return "the target's pytest has no plugin of Cellwall's"
    return outcomes.note or "none of these tests is a coroutine that takes user_context"


def _figures(found: dict[str, AsMany]) -> dict[str, object]:
    verdicts: dict[str, int] = {}
    for many in found.values():
        verdicts[many.verdict] = verdicts.get(many.verdict, 0) + 1
    return {"ran": True, "users": USERS, "tests": len(found), "verdicts": dict(sorted(verdicts.items()))}


def _explored(found: dict[str, AsMany]) -> dict[str, Any]:
    """Give what the explorer tried, over all tests; nothing where no schedules are asked for."""
    each = found.values()
    tried = {"schedules": sum(many.schedules for many in each), "swept": sum(many.swept for many in each)}
    if not tried["schedules"]:
        return {}
    left_out = sorted({sentence for many in each for sentence in many.not_covered})
    return {**tried, "points": sum(many.points for many in each), "not_covered": left_out}


def _praise(found: dict[str, AsMany], old: set[str], tried: dict[str, Any]) -> str:
    words = certificate_words(tried) + ", no new leak" + left_out_words(tried.get("not_covered", ()))
    lines = [f"{number_of(len(found), 'test')} ran as {USERS} users{words}"]
    lines += [f"{node} leaks as before" for node in sorted(old)]
    lines += [
        f"{node}: {many.verdict}: {many.text}"
        for node, many in sorted(found.items())
        if many.verdict not in ("passed", LEAK)
    ]
    return listed(lines)
