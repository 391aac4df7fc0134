"""CW502: a function memoized on a user object, whose text or equality decides which result is given."""

import ast
import re
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.decorators import decorators
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import (
    parameters,
)
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.known_name import last_name
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings


@final
class MemoizedOnUserObject:
    """A function memoized on a user object, whose text or equality decides which result it gives.

    What it does:
        Finds `@cache.memoize` (Flask-Caching and its like) over a function with a parameter that is a
        user object, by its annotation or name, and not its id.

    Why it leaks:
        Such a cache makes its key of `repr(user)`. Two users with the same name, or whose class does
        not show an id, have one key: the second is given the first one's data.

    Example:
        @cache.memoize(timeout=60)
        def menu(user: User) -> dict:
            return build_menu(user)

    Use instead:
        @cache.memoize(timeout=60)
        def menu(user_id: int) -> dict:
            return build_menu(load_user(user_id))

    Fix safety:
        Never repaired: callers have to give the id.
    """

    name: ClassVar[str] = "memoized-on-user-object"
    code: ClassVar[str] = "CW502"
    family: ClassVar[Family] = Family.CACHES
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from flask_caching import Cache\n\ncache = Cache()\n\n\n@cache.memoize(timeout=60)\n"
            "def menu(user_id: int):\n    return build(user_id)\n",
            path="app/menu.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from flask_caching import Cache\n\ncache = Cache()\n\n\n@cache.memoize(timeout=60)\n"
            "def menu(user, locale: str):\n    return build(user)\n",
            path="app/menu.py",
        ),
        Example(
            "from app.caches import manager\nfrom app.models import Customer\n\n\n"
            "@manager.cache.memoize(60)\ndef offers(who: Customer):\n    return build(who)\n",
            path="app/offers.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the decorator's name."""
        return IN_SERVICE & Gate.any_of(b"memoize", b"cached")

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each memoized function that is given a user object."""
        if module.is_test or never_in_service(module.path):
            return
        for function in module.nodes.functions():
            if not any(d.last in _MEMOIZERS for d in decorators(module, function)):
                continue
            if _may_be_kept_on_object(module, function):
                continue
            for argument in parameters(function):
                if _is_user_object(module, argument):
                    message = f"results are kept under the text of `{argument.arg}`, which users may share"
                    place = argument.annotation or function.body[0]
                    yield finding(self, module, place, message)


def _may_be_kept_on_object(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a method is memoized by a plain function, which may keep the results on its object."""
    plain = all(isinstance(decorator, ast.Name) for decorator in function.decorator_list)
    return plain and module.nodes.owner(function) is not None


_MEMOIZERS: Final = frozenset({"memoize", "memoized"})
_OBJECT: Final = re.compile(r"^(current_)?(user|account|customer|member|tenant|principal)$")
_CLASS: Final = re.compile(r"^(\w*User|Account|Customer|Member|Tenant|Principal)$")


def _is_user_object(module: ModuleFacts, argument: ast.arg) -> bool:
    if argument.annotation is None:
        return _OBJECT.match(argument.arg) is not None
    parts = [n for n in walk(argument.annotation) if isinstance(n, (ast.Name, ast.Attribute))]
    return any(_CLASS.match(last_name(module, part)) for part in parts)
