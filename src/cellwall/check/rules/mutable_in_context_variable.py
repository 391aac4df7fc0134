"""CW305: a container in a context variable: contexts that are copied share it."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.context_variables import context_variable_calls, is_context_variable
from cellwall.check.copied_default import always_copied
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gaps import GAP, followed_by
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.shared_names import (
    change_of,
    makes_container,
)


@final
class MutableInContextVariable:
    """A container in a context variable, which contexts share however often they are copied.

    What it does:
        Finds a list, dictionary or set as the default of a `ContextVar`, and `variable.get()` that is
        changed in place (`.append`, an item set). An empty default of a private variable is no finding
        where each `get()` of the module is copied or only read, nor is a list of constants.

    Why it leaks:
        Copying a context copies the reference. The default is one object for all contexts, and what one
        task puts into a container is in the container of every task that was started beside it.

    Example:
        seen: ContextVar[list] = ContextVar("seen", default=[])
        seen.get().append(event)

    Use instead:
        seen: ContextVar[tuple] = ContextVar("seen", default=())
        seen.set((*seen.get(), event))

    Fix safety:
        Never repaired: readers may hold the container.
    """

    name: ClassVar[str] = "mutable-in-context-variable"
    code: ClassVar[str] = "CW305"
    family: ClassVar[Family] = Family.ASYNC
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from contextvars import ContextVar\n\nseen = ContextVar('seen', default=())\n",
            path="app/a.py",
        ),
        Example(
            "from contextvars import ContextVar\n\nseen = ContextVar('seen', default=None)\n\n\n"
            "def add(event):\n    seen.set((*(seen.get() or ()), event))\n",
            path="app/a.py",
        ),
        Example(
            "from contextvars import ContextVar\n\n_seen = ContextVar('seen', default=[])\n\n\n"
            "def add(event):\n    _seen.set([*_seen.get().copy(), event])\n",
            path="app/a.py",
        ),
        Example(
            "from contextvars import ContextVar\n\nTOP = 'top'\nstack = ContextVar('st', default=[TOP])\n\n\n"
            "def enter(event):\n    now = stack.get().copy()\n    now.append(event)\n    stack.set(now)\n",
            path="app/a.py",
        ),
        Example(
            "from contextvars import ContextVar\n\n_about = ContextVar('about', default={})\n\n\n"
            "def bind(**fields):\n    current = _about.get()\n    _about.set(current | fields)\n\n\n"
            "def told(payload):\n    about = _about.get() or {}\n    return {**about, **payload}\n",
            path="app/a.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from contextvars import ContextVar\n\nseen = ContextVar('seen', default=[])\n",
            path="app/a.py",
        ),
        Example(
            "from contextvars import ContextVar\n\nseen = ContextVar('seen')\n\n\n"
            "def add(event):\n    seen.get().append(event)\n",
            path="app/a.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what stands at a default, or where a value is taken out."""
        return IN_SERVICE & Gate.any_of(b"ContextVar", _CHANGED)

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each default that can change, and each change in place."""
        if module.is_test or never_in_service(module.path):
            return
        made = context_variable_calls(module)
        for call in made:
            for keyword in call.keywords:
                if keyword.arg != "default" or not makes_container(keyword.value):
                    continue
                if b"B039" in module.lines.text(keyword.value.lineno):
                    continue  # somebody has looked at the same finding of another linter
                if not always_copied(module, call, keyword.value):
                    message = "the default of a context variable is one object for all contexts"
                    yield finding(self, module, keyword.value, message)
        for call in module.of(ast.Call):
            if not isinstance(call.func, ast.Attribute) or call.func.attr != "get" or call.args:
                continue
            if not _is_changed(module, call) or not is_context_variable(module, call.func.value):
                continue
            message = f"what `{spelled(call.func.value)}` holds is changed in place: copied contexts share it"
            yield finding(self, module, call, message, severity=Severity.WARNING)


# A call without arguments by their place.
_CHANGED: Final = followed_by(b"get", rb"\(" + GAP + rb"(?:\)|\*\*|[\w\x80-\xff]++[\s\\]*+[=#])")


def _is_changed(module: ModuleFacts, call: ast.Call) -> bool:
    function = module.function(call)
    return function is not None and change_of(module, call, "", function) is not None
