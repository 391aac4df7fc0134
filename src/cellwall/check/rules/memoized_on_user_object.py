"""CW502: a function memoized on a user object, whose text or equality decides which result is given."""

import ast
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final, final

from cellwall.check.applied_by_call import applied_by_call
from cellwall.check.decorators import Decorator, decorators
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import parameters, self_name
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.known_name import last_name
from cellwall.check.module_facts import ModuleFacts, dotted_name
from cellwall.check.node_index import Function, walk
from cellwall.check.origin import last_names
from cellwall.check.own_class import takes_class
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.summaries.partial_equality import USER_CLASS, Equality, PartialEquality, own_equalities
from cellwall.check.summary import FileSummary


@final
class MemoizedOnUserObject:
    """A function memoized on a user object, whose text or equality decides which result it gives.

    What it does:
        Finds `@cache.memoize` (Flask-Caching and its like) over a function with a parameter that is a
        user object, by its annotation or name, and not its id. `lru_cache` and `cache` (functools and
        its like) ask whether two objects are equal: there a finding is a parameter, or `self`, of a user
        class of the project whose `__eq__` and `__hash__`, or whose fields without `compare=False`, do
        not say who it is, where the function uses more of the object than that. A class that compares
        an id or all it holds, one without an `__eq__`, and one that cannot be seen are no finding. A
        call that decorates, `lru_cache(9)(menu)`, counts like an `@`.

    Why it leaks:
        `memoize` makes its key of `repr(user)`, `lru_cache` of the object's hash and equality. Two users
        with the same name, or whose class does not show or compare an id, have one key: the second is
        given the first one's data.

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
    summaries: ClassVar[tuple[FileSummary, ...]] = (PartialEquality(),)

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from flask_caching import Cache\n\ncache = Cache()\n\n\n@cache.memoize(timeout=60)\n"
            "def menu(user_id: int):\n    return build(user_id)\n",
            path="app/menu.py",
        ),
        Example(
            "from dataclasses import dataclass\nfrom functools import lru_cache\n\n\n"
            "@dataclass(frozen=True)\nclass User:\n    id: int\n    name: str\n\n\n"
            "@lru_cache\ndef menu(user: User):\n    return build(user.id)\n",
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
        Example(
            "from dataclasses import dataclass, field\nfrom functools import lru_cache\n\n\n"
            "@dataclass(frozen=True)\nclass User:\n    name: str\n    id: int = field(compare=False)\n\n\n"
            "@lru_cache(maxsize=100)\ndef menu(user: User):\n    return build(user.id)\n",
            path="app/menu.py",
        ),
        Example(
            "import functools\n\n\nclass Customer:\n    def __init__(self, pk, name):\n"
            "        self.pk = pk\n        self.name = name\n\n"
            "    def __eq__(self, other):\n        return self.name == other.name\n\n"
            "    def __hash__(self):\n        return hash(self.name)\n\n"
            "    @functools.cache\n    def offers(self):\n        return load(self.pk)\n",
            path="app/customers.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what stands in a decorator's name, and in that of a class for `lru_cache`."""
        classes = (b"User", b"Account", b"Customer", b"Member", b"Tenant", b"Principal")
        return IN_SERVICE & Gate.any_of(b"memoize", b"cache") & Gate.any_of(b"memoize", *classes)

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each memoized function that is given a user object."""
        if module.is_test or never_in_service(module.path):
            return
        by_call = applied_by_call(module, _LAST_NAMES)
        for function in module.nodes.functions():
            applied = [*decorators(module, function), *by_call.get(function, ())]
            if any(d.last in _MEMOIZERS for d in applied):
                yield from self._by_text(module, function)
            elif any(d.is_one_of(_BY_EQUALITY) and not _has_key(d) for d in applied):
                yield from self._by_equality(module, function, context)

    def _by_text(self, module: ModuleFacts, function: Function) -> Iterator[Finding]:
        for argument in parameters(function) if not _may_be_kept_on_object(module, function) else ():
            if _is_user_object(module, argument):
                message = f"results are kept under the text of `{argument.arg}`, which users may share"
                yield finding(self, module, argument.annotation or function.body[0], message)

    def _by_equality(
        self, module: ModuleFacts, function: Function, context: RuleContext
    ) -> Iterator[Finding]:
        for name, place, (told, untold) in _given_users(module, function, context):
            if _uses_more(module, function, name, told):
                compared, beside = (", ".join(sorted(names)) for names in (told, untold))
                message = f"users of the same {compared} are given one result: `{name}` compares no {beside}"
                yield finding(self, module, place, message)


def _may_be_kept_on_object(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a method is memoized by a plain function, which may keep the results on its object."""
    plain = all(isinstance(decorator, ast.Name) for decorator in function.decorator_list)
    return plain and module.nodes.owner(function) is not None


