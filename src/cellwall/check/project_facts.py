"""Collects the facts that cross files from a source tree; parses only files that mention a relevant name."""

import ast
import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVarTuple, final

from cellwall.check.bindings import Kind, absolute_module, imported_names
from cellwall.check.context_supply import CONTEXT_NAME
from cellwall.check.cross_file_facts import FixtureFact, ProjectFacts
from cellwall.check.deferred_pattern import deferred
from cellwall.check.fact_digests import OUTLINE, WHOLE, FactDigests
from cellwall.check.legacy_names import LEGACY_NAMES, replaced_names
from cellwall.check.module_facts import ModuleFacts, dotted_name, module_facts
from cellwall.check.module_outline import outline_facts
from cellwall.check.node_index import walk
from cellwall.check.origin import snake_case
from cellwall.check.parse import ParseError
from cellwall.check.re_exports import ReExports
from cellwall.check.rule_failure import facts_failure
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import SourceTree, read_in_order
from cellwall.check.summaries_of import summaries_asked, summaries_needed, summarised
from cellwall.check.time_limit import SECONDS, Steps, TooSlow, each_limited

__all__ = ["FixtureFact", "ProjectFacts", "collect_facts"]

MAX_CLASS_ROUNDS: Final = 3
_PLUGINS: Final = "pytest_plugins"
_UNITTEST: Final = "TestCase"
_CLASSES: Final = deferred(rb"class[\s\\]([^:]*)")  # with the bases, on one line or several
_ANYTHING: Final = deferred(b"")
_Given = TypeVarTuple("_Given")


def collect_facts(tree: SourceTree, settings: CheckSettings) -> ProjectFacts:
    """Collect re-exports, shared instances, fixtures, unittest classes and summaries of a whole tree."""
    with read_in_order(tree), each_limited(SECONDS) as steps:
        scan = FactScan(tree, settings, steps)
        for path in tree.paths():
            with contextlib.suppress(OSError):
                scan.add(path, tree.read(path))
        return scan.facts()


