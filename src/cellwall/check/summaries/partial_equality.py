"""The user classes of a file whose objects count as equal by less than they hold, so that two users may."""

import ast
from collections.abc import Iterator
from typing import ClassVar, Final, final

from cellwall.check.decorators import decorators
from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import GAP
from cellwall.check.gate import NOT_IN_TESTS, Gate
from cellwall.check.known_name import last_name
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function, walk
from cellwall.check.settings import CheckSettings
from cellwall.check.summary import Json

USER_CLASS: Final = deferred(r"^(\w*User|Account|Customer|Member|Tenant|Principal)$")
# Both begin with a text that is looked for fast: this goes through every file.
_NAMED: Final = deferred(
    rb"class[\s\\]++[\w\x80-\xff]*(?:User|Account|Customer|Member|Tenant|Principal)(?![\w\x80-\xff])"
)
_LEFT_OUT: Final = deferred(rb"eq(?<!\weq)" + GAP + rb"=")
Equality = tuple[frozenset[str], frozenset[str]]  # what is compared, and what is held beside it


@final
class PartialEquality:
    """Class -> [attributes that are compared, attributes that are not], for every such class of a file."""

    name: ClassVar[str] = "partial-equality"

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what stands in a class that says itself when its objects are equal."""
        return NOT_IN_TESTS & Gate.any_of(_NAMED) & Gate.any_of(b"__eq__", b"compare", b"cmp", _LEFT_OUT)

    def summarise(self, module: ModuleFacts, settings: CheckSettings) -> Json:
        """Give the classes of one file."""
        if module.is_test:
            return None
        found = module.fact(own_equalities)
        return {name: [[*sorted(told)], [*sorted(untold)]] for name, (told, untold) in found.items()} or None


def own_equalities(module: ModuleFacts) -> dict[str, Equality]:
    """Give the user classes of a module that compare some of what they hold, but nothing of one user's."""
    found: dict[str, Equality] = {}
    for cls in module.of(ast.ClassDef):
        if USER_CLASS.match(cls.name) is None:
            continue
        told, held = _compared(module, cls), frozenset(_held(module, cls))
        if told and told <= held and told != held and not any(_is_one_users(cls, name) for name in told):
            found[cls.name] = (told, held - told)
    return found


_WHO: Final = deferred(
    r"(^|_)(id|pk|uuid|guid|uid|sub|subject|e?mail|user_?name|login|handle|slug|token|key|number|code|phone)$"
)
_OF_MANY: Final = deferred(r"^(tenant|org|organi[sz]ation|group|role|team|plan|workspace|company)_")
_DEEPEST: Final = 3  # methods and properties that an `__eq__` goes through
_CLASS_MAKERS: Final = frozenset({"dataclass", "define", "frozen", "attrs", "s"})


def _is_one_users(cls: ast.ClassDef, name: str) -> bool:
    """Tell whether an attribute says who it is: an id, an address; not the id of what many users are of."""
    shared = _OF_MANY.match(name)
    return _WHO.search(name) is not None and (shared is None or shared[1] in cls.name.lower())


def _compared(module: ModuleFacts, cls: ast.ClassDef) -> frozenset[str]:
    """Give the attributes by which objects of a class are equal, () where that cannot be seen or is identity.

    Without a hash of its own, what has an `__eq__` cannot be a key.
    """
    methods = {each.name: each for each in cls.body if isinstance(each, FUNCTIONS)}
    if "__eq__" in methods:
        hashes = "__hash__" in methods or any(name == "__hash__" for name, _ in _assigned(cls))
        return frozenset(_read(methods, methods["__eq__"]) or ()) if hashes else frozenset()
    made = next((d for d in decorators(module, cls) if d.last in _CLASS_MAKERS), None)
    if made is None or cls.bases:  # fields of a base class are compared too
        return frozenset()
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in made.call.keywords} if made.call else {}
    is_key = "True" in (given.get("frozen"), given.get("unsafe_hash"), given.get("hash"))
    if given.get("eq") == "False" or not (is_key or made.last == "frozen"):
        return frozenset()
    return frozenset(name for name, value in _fields(module, cls) if not _is_left_out(value))


def _is_left_out(value: ast.expr | None) -> bool:
    """Tell whether a field's definition takes it out of comparisons."""
    keywords = value.keywords if isinstance(value, ast.Call) else []
    return any(k.arg in ("compare", "eq", "cmp") and ast.unparse(k.value) == "False" for k in keywords)


def _read(methods: dict[str, Function], method: Function, depth: int = 0) -> set[str] | None:
    """Give the attributes that a method reads of its object; None where it may look at all of them."""
    first = [*method.args.posonlyargs, *method.args.args][:1]
    if not first or depth > _DEEPEST:
        return None
    me, names = first[0].arg, set[str]()
    seen = [n for statement in method.body for n in walk(statement)]
    for node in seen:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == me:
            if node.attr in methods and node.attr != method.name:
                inner = _read(methods, methods[node.attr], depth + 1)
                if inner is None:
                    return None
                names |= inner
            elif node.attr.startswith("__") and node.attr != "__class__":
                return None
            elif node.attr != "__class__":
                names.add(node.attr.lstrip("_"))
    attributes = {id(n.value) for n in seen if isinstance(n, ast.Attribute)}
    told_apart = {id(part) for n in seen if _asks_for_type(n) for part in walk(n)}
    whole = (n for n in seen if isinstance(n, ast.Name) and n.id in (me, "super"))
    return None if any(id(n) not in attributes | told_apart for n in whole) else names


def _asks_for_type(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="type" | "isinstance")):
            return True
        case ast.Compare(left=ast.Name(), ops=[ast.Is() | ast.IsNot()], comparators=[ast.Name()]):
            return True
    return False


def _held(module: ModuleFacts, cls: ast.ClassDef) -> Iterator[str]:
    """Give the attributes that objects of a class hold: fields, columns, what its methods set."""
    yield from (name for name, _ in _fields(module, cls))
    yield from (name.lstrip("_") for name, value in _assigned(cls) if isinstance(value, ast.Call))
    for method in cls.body:
        if isinstance(method, FUNCTIONS) and method.args.args:
            me = method.args.args[0].arg
            for node in walk(method):
                match node:
                    case ast.Attribute(value=ast.Name(id=name), attr=attribute, ctx=ast.Store()) if (
                        name == me
                    ):
                        yield attribute.lstrip("_")


def _fields(module: ModuleFacts, cls: ast.ClassDef) -> Iterator[tuple[str, ast.expr | None]]:
    for statement in cls.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=kind, value=value):
                whole = kind.value if isinstance(kind, ast.Subscript) else kind
                if last_name(module, whole) != "ClassVar":
                    yield name.lstrip("_"), value


def _assigned(cls: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for statement in cls.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
