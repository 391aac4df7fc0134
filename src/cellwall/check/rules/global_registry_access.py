"""CW101: an agent or a tool that is taken from a registry that all users share."""

import ast
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final, final

from cellwall.check.call_arguments import name_and_rest
from cellwall.check.call_gate import uses_one_of
from cellwall.check.edit import Fix, Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import parameter_names
from cellwall.check.gate import Gate
from cellwall.check.legacy_names import replaced_names
from cellwall.check.member_uses import adapt_uses
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.on_purpose import patch_targets, shown_on_purpose
from cellwall.check.origin import last_names, matches, snake_case
from cellwall.check.own_registry import is_own_registry, was_given
from cellwall.check.reason import Reason
from cellwall.check.replacement import replace_by_role
from cellwall.check.rule import Example, Refusal, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings

_ROLES: Final = ("agent_factory", "tool_factory")
_LISTED: Final = frozenset({Reason.LOCAL_DOUBLE, Reason.ON_PURPOSE})
_AGENT: Final = "from app.agents import AgentRegistry\n\n\n"


@final
class GlobalRegistryAccess:
    """An agent or a tool that is taken from a registry that all users share.

    What it does:
        Finds calls such as `AgentRegistry.get_agent("x")` and `ToolRegistry.get_tool("x")` (the names that
        the roles `agent_factory` and `tool_factory` replace), on the class and through an instance: a
        module's `agent_registry`, `self.agent_registry`, a fixture, an imported instance. A mock is no
        finding, nor is a registry that a test made and filled itself to test the registry.

    Why it leaks:
        The registry hands the same object to every user. What one request leaves on it (state, history, event
        channels) is there when the next user's request gets it.

    Example:
        agent = AgentRegistry.get_agent("triage")

    Use instead:
        agent = agent_instance_factory.create_agent("triage", user_context)

    Fix safety:
        Safe in tests: the role says what makes the object, and its members are checked against the attributes
        that the code uses. Where the replacement is awaited, the test becomes async. Application code is
        repaired only where the function has the user's context as a parameter.
    """

    name: ClassVar[str] = "global-registry-access"
    code: ClassVar[str] = "CW101"
    family: ClassVar[Family] = Family.PLANS
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = Safety.SAFE

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from unittest.mock import Mock\n\n\n"
            'def test_run():\n    agent_registry = Mock()\n    agent_registry.get_agent("x")\n'
        ),
        Example(
            "from app.tools import ToolRegistry\n\n\ndef test_get(tool):\n    registry = ToolRegistry()\n"
            '    registry.register_tool(tool)\n    assert registry.get_tool("x") is tool\n'
        ),
        Example(
            'class Shop:\n    def get_agent(self, name):\n        return name\n\n\nShop().get_agent("x")\n'
        ),
        Example(
            "class ToolRegistry:\n    def get_tool(self, name):\n        return self._tools[name]\n\n"
            "    def run(self, name, context):\n        return self.get_tool(name).run(context)\n",
            path="app/tools.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            _AGENT
            + 'def test_run(user_context):\n    agent = AgentRegistry.get_agent("x")\n    agent.run()\n',
            "from app.agents import AgentRegistry\nfrom cellwall import agent_instance_factory\n\n\n"
            "def test_run(user_context):\n"
            '    agent = agent_instance_factory.create_agent("x", user_context)\n    agent.run()\n',
        ),
        Example(
            "from app.agents import agent_registry\n\n\n"
            'def test_run(user_context):\n    agent_registry.get_agent("x").run()\n',
            "from app.agents import agent_registry\nfrom cellwall import agent_instance_factory\n\n\n"
            "def test_run(user_context):\n"
            '    agent_instance_factory.create_agent("x", user_context).run()\n',
        ),
        Example(_AGENT + 'AGENT = AgentRegistry.get_agent("x")\n'),
        Example(
            "from app.tools import ToolRegistry\n\n\ndef handle(name):\n"
            "    return ToolRegistry.get_tool(name)\n",
            path="app/handlers.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the names of the methods that the roles replace."""
        return uses_one_of(name for role in _ROLES for name in replaced_names(settings, role))

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each access, and for each patch of one."""
        for role in _ROLES:
            patterns = replaced_names(context.settings, role)
            methods = last_names(patterns)
            for attribute in module.of(ast.Attribute):
                if attribute.attr in methods and isinstance(attribute.ctx, ast.Load):
                    yield from self._access(module, attribute, role, patterns, context)
            for name in module.of(ast.Name):
                if name.id in methods and isinstance(name.ctx, ast.Load):
                    yield from self._access(module, name, role, patterns, context)
            yield from self._patched(module, patterns)

    def _access(
        self,
        module: ModuleFacts,
        node: ast.Attribute | ast.Name,
        role: str,
        patterns: tuple[str, ...],
        context: RuleContext,
    ) -> Iterator[Finding]:
        outcome = _outcome(module, node, role, patterns, context)
        if outcome is None:
            return
        spelled = module.text(node) if "\n" not in module.text(node) else patterns[0]
        message = f"`{spelled}` gives an object that all users share; make one for the user's context"
        listed = isinstance(outcome, Refusal) and outcome.reason in _LISTED
        call = module.nodes.parent(node)
        place = call if isinstance(call, ast.Call) and call.func is node else node
        severity = Severity.WARNING if listed else _severity(module, node)
        yield finding(self, module, place, message, outcome, severity=severity)

    def _patched(self, module: ModuleFacts, patterns: tuple[str, ...]) -> Iterator[Finding]:
        for string, pattern in patch_targets(module, patterns):
            message = f"`{pattern}` is patched by its name; an object made for a context escapes the patch"
            yield finding(
                self, module, string, message, Refusal(Reason.PATCH_STRING), severity=Severity.WARNING
            )


def _is_itself(module: ModuleFacts, receiver: ast.expr) -> bool:
    """Tell whether a registry of the service asks itself, in one of its own methods."""
    return not module.is_test and isinstance(receiver, ast.Name) and receiver.id in ("self", "cls")


def _severity(module: ModuleFacts, node: ast.Attribute | ast.Name) -> Severity | None:
    """Lower the severity where an object of the service was given the registry: whose it is is not seen."""
    match node:
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id="self"), attr=kept)) if not module.is_test:
            function = module.function(node)
            cls = module.nodes.owner(function) if function is not None else None
            values = module.resolver.attribute_values(cls, kept) if cls is not None else []
            if values and all(_is_given(module, value) for value in values):
                return Severity.INFO
    return None


def _is_given(module: ModuleFacts, value: ast.expr) -> bool:
    """Tell whether a value is a parameter of the function in which it is kept."""
    function = module.function(value)
    given = parameter_names(function) if function is not None else []
    return isinstance(value, ast.Name) and value.id in given


def _outcome(
    module: ModuleFacts,
    node: ast.Attribute | ast.Name,
    role_name: str,
    patterns: tuple[str, ...],
    context: RuleContext,
) -> Fix | Refusal | None:
    """Decide about one use of a replaced name: None when it is no access to a shared registry."""
    origin = module.resolve(node)
    receiver = node.value if isinstance(node, ast.Attribute) else None
    call = module.nodes.parent(node)
    called = isinstance(call, ast.Call) and call.func is node
    if origin is None:
        looks = receiver is not None and called and _looks_like_registry(receiver, patterns)
        return (
            Refusal(Reason.ESCAPES, f"what `{module.text(receiver)}` is cannot be seen here")
            if (looks and receiver is not None)
            else None
        )
    if origin.is_double or not matches(module.project.names(origin.dotted), patterns):
        return None
    if receiver is not None and (is_own_registry(module, receiver) or _is_itself(module, receiver)):
        return None
    if origin.local and module.is_test:
        return Refusal(Reason.LOCAL_DOUBLE)
    purpose = shown_on_purpose(module, node)
    if purpose is not None:
        return Refusal(Reason.ON_PURPOSE, purpose)
    if not isinstance(call, ast.Call) or not called:
        return Refusal(Reason.UNKNOWN_SHAPE, "the method is passed on, not called")
    setter = was_given(module, receiver) if receiver is not None else ""
    if setter:
        return Refusal(
            Reason.ESCAPES,
            f"the registry is the test's own, and `{setter}` ties it to other things of the test",
        )
    return _repair(module, call, receiver, role_name, context)


def _repair(
    module: ModuleFacts, call: ast.Call, receiver: ast.expr | None, role_name: str, context: RuleContext
) -> Fix | Refusal:
    role = context.settings.roles.get(role_name)
    if role is None:
        return Refusal(Reason.NO_ROLE, role_name)
    arguments = name_and_rest(module, call)
    if arguments is None:
        return Refusal(Reason.ARGUMENTS, "the name that is asked for cannot be seen")
    fix = replace_by_role(
        module,
        call,
        role_name,
        context,
        name=arguments[0],
        arguments=arguments[1],
        old=module.text(receiver) if receiver is not None else "",
        pattern=role_name.replace("_", " "),
    )
    if isinstance(fix, Refusal):
        return fix
    adaptation = adapt_uses(module, call, role, context)
    if isinstance(adaptation, Refusal):
        return adaptation
    return fix._replace(
        edits=tuple(dict.fromkeys((*fix.edits, *adaptation.edits))),
        imports=tuple(dict.fromkeys((*fix.imports, *adaptation.imports))),
    )


def _looks_like_registry(receiver: ast.expr, patterns: tuple[str, ...]) -> bool:
    """Tell whether something of unknown origin bears the usual name of an instance: `agent_registry`."""
    last = receiver.attr if isinstance(receiver, ast.Attribute) else getattr(receiver, "id", "")
    owners = [pattern.split(".")[-2] for pattern in patterns if "." in pattern]
    return any(last.lstrip("_") in (owner, snake_case(owner)) for owner in owners)
