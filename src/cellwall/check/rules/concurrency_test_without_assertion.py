"""CW803: a test that runs things at the same time and asserts nothing about them."""

import ast
import re
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.called_names import calls_of
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gaps import TEST, any_word
from cellwall.check.gate import IN_TESTS, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function, walk
from cellwall.check.own_nodes import own
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.silent_test_gate import may_have_silent_test


@final
class ConcurrencyTestWithoutAssertion:
    """A test that runs things at the same time and asserts nothing.

    What it does:
        Finds tests with `asyncio.gather`, a task group, threads or an executor in which nothing is
        asserted: no `assert`, no `raises`, no call whose name asserts, checks, verifies or expects, no
        result that is given on.

    Why it leaks:
        Whatever the tasks mix up, the test passes.

    Example:
        async def test_many(client):
            await asyncio.gather(*(client.get("/me") for _ in range(10)))

    Use instead:
        async def test_many(clients):
            found = await asyncio.gather(*(client.get("/me") for client in clients))
            assert [one.json()["id"] for one in found] == [client.id for client in clients]

    Fix safety:
        Never repaired: what is right is the test's matter.
    """

    name: ClassVar[str] = "concurrency-test-without-assertion"
    code: ClassVar[str] = "CW803"
    family: ClassVar[Family] = Family.TESTS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import asyncio\n\n\nasync def test_many(client):\n"
            "    found = await asyncio.gather(client.get(), client.get())\n"
            "    assert len(found) == 2\n"
        ),
        Example("def test_one(client):\n    client.get()\n"),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import asyncio\n\n\nasync def test_many(client):\n"
            "    await asyncio.gather(client.get(), client.get())\n"
        ),
        Example(
            "from threading import Thread\n\n\ndef test_many(client):\n"
            "    workers = [Thread(target=client.get) for _ in range(3)]\n"
            "    for worker in workers:\n        worker.start()\n    for worker in workers:\n"
            "        worker.join()\n"
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what runs things at the same time."""
        return (
            IN_TESTS
            & Gate.any_of(b"gather", b"TaskGroup", b"Thread", b"task_group", b"open_nursery")
            & Gate.any_of(any_word(*_STARTERS))
            & Gate.any_of(may_have_silent_test)
            & Gate.any_of(*TEST)
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each such test, where it starts the first of them."""
        if not module.is_test:
            return
        starting = {module.function(call) for call in calls_of(module, _AT_ONCE)}
        for function in module.nodes.functions() if starting else ():
            if function not in starting or not module.pytest.is_collected(function):
                continue
            started = next(
                (
                    c
                    for c in own(module, function, ast.Call)
                    if module.matches(c.func, _AT_ONCE) and not _is_one_worker(c)
                ),
                None,
            )
            if started is not None and not _asserts(function) and not _runs_asserting(module, function):
                yield finding(
                    self, module, started, f"`{function.name}` asserts nothing about what runs at once"
                )


_AT_ONCE: Final = (
    "asyncio.gather",
    "asyncio.TaskGroup",
    "anyio.create_task_group",
    "threading.Thread",
    "concurrent.futures.ThreadPoolExecutor",
    "trio.open_nursery",
)
_STARTERS: Final = tuple(sorted(name.rpartition(".")[2].encode() for name in _AT_ONCE))
_ASSERTING: Final = deferred(
    r"assert|raises|warns|check|verify|expect|ensure|fail|should|validate|must|until|wait_for|compare|has_calls|called",
    re.IGNORECASE,
)


def _asserts(function: Function) -> bool:
    for node in walk(function):
        if isinstance(node, (ast.Assert, ast.Raise)):
            return True
        if isinstance(node, ast.Call) and _ASSERTING.search(spelled(node.func)):
            return True
    return any(_ASSERTING.search(ast.unparse(decorator)) for decorator in function.decorator_list)


def _is_one_worker(call: ast.Call) -> bool:
    """Tell whether a pool has one worker, which runs one thing after the other."""
    workers = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "max_workers")]
    return any(isinstance(value, ast.Constant) and value.value == 1 for value in workers)


def _runs_asserting(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a test uses a function or class of its module that asserts: what runs checks itself."""
    used = {node.id for node in walk(function) if isinstance(node, ast.Name)}
    return any(
        isinstance(node, ast.Assert)
        for defined in module.tree.body
        if isinstance(defined, (*FUNCTIONS, ast.ClassDef)) and defined.name in used
        for node in walk(defined)
    )
