"""The gate "weakened": reads the changed files and asks whether a test proves less than before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final, final

from cellwall.check.parse import ParseError, parse
from cellwall.check.settings import CheckSettings
from cellwall.migrate.gates.evidence import listed
from cellwall.migrate.gates.gate import Subject, Verdict
from cellwall.migrate.gates.weakened.canonical import role_of
from cellwall.migrate.gates.weakened.comparison import Setting, compare, count_assertions
from cellwall.migrate.gates.weakened.coroutines import became_async, unawaited_calls
from cellwall.migrate.gates.weakened.facts import Kind, ModuleFacts
from cellwall.migrate.gates.weakened.moved_state import Move, moves
from cellwall.migrate.gates.weakened.new_units import (
    changed_imports,
    compare_imports,
    fixture_name,
    new_fixtures,
    new_units,
    uncovered_builtins,
)
from cellwall.migrate.gates.weakened.outside_users import is_alone
from cellwall.migrate.gates.weakened.reader import read_module
from cellwall.migrate.gates.weakened.renames import given_role
from cellwall.migrate.gates.weakened.role_patterns import RolePatterns
from cellwall.migrate.gates.weakened.scripts.changed_script import ChangedScripts
from cellwall.migrate.gates.weakened.support_files import of_file, of_new_module, of_runner
from cellwall.migrate.gates.weakened.tree_search import files_that_name, hidden_modules
from cellwall.migrate.gates.weakened.weakening import Weakening
from cellwall.migrate.languages import is_script, is_source
from cellwall.project.number_of import number_of

MOST_IN_FIGURES: Final = 50


@dataclass(frozen=True, slots=True)
class Pair:
    """One changed module before and after; a new one is compared with an empty module.

    `moves` are the literals that went into the one test that uses them, nobody else reaching the module.
    """

    before: ModuleFacts
    after: ModuleFacts
    is_new: bool
    moves: tuple[Move, ...] = ()


@dataclass(slots=True)
class _Judgement:
    pairs: list[Pair] = field(default_factory=list)
    found: list[Weakening] = field(default_factory=list)
    application: int = 0
    scripts: ChangedScripts = field(default_factory=ChangedScripts)


@final
class WeakenedGate:
    """Refuse a patch after which a test, a fixture or a helper of the tests proves less than before."""

    name = "weakened"

    def judge(self, subject: Subject) -> Verdict:
        """Compare the changed files, and look where else new fixtures and new coroutines are met."""
        roles = RolePatterns(subject.project.roles)
        judgement = _Judgement()
        _read(subject, roles, judgement)
        judgement.found += judge_pairs(judgement.pairs, roles, subject)
        judgement.found += _elsewhere(subject, judgement.pairs)
        found = sorted(set(judgement.found), key=lambda one: (one.path, one.line, one.what))
        scripts = judgement.scripts
        figures: dict[str, object] = {
            "assertions": {
                "before": scripts.assertions[0]
                + sum(count_assertions(pair.before) for pair in judgement.pairs),
                "after": scripts.assertions[1]
                + sum(count_assertions(pair.after) for pair in judgement.pairs),
            },
            "tests": {
                "before": scripts.tests[0] + sum(_tests(pair.before) for pair in judgement.pairs),
                "after": scripts.tests[1] + sum(_tests(pair.after) for pair in judgement.pairs),
            },
            "application_files": judgement.application,
            "weakened": [one.figures() for one in found[:MOST_IN_FIGURES]],
        }
        if found:
            return Verdict(self.name, False, listed([one.text() for one in found]), figures)
        kept = number_of(figures["assertions"]["before"], "assertion")  # type: ignore[index]
        files = number_of(len(judgement.pairs) + scripts.files, "file")
        return Verdict(
            self.name,
            True,
            f"{kept} in {files}: all still made",
            figures,
        )


def judge_pairs(pairs: Iterable[Pair], roles: RolePatterns, subject: Subject) -> Iterator[Weakening]:
    """Give everything that is weaker in these modules; decides without I/O."""
    pairs = list(pairs)
    fixtures = frozenset(name for pair in pairs for name in new_fixtures(pair.before, pair.after))
    for pair in pairs:
        path = pair.after.path
        yield from changed_imports(pair.before, pair.after)
        if pair.is_new:
            yield from of_new_module(pair.after)
        if pair.is_new and PurePosixPath(path).name != "conftest.py":
            continue
        setting = Setting(subject.project.async_tests_for(path), fixtures, roles, pair.moves)
        yield from compare(pair.before, pair.after, setting)
        yield from new_units(pair.before, pair.after)
        yield from uncovered_builtins(pair.before, pair.after)
        yield from compare_imports(pair.before, pair.after, roles.origins)
        yield from unawaited_calls(path, pair.after.module.node, became_async(pair.before, pair.after))


def _read(subject: Subject, roles: RolePatterns, judgement: _Judgement) -> None:
    settings = CheckSettings.from_project(subject.project)
    for change in subject.patch.changes:
        judgement.found += of_file(change)
        judgement.found += hidden_modules(subject.base_dir, change)
        if change.path.endswith(".py"):
            judgement.found += of_runner(change)
        if is_script(change.path) and settings.is_test_file(change.path):
            judgement.found += judgement.scripts.take(change)
            continue
        if change.after is None or not is_source(change.path) or change.before == change.after:
            continue
        if not settings.is_test_file(change.path):
            judgement.application += 1
            continue
        before = read_module(change.path, change.before or b"", roles)
        known = None if isinstance(before, ParseError) else before
        after = read_module(change.path, change.after, roles, before=known)
        if isinstance(after, ParseError):
            judgement.found.append(_unreadable(change.path, after))
        elif isinstance(before, ParseError):
            judgement.found.append(_unreadable(change.path, before))
        else:
            moved = moves(before, after)
            alone = moved if moved and is_alone(subject.base_dir, change.path) else ()
            judgement.pairs.append(Pair(before, after, change.before is None, alone))


def _unreadable(path: str, error: ParseError) -> Weakening:
    return Weakening(path, error.line, "", f"cannot be compared, it does not parse here ({error.message})")


def _tests(facts: ModuleFacts) -> int:
    return sum(unit.kind is Kind.TEST for units in facts.units.values() for unit in units)


def _elsewhere(subject: Subject, pairs: list[Pair]) -> Iterator[Weakening]:
    """Look at files that the patch does not change: who calls a new coroutine, whose fixture is replaced."""
    changed = {change.path for change in subject.patch.changes}
    for pair in pairs:
        asynced = became_async(pair.before, pair.after)
        folder = PurePosixPath(pair.after.path).parent
        if asynced:
            for path, source in files_that_name(subject.patched_dir, "", asynced, changed):
                yield from _unawaited_in(path, source, asynced)
        if PurePosixPath(pair.after.path).name == "conftest.py":
            replaced = frozenset(_replacing(pair))
            for path, _ in files_that_name(subject.base_dir, str(folder), replaced, changed):
                what = f"a new fixture ({', '.join(sorted(replaced))}) replaces what this file asks for"
                yield Weakening(path, 1, "", what)


def _replacing(pair: Pair) -> Iterator[str]:
    for id_, units in pair.after.units.items():
        for unit in units:
            new = id_ not in pair.before.units and unit.kind is Kind.FIXTURE
            if new and role_of(given_role(unit)) != "context":
                yield fixture_name(unit)


def _unawaited_in(path: str, source: bytes, names: frozenset[str]) -> Iterator[Weakening]:
    parsed = parse(source)
    if not isinstance(parsed, ParseError):
        yield from unawaited_calls(path, parsed.tree, names)