@final
class FactScan:
    """The facts found so far. Every file is given once; few of them are parsed, and of those few twice.

    What a file says is lost where it takes too long or fails; that is told among the facts.
    """

    def __init__(self, tree: SourceTree, settings: CheckSettings, steps: Steps) -> None:
        """Begin with nothing; `tree` is read again for what depends on other files, `steps` limits each."""
        self._tree = tree
        self._settings = settings
        self._steps = steps
        self._failures: dict[str, str] = {}  # path -> what happened
        self.digests = FactDigests()
        self._names = _relevant_names(settings)
        self._words = tuple((name.encode(), _word(name.encode())) for name in sorted(self._names))
        self._needed = summaries_needed(settings)
        self._summaries: dict[str, dict[str, Any]] = {summary.name: {} for summary, _ in self._needed}
        self._re_exports = ReExports(_of_roles(settings))
        self._aliases: dict[str, str] = {}
        self._instances: dict[str, str] = {}
        self._classes: dict[str, bytes] = {}  # path -> the heads of its class statements
        self._unittests: dict[str, bool] = {}
        self._visible_fixtures: dict[str, dict[str, FixtureFact]] = {}

    def add(self, path: str, source: bytes) -> None:
        """Take over what one file says by itself."""
        self._within_limit(path, self._add, path, source)

    def _within_limit(self, path: str, work: Callable[[*_Given], object], *given: *_Given) -> None:
        """Do a piece of work about one file; after one that takes too long or fails it is left out."""
        if path in self._failures:
            return
        try:
            with self._steps:
                work(*given)
        except TooSlow as error:
            if not self._steps.in_force:  # somebody's around us
                raise
            self._failures[path] = facts_failure(path, error, SECONDS)
        except Exception as error:  # a defect of ours costs neither the other files nor the run
            self._failures[path] = facts_failure(path, error, SECONDS)

    def _add(self, path: str, source: bytes) -> None:
        margin = self._re_exports.add(path, source)
        classes = _CLASSES.findall(source)
        if classes:
            self._classes[path] = b":".join(classes)
        self.digests.said(path, margin, classes, self._said(path, source))

    def says_the_same(self, path: str, source: bytes, before: str) -> bool:
        """Take over a file that changed, and tell whether it still has the digest by which others knew it."""
        self.add(path, source)
        kind = before[:1]
        if kind == OUTLINE:
            self._within_limit(path, self._outline, path, source, ProjectFacts())
        elif kind == WHOLE:
            self.digests.parsed(path, source, WHOLE)
        return not self._failures and self.digests.of(path) == before

    def _said(self, path: str, source: bytes) -> list[Any]:
        """Take over what takes a parser, and give it."""
        asked = summaries_asked(path, source, self._settings, self._needed)
        shares = not _is_test_module(path) and self._may_share(path, source)
        if not asked and not shares:
            return []
        facts = module_facts if asked else outline_facts
        module = facts(path, source, ProjectFacts(), is_test=self._settings.is_test_file(path))
        if isinstance(module, ParseError):
            return []
        said = summarised(module, self._settings, asked)
        for name, value in said.items():
            self._summaries[name][path] = value
        return [*said.items(), *(self._shared_names(module) if shares else ())]

    def facts(self) -> ProjectFacts:
        """Give all facts: those of single files, and those that take several."""
        self._find_unittest_classes()
        self._find_fixtures()
        aliases, instances = self._re_exports.imported()
        return ProjectFacts(
            {**aliases, **self._aliases},
            {**instances, **self._instances},
            self._visible_fixtures,
            self._unittests,
            self._summaries,
            tuple(self._failures.values()),
            self._re_exports.containers(),
        )

    def _may_share(self, path: str, source: bytes) -> bool:
        """Tell whether a relevant name stands in a file, whole: nothing else has one in what it stands for.

        What a file defines itself is named after its path besides.
        """
        found = [word for name, word in self._words if name in source]
        return bool(found) and (
            any(word.search(source) for word in found)
            or not self._names.isdisjoint(dotted_name(path).split("."))
        )

    def _shared_names(self, module: ModuleFacts) -> Iterator[tuple[str, str, bool]]:
        """Find re-exports and instances of relevant names at the top level of an application module.

        Gives each: its dotted name, what it stands for or is an object of, and whether it is an object.
        """
        for name, bindings in module.resolver.namespace(module.tree).names.items():
            for binding in bindings:
                dotted = f"{module.dotted}.{name}"
                if binding.kind is Kind.IMPORT and name in self._names:
                    self._add_alias(dotted, binding.target)
                    yield dotted, binding.target, False
                elif binding.kind is Kind.VALUE and binding.value is not None:
                    yield from self._value(module, name, dotted, binding.value)

    def _value(
        self, module: ModuleFacts, name: str, dotted: str, value: ast.expr
    ) -> Iterator[tuple[str, str, bool]]:
        origin = module.resolve(value)
        if origin is None or origin.is_double:
            return
        if origin.made and self._names.intersection(origin.dotted.split(".")):
            self._instances[dotted] = origin.dotted
            yield dotted, origin.dotted, True
        elif not origin.made and name in self._names:
            self._add_alias(dotted, origin.dotted)
            yield dotted, origin.dotted, False

    def _add_alias(self, dotted: str, target: str) -> None:
        if dotted != target:
            self._aliases.setdefault(dotted, target)

    def _find_unittest_classes(self) -> None:
        """Find classes that inherit from unittest's, also through classes of other files."""
        tokens = {_UNITTEST}
        for _ in range(MAX_CLASS_ROUNDS):
            facts = ProjectFacts(aliases=self._aliases, unittest_classes=dict(self._unittests))
            before = set(self._unittests)
            paths = [
                path for path, heads in self._classes.items() if any(t.encode() in heads for t in tokens)
            ]
            for path in paths:
                self._within_limit(path, self._unittests_of, path, facts)
            new = {dotted.rpartition(".")[2] for dotted in set(self._unittests) - before}
            tokens = {name for name in new if "TestCase" not in name and not name.startswith("Test")}
            if not tokens:
                return

    def _unittests_of(self, path: str, facts: ProjectFacts) -> None:
        module = self._module(path, _ANYTHING, facts, OUTLINE)
        if module is None:
            return
        for cls in module.of(ast.ClassDef):
            kind = module.pytest.unittest_kind(cls)
            if kind is not None:
                self._unittests[module.resolver.qualified(cls)] = kind

    def _find_fixtures(self) -> None:
        """Find the fixtures with relevant names that each conftest file makes visible."""
        facts = ProjectFacts(aliases=self._aliases, instances=self._instances)
        wanted = {CONTEXT_NAME, *(snake_case(name) for name in self._names)}
        gate = _gate(wanted | {_PLUGINS})
        paths = self._tree.paths()
        conftests = [path for path in paths if path.rpartition("/")[2] == "conftest.py"]
        by_module = {dotted_name(path): path for path in paths}
        for conftest in conftests:
            self._within_limit(conftest, self._fixtures_of, conftest, gate, facts, wanted, by_module)

    def _fixtures_of(
        self,
        conftest: str,
        gate: "re.Pattern[bytes]",
        facts: ProjectFacts,
        wanted: set[str],
        by_module: Mapping[str, str],
    ) -> None:
        module = self._module(conftest, gate, facts)
        if module is None:
            return
        found: dict[str, FixtureFact] = {}
        for path in _brought_in(module, by_module):
            other = self._module(path, gate, facts)
            found.update(_fixtures(other, wanted) if other is not None else {})
        found.update(_fixtures(module, wanted))
        if found:
            self._visible_fixtures[conftest] = found

    def _module(
        self,
        path: str,
        gate: "re.Pattern[bytes]",
        facts: ProjectFacts,
        kind: str = WHOLE,
    ) -> ModuleFacts | None:
        """Give what stands in a file, None where that cannot be read, or nothing that is looked for."""
        try:
            source = self._tree.read(path)
        except OSError:
            return None
        if kind == WHOLE:
            self.digests.parsed(path, source, kind)
            return _parsed(module_facts(path, source, facts)) if gate.search(source) else None
        return self._outline(path, source, facts)

    def _outline(self, path: str, source: bytes, facts: ProjectFacts) -> ModuleFacts | None:
        module = _parsed(outline_facts(path, source, facts))
        self.digests.parsed(path, source if module is None else module.source, OUTLINE)
        return module


