"""CW102: a tool dispatcher that is built without a user's context."""

import ast
from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import ClassVar, Final, final

from cellwall.check.argument_fit import misfit
from cellwall.check.call_arguments import arguments_text
from cellwall.check.call_gate import calls_one_of
from cellwall.check.called_names import calls_of
from cellwall.check.context_supply import is_context
from cellwall.check.edit import Fix, Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import Gate
from cellwall.check.legacy_names import replaced_names
from cellwall.check.member_uses import adapt_uses
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.on_purpose import patch_targets, shown_on_purpose
from cellwall.check.reason import Reason
from cellwall.check.replacement import replace_by_role
from cellwall.check.resolver import is_own_attribute
from cellwall.check.rule import Example, Refusal, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.project.roles import Role, Roles

_OF_A_SPELLING: Final = frozenset({Reason.ARGUMENTS, Reason.MEMBER_MISSING, Reason.SYNC_CALLER})
_CONTEXT_KEYWORDS: Final = frozenset({"context", "user_context", "execution_context", "request_context"})


@final
class DispatcherWithoutContext:
    """A tool dispatcher that is built without a user's context.

    What it does:
        Finds `ToolDispatcher(...)` (the names that the role `dispatcher` replaces) with no context among the
        arguments. A subclass, a mock, and a class of the same name that the test defines are not findings.

    Why it leaks:
        A dispatcher without a context does not know for whom a tool runs. Its registry, history and event
        channel serve every user, so that one user's tools, results and events reach another.

    Example:
        dispatcher = ToolDispatcher()

    Use instead:
        dispatcher = ToolDispatcherFactory.create_for_user(user_context)

    Fix safety:
        Safe in tests: the role says which dispatcher takes the place, and its members are checked against the
        attributes that the code uses; where the role has other spellings, the first that fits is written.
        An argument that no dispatcher takes any more is left out where the role says so (`drops`).
        Where the replacement is awaited, or needs a running loop, the test becomes async. Application code
        is repaired only where the function has the user's context as a parameter.
    """

    name: ClassVar[str] = "dispatcher-without-context"
    code: ClassVar[str] = "CW102"
    family: ClassVar[Family] = Family.PLANS
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = Safety.SAFE

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from app.tools import ToolDispatcher\n\n\n"
            "def test_run(user_context):\n    ToolDispatcher(user_context).run()\n"
        ),
        Example(
            "from app.tools import ToolDispatcher\n\n\n"
            "def test_run(one):\n    ToolDispatcher(tools=[], context=one).run()\n"
        ),
        Example(
            "from unittest.mock import Mock\nfrom app.tools import ToolDispatcher\n\n\n"
            "def test_run():\n    Mock(spec=ToolDispatcher).run()\n"
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from app.tools import ToolDispatcher\n\n\n"
            "def test_run(user_context):\n    dispatcher = ToolDispatcher()\n    dispatcher.run()\n",
            "from app.tools import ToolDispatcher\nfrom cellwall import ToolDispatcherFactory\n\n\n"
            "def test_run(user_context):\n"
            "    dispatcher = ToolDispatcherFactory.create_for_user(user_context)\n    dispatcher.run()\n",
        ),
        Example("from app.tools import ToolDispatcher\n\ndispatcher = ToolDispatcher()\n"),
        Example(
            "from app.tools import ToolDispatcher\n\n\ndef handle(tools):\n"
            "    return ToolDispatcher(tools)\n",
            path="app/handlers.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the names of the dispatchers that the role replaces."""
        return calls_one_of(replaced_names(settings, "dispatcher"), in_texts=True)

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each dispatcher that is built without a context."""
        patterns = replaced_names(context.settings, "dispatcher")
        for call in calls_of(module, patterns):
            pattern = module.matches(call.func, patterns)
            if pattern is not None and not _has_context(module, call, context):
                last = pattern.rpartition(".")[2]
                message = (
                    f"`{last}` is built without a user's context: its tools and results serve every user"
                )
                outcome = _outcome(module, call, context)
                listed = isinstance(outcome, Refusal) and outcome.reason in (
                    Reason.LOCAL_DOUBLE,
                    Reason.ON_PURPOSE,
                )
                yield finding(
                    self, module, call, message, outcome, severity=Severity.WARNING if listed else None
                )
        yield from self._patched(module, patterns)

    def _patched(self, module: ModuleFacts, patterns: tuple[str, ...]) -> Iterator[Finding]:
        for string, pattern in patch_targets(module, patterns):
            message = (
                f"`{pattern}` is patched by its name; code that makes its own dispatcher escapes the patch"
            )
            yield finding(
                self, module, string, message, Refusal(Reason.PATCH_STRING), severity=Severity.WARNING
            )


def _has_context(module: ModuleFacts, call: ast.Call, context: RuleContext) -> bool:
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg in _CONTEXT_KEYWORDS:
            return True  # `**options` may hold one; a human wrote what cannot be seen
        if is_context(module, keyword.value, context):
            return True
    return any(is_context(module, argument, context) for argument in call.args)


def _outcome(module: ModuleFacts, call: ast.Call, context: RuleContext) -> Fix | Refusal:
    origin = module.resolve(call.func)
    if origin is not None and origin.local and module.is_test:
        return Refusal(Reason.LOCAL_DOUBLE)
    purpose = shown_on_purpose(module, call)
    if purpose is not None:
        return Refusal(Reason.ON_PURPOSE, purpose)
    kept = _kept_on(module, call)
    if kept:
        return Refusal(Reason.ESCAPES, f"it is kept on `{kept}`, where more than one user may meet it")
    role = context.settings.roles.get("dispatcher")
    if role is None:
        return Refusal(Reason.NO_ROLE, "dispatcher")
    outcomes = (_spelled(module, call, spelling, context) for spelling in role.spellings)
    first = next(outcomes)
    if not isinstance(first, Refusal) or first.reason not in _OF_A_SPELLING:
        return first
    return next((other for other in outcomes if not isinstance(other, Refusal)), first)


def _kept_on(module: ModuleFacts, call: ast.Call) -> str:
    """Give the object that keeps the dispatcher where that is not `self`: an application, say."""
    parent = module.nodes.parent(call)
    target = parent.targets[0] if isinstance(parent, ast.Assign) else None
    if not isinstance(target, ast.Attribute) or is_own_attribute(target, target.attr):
        return ""
    return module.text(target.value)


def _spelled(module: ModuleFacts, call: ast.Call, role: Role, context: RuleContext) -> Fix | Refusal:
    """Give the repair by one spelling of the role."""
    unfit = misfit(call, role)
    if unfit is not None:
        return Refusal(Reason.ARGUMENTS, unfit)
    roles = Roles(MappingProxyType({**context.settings.roles.by_name, role.name: role}))
    fix = replace_by_role(
        module,
        call,
        role.name,
        context._replace(settings=context.settings._replace(roles=roles)),
        arguments=arguments_text(module, call, role.drops),
        old=module.text(call.func),
        pattern="tool dispatcher factory",
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