_MEMOIZERS: Final = frozenset({"memoize", "memoized"})
_BY_EQUALITY: Final = (
    "functools.lru_cache",
    "functools.cache",
    "async_lru.alru_cache",
    "cachetools.cached",
    "cachetools.func.lru_cache",
    "cachetools.func.ttl_cache",
)
_LAST_NAMES: Final = tuple(sorted(last_names((*_BY_EQUALITY, *_MEMOIZERS))))
_OBJECT: Final = deferred(r"^(current_)?(user|account|customer|member|tenant|principal)$")


def _is_user_object(module: ModuleFacts, argument: ast.arg) -> bool:
    if argument.annotation is None:
        return _OBJECT.match(argument.arg) is not None
    parts = [n for n in walk(argument.annotation) if isinstance(n, (ast.Name, ast.Attribute))]
    return any(USER_CLASS.match(last_name(module, part)) for part in parts)


def _has_key(decorator: Decorator) -> bool:
    """Tell whether a cache is told how to make its keys."""
    return decorator.call is not None and any(k.arg == "key" for k in decorator.call.keywords)


def _given_users(
    module: ModuleFacts, function: Function, context: RuleContext
) -> Iterator[tuple[str, ast.expr | ast.stmt, Equality]]:
    """Give the parameters of a user class that compares less than it holds, `self` among them."""
    for argument in parameters(function):
        kind = argument.annotation
        for part in walk(kind) if kind is not None else ():
            found = _equality(module, part, context)
            if found is not None and kind is not None:
                yield argument.arg, kind, found
    cls, own = module.nodes.owner(function), self_name(module, function)
    if cls is not None and own and not takes_class(function):
        found = module.fact(own_equalities).get(cls.name)
        if found is not None:
            yield own, function.body[0], found


def _equality(module: ModuleFacts, part: ast.AST, context: RuleContext) -> Equality | None:
    """Give what a class compares and what not, wherever in the project it is defined."""
    origin = module.resolver.annotated(part) if isinstance(part, ast.Constant) else None
    origin = module.resolve(part) if isinstance(part, (ast.Name, ast.Attribute)) else origin
    name = origin.dotted.rpartition(".")[2] if origin is not None else ""
    if origin is None or USER_CLASS.match(name) is None:
        return None
    if origin.local:
        return module.fact(own_equalities).get(name)
    package = origin.dotted.rpartition(".")[0]
    for path, classes in context.project.summaries.get(PartialEquality.name, {}).items():
        if name in classes and f".{package}." in f".{dotted_name(path)}.":
            told, untold = classes[name]
            return frozenset(told), frozenset(untold)
    return None


def _uses_more(module: ModuleFacts, function: Function, name: str, told: frozenset[str]) -> bool:
    """Tell whether a function uses more of a parameter than the attributes by which it is compared."""
    for statement in function.body:
        for node in walk(statement):
            if isinstance(node, ast.Name) and node.id == name:
                around = module.nodes.parent(node)
                known = isinstance(around, ast.Attribute) and around.attr.lstrip("_") in told
                if not known and not _only_asks(around):
                    return True
    return False


def _only_asks(around: ast.AST | None) -> bool:
    """Tell whether it is only asked whether there is an object, or of what class."""
    match around:
        case ast.Compare(ops=[ast.Is() | ast.IsNot()]) | ast.UnaryOp(op=ast.Not()) | ast.If():
            return True
        case ast.Call(func=ast.Name(id="isinstance")):
            return True
    return False
