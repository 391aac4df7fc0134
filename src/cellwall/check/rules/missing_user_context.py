"""CW108: a role that is reached without the user's context that it takes."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.context_supply import is_context, supply_context
from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_TESTS, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.on_purpose import shown_on_purpose
from cellwall.check.reason import Reason
from cellwall.check.replacement import may_edit
from cellwall.check.role_call import Slot, calls_of_role, slot_of
from cellwall.check.rule import Example, Refusal, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.project.roles import Role

_ROLES: Final = ("agent_factory", "tool_factory", "dispatcher", "session", "track")
_HEAD: Final = "from cellwall import agent_instance_factory\n\n\n"


@final
class MissingUserContext:
    """A role that is reached without the user's context that it takes.

    What it does:
        Finds calls in tests and fixtures that are spelled as the project's role spells them (a factory, a
        session, ...) and leave out the context that the role's expression has. A function with several of
        them is no finding: each may stand for a request of its own, which is what such tests compare. Nor is
        the runtime's own session, which takes a request without a context for its own owner.

    Why it leaks:
        What is made for nobody belongs to everybody: a factory that gets no context falls back to a default
        that all requests share.

    Example:
        agent = agent_instance_factory.create_agent("triage")

    Use instead:
        agent = agent_instance_factory.create_agent("triage", user_context)

    Fix safety:
        Safe in tests where the context is the last argument: it comes from a name in sight, the fixture
        `user_context`, or is made at the start of the test. Other shapes are listed.
    """

    name: ClassVar[str] = "missing-user-context"
    code: ClassVar[str] = "CW108"
    family: ClassVar[Family] = Family.PLANS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = Safety.SAFE

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            _HEAD + "def test_run(user_context):\n"
            '    agent_instance_factory.create_agent("x", user_context).run()\n'
        ),
        Example(
            _HEAD + "def test_two():\n    first = agent_instance_factory.create_agent('x')\n"
            "    assert first is not agent_instance_factory.create_agent('x')\n"
        ),
        Example("from cellwall import create_request_session\n\n\nasync def test_run():\n"
                "    async with create_request_session() as session:\n        assert session\n"),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            _HEAD + 'def test_run(user_context):\n    agent_instance_factory.create_agent("x").run()\n',
            _HEAD + "def test_run(user_context):\n"
            '    agent_instance_factory.create_agent("x", user_context).run()\n',
        ),
        Example(_HEAD + "def test_run():\n    agent_instance_factory.create_agent(name='x').run()\n"),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the last parts of what the roles call."""
        return IN_TESTS & Gate.any_of(
            *(slot.head.rpartition(".")[2].encode() for _, slot in _slots(settings))
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each function whose one call of a role has no context."""
        if not module.is_test:
            return
        for role, slot in _slots(context.settings):
            by_function: dict[Function, list[ast.Call]] = {}
            for call in calls_of_role(module, role, slot.head):
                function = module.function(call)
                if function is not None and _is_roles_own(module, call, role):
                    by_function.setdefault(function, []).append(call)
            for function, calls in by_function.items():
                if (
                    len(calls) == 1
                    and module.pytest.injects(function)
                    and _lacks(module, calls[0], slot, context)
                ):
                    message = f"`{slot.head}` is called without the user's context that it takes"
                    yield finding(self, module, calls[0], message, _outcome(module, calls[0], slot, context))


def _slots(settings: CheckSettings) -> list[tuple[Role, Slot]]:
    found = [(role, slot_of(role, "context")) for role in map(settings.roles.get, _ROLES)]
    return [(r, s) for r, s in found if r and s and not (r.name == "session" and r.line == 0)]


def _is_roles_own(module: ModuleFacts, call: ast.Call, role: Role) -> bool:
    """Tell whether a call of the role is of what it imports, not of something else of the same name.

    What the role itself replaces is the finding of another rule.
    """
    origin = module.resolve(call.func)
    if origin is None or origin.local or origin.is_double:
        return False
    return module.matches(call.func, role.replaces) is None


def _lacks(module: ModuleFacts, call: ast.Call, slot: Slot, context: RuleContext) -> bool:
    every = (*call.args, *(keyword.value for keyword in call.keywords))
    spread = any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords)
    given = slot.given(call) is not None or any(is_context(module, value, context) for value in every)
    named = any("context" in (keyword.arg or "") for keyword in call.keywords)
    given = given or bool(slot.keyword and call.args)  # one of them may be the context by its place
    return not (spread or given or named) and shown_on_purpose(module, call) is None


def _outcome(module: ModuleFacts, call: ast.Call, slot: Slot, context: RuleContext) -> Fix | Refusal:
    refusal = may_edit(module, call, context)
    if refusal is not None:
        return refusal
    fits = len(call.args) == slot.place and not call.keywords
    if not (fits or slot.keyword) or module.source[: module.span(call)[1]].rstrip()[-1:] != b")":
        return Refusal(Reason.ARGUMENTS, "the context is not the last argument here")
    last = call.keywords[-1].value if call.keywords else call.args[-1] if call.args else None
    start = module.span(last)[1] if last is not None else module.span(call.func)[1]
    between = module.source[start : module.span(call)[1] - 1]
    if between.strip() not in (b"", b"("):
        return Refusal(Reason.ARGUMENTS, "something else stands behind the last argument")
    supply = supply_context(module, call, context)
    if isinstance(supply, Refusal):
        return supply
    text = f"{slot.keyword}={supply.expression}" if slot.keyword else supply.expression
    at = module.span(call)[1] - 1
    edit = Edit(at, at, f"{', ' if last is not None else ''}{text}".encode())
    return Fix((*supply.edits, edit), Safety.SAFE, supply.imports, "user context")