def _parsed(module: ModuleFacts | ParseError) -> ModuleFacts | None:
    return None if isinstance(module, ParseError) else module


def _relevant_names(settings: CheckSettings) -> frozenset[str]:
    """Give the classes and functions that the roles replace or make."""
    names: set[str] = set()
    for role in {*LEGACY_NAMES, *settings.roles.by_name}:
        for dotted in replaced_names(settings, role):
            parts = dotted.split(".")
            names.update(part for part in parts if part[:1].isupper())
            names.add(parts[-1] if len(parts) == 1 else parts[-2])
    context = settings.roles.get("context")
    words = re.findall(r"\w+", context.create) if context else ["UserExecutionContext"]
    names.update(word for word in words if word[:1].isupper())
    return frozenset(names)


def _of_roles(settings: CheckSettings) -> Iterator[str]:
    """Give the names that the roles' expressions begin with: what projects hand on under a path of theirs."""
    for role in settings.roles.by_name.values():
        for statement in role.imports:
            for node in ast.parse(statement).body:
                if isinstance(node, (ast.Import, ast.ImportFrom)):
                    yield from (binding.target.rpartition(".")[2] for binding in imported_names(node, ""))


def _gate(names: Iterable[str]) -> "re.Pattern[bytes]":
    """Give what a file must spell to have one of these names: itself, or by `from ... import *`."""
    words = (re.escape(name.encode()) for name in sorted(names))
    return re.compile(b"|".join([*words, rb"import[\s\\]*+\*"]))


def _word(name: bytes) -> "re.Pattern[bytes]":
    """Give what finds a name that is no part of another; it begins with a text that is looked for fast."""
    return re.compile(re.escape(name) + rb"(?!\w)(?<!\w" + re.escape(name) + b")")


def _is_test_module(path: str) -> bool:
    return path.rpartition("/")[2].startswith("test_")


def _fixtures(module: ModuleFacts, wanted: set[str]) -> dict[str, FixtureFact]:
    """Give the module's own fixtures with wanted names, those defined in classes left out."""
    found: dict[str, FixtureFact] = {}
    for name in wanted & module.pytest.fixtures.keys():
        for fixture in module.pytest.fixtures[name]:
            if fixture.owner is None:
                origin = module.resolver.result_of(fixture.function)
                found[name] = FixtureFact(
                    gives=origin.dotted if origin is not None else "",
                    scope=fixture.scope,
                    is_async=isinstance(fixture.function, ast.AsyncFunctionDef),
                )
    return found


def _brought_in(module: ModuleFacts, by_module: Mapping[str, str]) -> Iterator[str]:
    """Give the paths of modules whose fixtures a conftest file imports or names as plugins."""
    for node in module.of(ast.ImportFrom):
        path = by_module.get(absolute_module(node, module.package))
        if path is not None:
            yield path
    for binding in module.resolver.namespace(module.tree).names.get(_PLUGINS, ()):
        if binding.value is not None:
            for constant in walk(binding.value):
                if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                    path = by_module.get(constant.value)
                    if path is not None:
                        yield path
