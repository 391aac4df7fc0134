"""CW802: a test that is named after isolation and has one user only."""

import ast
import re
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import (
    parameter_names,
)
from cellwall.check.gaps import GAP
from cellwall.check.gate import IN_TESTS, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.own_nodes import own, own_nodes
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.telling_names import (
    names_identity,
)


@final
class IsolationTestWithOneUser:
    """A test that is named after the isolation of users and has one user only.

    What it does:
        Finds tests whose name speaks of isolation between users, tenants, sessions or requests
        (`test_user_isolation`, `test_cross_tenant_access`) and in whose body at most one user, session
        or context is named, no loop, list or function makes more, and no two numbers are given that may
        be the ids of two.

    Why it leaks:
        With one user there is nobody whose data could be seen. The test passes whatever the service
        mixes up.

    Example:
        def test_user_isolation(client):
            client.post("/notes", user="ann")
            assert client.get("/notes", user="ann").json()

    Use instead:
        def test_user_isolation(client):
            client.post("/notes", user="ann")
            assert client.get("/notes", user="ben").json() == []

    Fix safety:
        Never repaired: what the second user must not see is the test's matter.
    """

    name: ClassVar[str] = "isolation-test-with-one-user"
    code: ClassVar[str] = "CW802"
    family: ClassVar[Family] = Family.TESTS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "def test_user_isolation(client):\n    client.post('/notes', user='ann')\n"
            "    assert client.get('/notes', user='ben') == []\n"
        ),
        Example(
            "def test_transaction_isolation(db):\n    db.begin()\n    assert db.level == 'serializable'\n"
        ),
        Example("def test_user_isolation(alice, bob):\n    assert alice.notes() != bob.notes()\n"),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "async def test_user_isolation(client):\n"
            "    answer = await client.get('/notes', headers={'x-user': 'alice'})\n"
            "    assert answer.status_code == 200\n"
        ),
        Example(
            "def test_user_isolation(client):\n    client.post('/notes', user='ann')\n"
            "    assert client.get('/notes', user='ann')\n"
        ),
        Example(
            "async def test_sessions_are_isolated_between_users(session):\n    session.put('a', 1)\n"
            "    assert session.get('a') == 1\n"
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the words of such a name."""
        return IN_TESTS & Gate.any_of(b"isolat", b"cross_") & Gate.any_of(_SPELLED)

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each such test, at its first statement."""
        if not module.is_test:
            return
        for function in module.nodes.functions():
            if not _NAMED.search(function.name) or not module.pytest.is_collected(function):
                continue
            if (
                all(isinstance(statement, (ast.Pass, ast.Expr)) for statement in function.body[:1])
                and len(function.body) == 1
            ):
                continue
            if _speaks_of_another(module, function):
                continue
            if len(_users(module, function)) < 2 and not _makes_many(module, function):
                message = f"`{function.name}` has one user: there is nobody whose data could be seen"
                yield finding(self, module, function.body[0], message)


_WHO: Final = r"(user|tenant|session|request|customer|account|org|workspace|client)s?"
_NAMED: Final = deferred(
    rf"^test_.*({_WHO}_(are_|is_|data_)?isolat|isolat\w*_(between|of|per|by|across)_\w*{_WHO}|(?<![a-z])cross_(?!account){_WHO})"
)
_NAME: Final = (
    rb"test_[\w\x80-\xff]*(?:WHO_(?:are_|is_|data_)?isolat|"
    rb"isolat[\w\x80-\xff]*_(?:between|of|per|by|across)_[\w\x80-\xff]*WHO|cross_WHO)"
)
_SPELLED: Final = deferred(rb"def" + GAP + _NAME.replace(b"WHO", _WHO.encode()))
_PERSON: Final = deferred(
    r"(^|_)(alice|bob|ann|ben|carol|eve|mallory|user|tenant|owner|session|client|request|ctx|context|account|org|a|b|"
    r"first|second|other|another|attacker|victim|workspace|principal)(_?\w{0,3})?$",
    re.IGNORECASE,
)
_ANOTHER: Final = deferred(
    r"(^|_)(other|another|second|foreign|wrong|victim|attacker|stranger|intruder|outsider|b|2)s?(_|$)",
    re.IGNORECASE,
)


def _speaks_of_another(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a test names somebody else, has something refused, or gives two numbers for users."""
    numbers: set[int] = set()
    for node in own_nodes(module, function):
        match node:
            case ast.Constant(value=int(number)) if not isinstance(number, bool) and _may_be_id(module, node):
                numbers.add(number)
            case ast.Name(id=name) | ast.keyword(arg=str(name)) if _ANOTHER.search(name):
                return True
            case ast.Attribute(attr="raises") | ast.Constant(value=401 | 403 | 404):
                return True
    return len(numbers) > 1


def _may_be_id(module: ModuleFacts, node: ast.Constant) -> bool:
    """Tell whether a number is given to something or kept: not compared, counted with, or a time to wait."""
    match module.nodes.parent(node):
        case ast.Call(func=func):
            return spelled(func).rpartition(".")[2] not in ("sleep", "range", "round", "wait")
        case ast.keyword(arg=name):
            return not _MEASURE.search(name or "")
        case ast.Assign() | ast.Tuple() | ast.List() | ast.Set() | ast.Dict():
            return True
    return False


_MEASURE: Final = deferred(
    r"timeout|limit|size|count|delay|seconds|page|offset|status|port|max|min", re.IGNORECASE
)


def _users(module: ModuleFacts, function: Function) -> set[str]:
    """Give what stands for different users: names of variables and parameters, or texts."""
    found = {name for name in parameter_names(function) if _PERSON.search(name)}
    for node in own_nodes(module, function):
        match node:
            case ast.Name(id=name) if _PERSON.search(name):
                found.add(name)
            case ast.keyword(arg=str(name), value=ast.Constant(value=value)) if names_identity(name):
                found.add(f"={value!r}")
            case ast.Constant(value=str(text)) if _TEXT.search(text) and not _is_key(module, node):
                found.add(f"={text!r}")
            case ast.Attribute(attr=name) if _PERSON.search(name) and spelled(node.value) == "self":
                found.add(name)
    names = {name for name in found if not name.startswith("=")}
    texts = found - names
    return names if len(names) > len(texts) else texts


def _is_key(module: ModuleFacts, node: ast.Constant) -> bool:
    """Tell whether a text is a key of a dictionary: a header's or field's name, not a user's."""
    around = module.nodes.parent(node)
    return isinstance(around, ast.Dict) and node in around.keys


_TEXT: Final = deferred(r"user|tenant|alice|bob|org[-_]|session|account|workspace|@", re.IGNORECASE)


def _makes_many(module: ModuleFacts, function: Function) -> bool:
    many = (
        ast.For,
        ast.AsyncFor,
        ast.ListComp,
        ast.GeneratorExp,
        ast.DictComp,
        ast.SetComp,
        ast.FunctionDef,
        ast.AsyncFunctionDef,
    )
    if any(isinstance(node, many) for node in own_nodes(module, function)):
        return True
    if any(
        isinstance(n, ast.Attribute) and n.attr in ("gather", "parametrize")
        for n in own_nodes(module, function)
    ):
        return True
    calls = [spelled(c.func) for c in own(module, function, ast.Call)]
    return any("parametrize" in ast.unparse(d) for d in function.decorator_list) or any(
        calls.count(name) > 1 and _MAKING.search(name) for name in calls
    )


_MAKING: Final = deferred(
    r"(make|create|new|build|login|connect|register|context|session|client|user)", re.IGNORECASE
)
