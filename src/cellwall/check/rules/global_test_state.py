"""CW107: an object that several tests share and change."""

import ast
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final, final

from cellwall.check.bindings import Binding
from cellwall.check.changed_state_gate import CHANGED_SHARED_STATE
from cellwall.check.edit import Fix, Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gaps import TEST
from cellwall.check.gate import IN_TESTS, Gate
from cellwall.check.local_state import made_local
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.module_state import State, empties, is_set_up, states
from cellwall.check.node_index import Function, walk
from cellwall.check.origin import Origin
from cellwall.check.reason import Reason
from cellwall.check.renewed_state import is_renewed, renewed
from cellwall.check.restored_state import put_back
from cellwall.check.rule import Example, Refusal, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.shared_reach import outermost

_SCOPE: Final = (b"fixture", b"setUp", b"setup", b"tearDown", b"teardown", *TEST)


@final
class GlobalTestState:
    """An object that several tests share and change.

    What it does:
        Finds objects at module level or on a test class that tests or their fixtures change (`CACHE[...] =`,
        `SHARED.append(...)`, `global total`), and set-up code that empties the private state of the
        application's own classes (`Registry._instances.clear()`). An object that the module's own set-up
        empties for every test is no finding, nor is one that only helpers or fixtures of a wider scope fill,
        nor what a fixture puts back afterwards.

    Why it leaks:
        What one test puts in, the next one finds: a test passes or fails by what ran before it, and one
        user's data is there when another user's test begins. Tests that run at the same time meet in it.

    Example:
        SEEN = []

        def test_event(user_context):
            SEEN.append(user_context.user_id)

    Use instead:
        def test_event(user_context):
            seen = []
            seen.append(user_context.user_id)

    Fix safety:
        Safe where a single test, which runs once, is all that uses an object at module level: it is made
        inside that test. Settings (a dictionary of plain values of which tests change some) are copied for
        each test, and what a fixture sets by `global` goes through `monkeypatch`, so that the next test finds
        what was there before. So does a reset of the application's state by an assignment: a `setup_method`
        becomes a fixture for that, and the same reset in `teardown_method` goes. The rest is listed.
    """

    name: ClassVar[str] = "global-test-state"
    code: ClassVar[str] = "CW107"
    family: ClassVar[Family] = Family.PLANS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = Safety.SAFE

    VALID: ClassVar[tuple[Example, ...]] = (
        Example("NAMES = ['a']\n\n\ndef test_names():\n    assert NAMES == ['a']\n"),
        Example(
            "import pytest\n\nSEEN = []\n\n\n@pytest.fixture(autouse=True)\ndef fresh():\n    SEEN.clear()\n"
            "\n\ndef test_one():\n    SEEN.append(1)\n    assert SEEN == [1]\n"
        ),
        Example("def test_one():\n    seen = []\n    seen.append(1)\n"),
        Example(
            "import pytest\nfrom app import Registry\n\n\n@pytest.fixture\ndef registry():\n"
            "    kept = dict(Registry._all)\n    yield Registry\n    Registry._all.clear()\n"
            "    Registry._all.update(kept)\n"
        ),
        Example(
            "import pytest\n\nseen = {}\n\n\n@pytest.fixture(autouse=True)\ndef fresh():\n    global seen\n"
            "    seen = FIRST.copy()\n\n\ndef test_one():\n    assert seen == FIRST\n"
        ),
        Example(
            "import pytest\n\nrole = None\n\n\n@pytest.fixture\ndef admin():\n    global role\n"
            "    before = role\n    role = 'admin'\n    yield role\n    role = before\n"
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "SEEN = []\n\n\ndef test_one():\n    SEEN.append(1)\n    assert SEEN == [1]\n",
            "\n\ndef test_one():\n    SEEN = []\n    SEEN.append(1)\n    assert SEEN == [1]\n",
        ),
        Example(
            "LIMITS = {'users': 9}\n\n\n"
            "def test_few():\n    LIMITS['users'] = 2\n    assert LIMITS['users'] == 2\n"
            "\n\ndef test_many():\n    assert LIMITS['users'] == 9\n",
            "import pytest\n\nLIMITS = {'users': 9}\n\n\n@pytest.fixture(autouse=True)\n"
            'def fresh_limits(monkeypatch):\n    """Give each test a copy of LIMITS of its own."""\n'
            '    monkeypatch.setitem(globals(), "LIMITS", dict(LIMITS))\n'
            "\n\ndef test_few():\n    LIMITS['users'] = 2\n    assert LIMITS['users'] == 2\n"
            "\n\ndef test_many():\n    assert LIMITS['users'] == 9\n",
        ),
        Example(
            "SEEN = {}\n\n\ndef test_one():\n    SEEN[1] = 2\n\n\ndef test_two():\n    assert 1 not in SEEN\n"
        ),
        Example("count = 0\n\n\ndef test_one():\n    global count\n    count += 1\n"),
        Example("class TestOne:\n    seen = []\n\n    def test_one(self):\n        self.seen.append(1)\n"),
        Example(
            "import pytest\nfrom app import Registry\n\n\n@pytest.fixture\ndef registry():\n"
            "    Registry._instances.clear()\n    return Registry\n"
        ),
        Example(
            "import pytest\nfrom app import Desk\n\n\n@pytest.fixture\ndef desk():\n"
            "    Desk._instance = None\n    return Desk()\n",
            "import pytest\nfrom app import Desk\n\n\n@pytest.fixture\ndef desk(monkeypatch):\n"
            '    monkeypatch.setattr(Desk, "_instance", None, raising=False)\n    return Desk()\n',
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what stands in every file with tests, fixtures or set-up code."""
        return IN_TESTS & Gate.any_of(*_SCOPE) & Gate.any_of(*CHANGED_SHARED_STATE)

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each shared object, and for each reset of the application's private state."""
        if not module.is_test:
            return
        for state in states(module):
            changing = [function for function, _ in state.changes if _runs_for_a_test(module, function)]
            if changing and not _is_fresh(module, state, changing):
                message = f"`{state.name}` is changed by `{changing[0].name}` and stays so for other tests"
                yield finding(self, module, state.statement, message, _outcome(module, state, context))
        for place, what in _resets(module):
            message = f"set-up code empties `{what}`: all tests and users share it"
            yield finding(self, module, place, message, put_back(module, place, context))


def _runs_for_a_test(module: ModuleFacts, function: Function) -> bool:
    return module.pytest.is_collected(function) or is_set_up(module, function)


def _is_fresh(module: ModuleFacts, state: State, changing: list[Function]) -> bool:
    """Tell whether every test finds it as it was: the set-up empties it, or all who change it do."""
    if state.owner is None and (is_renewed(module, state) or _is_put_back(module, state)):
        return True
    emptying = {function for function, use in state.changes if empties(module, use)}
    return any(is_set_up(module, function) for function in emptying) or set(changing) <= emptying


def _is_put_back(module: ModuleFacts, state: State) -> bool:
    """Tell whether each function that binds the name anew keeps what it held, and binds that again after."""
    by_function: dict[Function, set[str]] = {}
    for function, use in state.changes:
        statement = module.nodes.parent(use)
        if not isinstance(statement, ast.Assign) or not is_set_up(module, function):
            return False
        by_function.setdefault(function, set()).add(module.text(statement.value))
    return all(_keeps(function, state.name, values) for function, values in by_function.items())


def _keeps(function: Function, name: str, values: set[str]) -> bool:
    """Tell whether a function gives what the name held to one of the names that it binds to it later."""
    return any(
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        and any(isinstance(target, ast.Name) and target.id in values for target in node.targets)
        for node in walk(function)
    )


def _outcome(module: ModuleFacts, state: State, context: RuleContext) -> Fix | Refusal:
    if state.owner is not None:
        return Refusal(Reason.ESCAPES, "all tests of the class may use it")
    alone = made_local(module, state, context)
    return (renewed(module, state, context) or alone) if isinstance(alone, Refusal) else alone


def _resets(module: ModuleFacts) -> Iterator[tuple[ast.Attribute, str]]:
    """Give the places in set-up code where private state of an imported class is emptied."""
    for node in module.of(ast.Attribute):
        if (
            not node.attr.startswith("_")
            or node.attr.startswith("__")
            or not isinstance(node.value, ast.Name)
        ):
            continue
        if not _is_emptied(module, node):
            continue
        function = outermost(module, node)
        origin = module.resolve(node.value)
        known = origin is not None and not (origin.local or origin.made or origin.is_double)
        known = known and _names_class(module, node.value, origin)
        if known and function is not None and is_set_up(module, function) and not _is_refilled(module, node):
            yield node, module.text(node)


def _names_class(module: ModuleFacts, node: ast.Name, origin: Origin | None) -> bool:
    """Tell whether a name is spelled as a class is, or given at module level to what is spelled so."""
    if node.id[:1].isupper():
        return True
    found = module.resolver.binding_candidates(node.id, node)
    named = origin is not None and origin.dotted.rpartition(".")[2][:1].isupper()
    named = named and node.id not in ("self", "cls")
    return named and found is not None and found[0] is module.tree and all(map(_gives_name, found[1]))


def _gives_name(binding: Binding) -> bool:
    """Tell whether an import or an assignment gives something else this name."""
    match binding.node:
        case ast.Assign(targets=targets):
            return all(isinstance(target, ast.Name) for target in targets)
        case ast.Import() | ast.ImportFrom() | ast.AnnAssign(simple=1):
            return True
    return False


def _is_refilled(module: ModuleFacts, node: ast.Attribute) -> bool:
    """Tell whether the same function puts back what was there: it empties in order to restore."""
    text, function = module.text(node), module.function(node)
    return function is not None and any(
        isinstance(call, ast.Call) and module.text(call.func) == f"{text}.update" for call in walk(function)
    )


def _is_emptied(module: ModuleFacts, node: ast.Attribute) -> bool:
    parent = module.nodes.parent(node)
    if isinstance(parent, ast.Attribute) and parent.attr == "clear":
        return isinstance(module.nodes.parent(parent), ast.Call)
    if isinstance(parent, ast.Assign) and node in parent.targets:
        value = parent.value
        empty = isinstance(value, (ast.Dict, ast.List)) and not ast.unparse(value).strip("[]{}")
        return empty or (isinstance(value, ast.Constant) and value.value is None)
    return False
