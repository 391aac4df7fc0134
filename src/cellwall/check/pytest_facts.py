"""What pytest does with the functions of a module: tests, fixtures, and where it injects parameters."""

import ast
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final, NamedTuple, final

from cellwall.check.cross_file_facts import FixtureFact, ProjectFacts
from cellwall.check.node_index import FUNCTIONS, Function, NodeIndex
from cellwall.check.origin import Origin

Resolve = Callable[[ast.expr], Origin | None]

FIXTURE_MAKERS: Final = frozenset(
    {"pytest.fixture", "pytest_asyncio.fixture", "fixture", "pytest.yield_fixture", "async_fixture"}
)
_KNOWN_DECORATORS: Final = ("pytest.", "unittest.mock.", "mock.", "unittest.", "pytest_asyncio.")
_KNOWN_NAMES: Final = frozenset({"staticmethod", "patch", "parametrize"})


class Fixture(NamedTuple):
    """A fixture of this module. `owner` is the class it is defined in, None at module level."""

    name: str
    function: Function
    owner: ast.ClassDef | None
    scope: str
    autouse: bool


@final
class PytestFacts:
    """Tests, fixtures and injection in one module."""

    def __init__(self, nodes: NodeIndex, path: str, project: ProjectFacts, resolve: Resolve) -> None:
        """Keep what is given; `resolve` works out the origin of an expression."""
        self._nodes = nodes
        self._path = path
        self._project = project
        self._resolve = resolve
        self._unittest: dict[ast.ClassDef, bool | None] = {}
        self._injected: dict[Function, bool] = {}
        self._looking = False

    @property
    def fixtures(self) -> dict[str, list[Fixture]]:
        """The fixtures defined here, by the name that tests ask for; empty while they are being looked for.

        A decorator's origin may lead through a function's parameter, which asks for fixtures in turn.
        """
        return {} if self._looking else self._fixtures

    @cached_property
    def _fixtures(self) -> dict[str, list[Fixture]]:
        self._looking = True
        try:
            return self._look_for_fixtures()
        finally:
            self._looking = False

    def _look_for_fixtures(self) -> dict[str, list[Fixture]]:
        found: dict[str, list[Fixture]] = {}
        for function in self._nodes.functions():
            for decorator in function.decorator_list:
                if self._decorator_name(decorator) in FIXTURE_MAKERS:
                    fixture = self._fixture(function, decorator)
                    found.setdefault(fixture.name, []).append(fixture)
        return found

    def fixture_of(self, function: Function) -> Fixture | None:
        """Give the fixture that this function is, or None."""
        return None if self._looking else self._by_function.get(function)

    @cached_property
    def _by_function(self) -> dict[Function, Fixture]:
        return {fixture.function: fixture for same in self.fixtures.values() for fixture in same}

    def is_collected(self, function: Function) -> bool:
        """Tell whether pytest collects this function as a test (unittest's own tests included)."""
        return self._file_fits and function.name.startswith("test") and self._collected_place(function)

    @cached_property
    def _file_fits(self) -> bool:
        name = PurePosixPath(self._path).stem
        return name.startswith("test_") or name.endswith(("_test", "_tests"))

    def injects(self, function: Function) -> bool:
        """Tell whether pytest gives this function fixtures for its parameters."""
        if self._looking:
            return self._injects(function)
        if function not in self._injected:
            self._injected[function] = self._injects(function)
        return self._injected[function]

    def _injects(self, function: Function) -> bool:
        if self.fixture_of(function) is not None:
            return True
        owner = self._nodes.owner(function)
        if owner is not None and self.unittest_kind(owner) is not None:
            return False
        return self.is_collected(function) and all(
            self.is_known_decorator(decorator) for decorator in function.decorator_list
        )

    def unittest_kind(self, cls: ast.ClassDef) -> bool | None:
        """Tell for a unittest class whether it runs async tests; None for any other class."""
        if cls not in self._unittest:
            self._unittest[cls] = None  # a class that inherits from itself ends here
            self._unittest[cls] = self._unittest_kind(cls)
        return self._unittest[cls]

    def find_fixture(self, function: Function, name: str) -> Fixture | FixtureFact | None:
        """Give the fixture that `name` means for a function: of its classes, its module, its conftests."""
        around = [a for a in self._nodes.ancestors(function) if isinstance(a, ast.ClassDef)]
        candidates = [f for f in self.fixtures.get(name, ()) if f.function is not function]
        for place in (*around, None):
            for fixture in reversed(candidates):
                if fixture.owner is place:
                    return fixture
        return self._project.fixture(self._path, name)

    def is_known_decorator(self, decorator: ast.expr) -> bool:
        """Tell whether a decorator is known to leave injection alone (marks, patches)."""
        name = self._decorator_name(decorator)
        return name in _KNOWN_NAMES or name in FIXTURE_MAKERS or name.startswith(_KNOWN_DECORATORS)

    def has_mark(self, function: Function, mark: str) -> bool:
        """Tell whether a test carries `pytest.mark.<mark>`, itself, by its class or by `pytestmark`."""
        places: list[ast.expr] = list(function.decorator_list)
        for ancestor in self._nodes.ancestors(function):
            if isinstance(ancestor, ast.ClassDef):
                places += ancestor.decorator_list
            if isinstance(ancestor, (ast.ClassDef, ast.Module)):
                places += _pytestmarks(ancestor.body)
        return any(self._decorator_name(place) == f"pytest.mark.{mark}" for place in places)

    def uses_mark(self, mark: str) -> bool:
        """Tell whether any test of this module carries `pytest.mark.<mark>`."""
        return any(self.has_mark(function, mark) for function in self._nodes.functions())

    def _fixture(self, function: Function, decorator: ast.expr) -> Fixture:
        options = decorator.keywords if isinstance(decorator, ast.Call) else []
        values = {
            option.arg: option.value.value for option in options if isinstance(option.value, ast.Constant)
        }
        return Fixture(
            name=str(values.get("name") or function.name),
            function=function,
            owner=self._nodes.owner(function),
            scope=str(values.get("scope") or "function")
            if all(option.arg != "scope" or isinstance(option.value, ast.Constant) for option in options)
            else "dynamic",
            autouse=bool(values.get("autouse")),
        )

    def _collected_place(self, function: Function) -> bool:
        parent: ast.AST | None = self._nodes.owner(function)
        if parent is None:
            return not any(isinstance(a, FUNCTIONS) for a in self._nodes.ancestors(function))
        while isinstance(parent, ast.ClassDef):
            if self.unittest_kind(parent) is None and not _is_test_class(parent):
                return False
            parent = self._nodes.parent(parent)
        return not isinstance(parent, FUNCTIONS)

    def _unittest_kind(self, cls: ast.ClassDef) -> bool | None:
        for base in cls.bases:
            kind = self._base_kind(base)
            if kind is not None:
                return kind
        return None

    def _base_kind(self, base: ast.expr) -> bool | None:
        origin = self._resolve(base)
        name = origin.dotted if origin else ast.unparse(base)
        if origin is not None and origin.local:
            same = [c for c in self._nodes.of(ast.ClassDef) if name.endswith("." + c.name)]
            return self.unittest_kind(same[0]) if same else None
        known = self._project.unittest_class(name)
        if known is not None:
            return known
        last = name.rpartition(".")[2]
        return last == "IsolatedAsyncioTestCase" if last.endswith("TestCase") else None

    def _decorator_name(self, decorator: ast.expr) -> str:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        origin = self._resolve(called)
        if origin is None or origin.local:
            return spelled(called)
        return [*self._project.names(origin.dotted)][-1]


def spelled(node: ast.expr) -> str:
    """Give a dotted expression as it is spelled, "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _is_test_class(cls: ast.ClassDef) -> bool:
    """Tell whether pytest collects a class: by its name, and without a constructor."""
    return cls.name.startswith("Test") and not any(
        isinstance(node, FUNCTIONS) and node.name in ("__init__", "__new__") for node in cls.body
    )


def _pytestmarks(body: list[ast.stmt]) -> Iterator[ast.expr]:
    for node in body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets
        ):
            yield from node.value.elts if isinstance(node.value, (ast.List, ast.Tuple)) else [node.value]
