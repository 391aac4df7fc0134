"""CW804: one user id, written out, that many tests of a module give to something that outlives them."""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final, final

from cellwall.check.closer_look import CloserLook
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import parameter_names
from cellwall.check.gaps import CLOSED, OPENED
from cellwall.check.gate import IN_TESTS, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.module_state import is_set_up
from cellwall.check.node_index import Function, walk
from cellwall.check.own_nodes import own
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings

_STORE: Final = "from app import Store\n\nstore = Store()\n\n\n"
_SECOND: Final = "\n\ndef test_b():\n    store.get(user_id='u1')\n"
_THIRD: Final = "\n\ndef test_c():\n    store.list(user_id='u1')\n"


@final
class UserIdSharedByTests:
    """One user id, written out, that many tests of a module use.

    What it does:
        Finds a text that is given as `user_id` (or `tenant_id`, `owner_id`) in three or more tests of
        one module to something that outlives a test: an object that the module makes when it is loaded,
        or a fixture of a wider scope. A test that gives two users, one that empties what it used, and a
        module that prepares every test are left alone, and so is what each test has for itself: a
        constant user harms nobody there.

    Why it leaks:
        Tests that run at the same time, or leave something behind, meet in this user. And no test of
        the module would notice that users are mixed up.

    Example:
        store = Store()

        def test_add():
            store.add(user_id="user-1", text="a")

        def test_list():
            assert store.list(user_id="user-1") == []

    Use instead:
        def test_add(store, user_context):
            store.add(user_id=user_context.user_id, text="a")

    Fix safety:
        Never repaired: where a fresh id comes from is a decision.
    """

    name: ClassVar[str] = "user-id-shared-by-tests"
    code: ClassVar[str] = "CW804"
    family: ClassVar[Family] = Family.TESTS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(_STORE + "def test_a():\n    store.add(user_id='u1')\n" + _SECOND.replace("u1", "u2")),
        Example(
            "def test_a(store):\n    store.add(user_id='u1')\n\n\ndef test_b(store):\n"
            "    store.get(user_id='u1')\n\n\n"
            "def test_c(store):\n    store.list(user_id='u1')\n"
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(_STORE + "def test_a():\n    store.add(user_id='u1')\n" + _SECOND + _THIRD),
        Example(
            "import pytest\n\n\n@pytest.fixture(scope='session')\ndef db():\n    return connect()\n\n\n"
            "def test_a(db):\n    db.add(user_id='u1')\n\n\ndef test_b(db):\n"
            "    add(db, user_id='u1')\n\n\n"
            "def test_c(db):\n    assert not db.list(user_id='u1')\n"
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the names of such arguments."""
        named = Gate.any_of(*(name.encode() for name in _IDS))
        return IN_TESTS & named & Gate.any_of(CloserLook((_GIVEN,), _gives_many))

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each such text, at its first place."""
        given = [*_given(module)] if module.is_test else []
        if not given or _prepares_each_test(module):
            return
        made = _made_when_loaded(module)
        places: dict[str, dict[Function, ast.Constant]] = {}
        used: dict[str, set[Function]] = {}
        for call, value in given:
            function = module.function(call)
            if function is None or not module.pytest.is_collected(function):
                continue
            places.setdefault(value.value, {}).setdefault(function, value)  # type: ignore[arg-type]
            if any(not _empties(module, function, name) for name in _outliving(module, function, call, made)):
                used.setdefault(value.value, set()).add(function)  # type: ignore[arg-type]
        for text, tests in used.items():
            mixed = any(
                other != text and places[text].keys() & others.keys() for other, others in places.items()
            )
            if len(tests) >= _MANY and not mixed:
                first = min((places[text][test] for test in tests), key=lambda node: node.lineno)
                message = f"{len(tests)} tests of this module share the user {text!r}"
                yield finding(self, module, first, message)


_IDS: Final = ("user_id", "tenant_id", "owner_id")
_MANY: Final = 3
_GIVEN: Final = deferred(
    rb"(?:" + "|".join(_IDS).encode() + rb")" + CLOSED + rb"=" + OPENED + rb"[rRuUbB]{0,2}[\"']"
)
_WIDE: Final = ("class", "module", "package", "session")
_KEEPS_NOTHING: Final = deferred(
    r"mock|stub|fake|dummy|patch|logger|compile|path|environ|import|mark|namedtuple|typevar|partial|uuid|faker|"
    r"settings|config|schema|serializer|builder|factory",
    re.IGNORECASE,
)
_EMPTYING: Final = deferred(r"^(clear|reset|delete|drop|truncate|flush|purge|remove|rollback|wipe)")


def _gives_many(source: bytes) -> bool:
    return len(_GIVEN.findall(source)) >= _MANY


def _given(module: ModuleFacts) -> Iterator[tuple[ast.Call, ast.Constant]]:
    """Give the calls that get a written-out user, with the text."""
    named = {module.nodes.parent(keyword) for keyword in module.of(ast.keyword) if keyword.arg in _IDS}
    for call in module.of(ast.Call) if named else ():
        for keyword in call.keywords if call in named else ():
            match keyword:
                case ast.keyword(arg=str(name), value=ast.Constant(value=str()) as text) if name in _IDS:
                    yield call, text


def _made_when_loaded(module: ModuleFacts) -> frozenset[str]:
    """Give the names of what the module makes by a call when it is loaded, and binds only there."""
    found = {
        target.id
        for statement in module.tree.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call)
        for target in statement.targets
        if isinstance(target, ast.Name) and not _KEEPS_NOTHING.search(ast.unparse(statement.value.func))
    }
    rebound = {name for node in module.of(ast.Global) for name in node.names}
    return frozenset(found - rebound)


def _outliving(
    module: ModuleFacts, function: Function, call: ast.Call, made: frozenset[str]
) -> Iterator[str]:
    """Give the names of what a call works on, as far as they are seen to outlive a test."""
    roots = [spelled(call.func).partition(".")[0]] if isinstance(call.func, ast.Attribute) else []
    roots += [argument.id for argument in call.args if isinstance(argument, ast.Name)]
    own_names = {
        node.id for node in walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    parameters = set(parameter_names(function))
    for name in roots:
        if name in parameters:
            fixture = module.pytest.find_fixture(function, name)
            if fixture is not None and fixture.scope in _WIDE and not _KEEPS_NOTHING.search(name):
                yield name
        elif name in made and name not in own_names:
            yield name


def _empties(module: ModuleFacts, function: Function, name: str) -> bool:
    """Tell whether a test empties what it used."""
    return any(
        isinstance(call.func, ast.Attribute)
        and spelled(call.func).partition(".")[0] == name
        and _EMPTYING.match(call.func.attr)
        for call in own(module, function, ast.Call)
    )


def _prepares_each_test(module: ModuleFacts) -> bool:
    """Tell whether something is done before or after every test of the module."""
    every = (fixture for same in module.pytest.fixtures.values() for fixture in same)
    return any(fixture.autouse and fixture.scope == "function" for fixture in every) or any(
        is_set_up(module, function) and module.pytest.fixture_of(function) is None
        for function in module.nodes.functions()
    )
