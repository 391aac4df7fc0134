"""CW804: one user id, written out, that many tests of a module write data for."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_TESTS, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings


@final
class UserIdSharedByTests:
    """One user id, written out, that many tests of a module use.

    What it does:
        Finds a text that is given as `user_id` (or `tenant_id`, `owner_id`) in three or more tests of
        one module, which no test gives together with another user's.

    Why it leaks:
        Tests that run at the same time, or leave something behind, meet in this user. And no test of
        the module would notice that users are mixed up.

    Example:
        def test_add(store):
            store.add(user_id="user-1", text="a")

        def test_list(store):
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
        Example(
            "def test_a(store):\n    store.add(user_id='u1')\n\n\ndef test_b(store):\n"
            "    store.add(user_id='u2')\n"
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "def test_a(store):\n    store.add(user_id='u1')\n\n\ndef test_b(store):\n"
            "    store.get(user_id='u1')\n\n\n"
            "def test_c(store):\n    store.list(user_id='u1')\n"
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the names of such arguments."""
        return IN_TESTS & Gate.any_of(
            b"user_id=", b"tenant_id=", b"owner_id=", b"user_id =", b"tenant_id =", b"owner_id ="
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each such text, at its first place."""
        if not module.is_test:
            return
        places: dict[str, dict[Function, ast.Constant]] = {}
        for keyword in module.of(ast.keyword):
            if keyword.arg not in _IDS or not isinstance(keyword.value, ast.Constant):
                continue
            function = module.function(keyword)
            if (
                isinstance(keyword.value.value, str)
                and function is not None
                and module.pytest.is_collected(function)
            ):
                places.setdefault(keyword.value.value, {}).setdefault(function, keyword.value)
        for text, tests in places.items():
            mixed = any(other != text and tests.keys() & others.keys() for other, others in places.items())
            if len(tests) >= _MANY and not mixed:
                first = min(tests.values(), key=lambda node: (node.lineno, node.col_offset))
                yield finding(
                    self, module, first, f"{len(tests)} tests of this module share the user {text!r}"
                )


_IDS: Final = ("user_id", "tenant_id", "owner_id")
_MANY: Final = 3
