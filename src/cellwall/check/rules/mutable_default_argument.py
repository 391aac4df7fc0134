"""CW206: a default argument that remembers what earlier calls put into it."""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final, final

from cellwall.check.default_gate import has_mutable_default
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function, walk
from cellwall.check.own_nodes import own
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import BY_HAND, Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.shared_names import (
    Change,
    change_of,
    makes_container,
)


@final
class MutableDefaultArgument:
    """A default argument that remembers what earlier calls put into it.

    What it does:
        Finds a list, dictionary or set as a parameter's default which the function then changes, keeps
        on its object, whose methods change it. A default that is only read is no finding, nor is one
        that is called a cache or begins with an underscore, that is changed only where a key is in it
        (an empty default has none), or into which every call puts the same constant (`setdefault`).

    Why it leaks:
        Python makes a default once. What is put into it for one user is there in every later call that
        leaves the argument out.

    Example:
        def add_message(text, history=[]):
            history.append(text)
            return history

    Use instead:
        def add_message(text, history=None):
            if history is None:
                history = []
            history.append(text)
            return history

    Fix safety:
        Safe where the parameter has no annotation: the default becomes None, and the container is made
        in the function. With an annotation it is unsafe, because the annotation is changed to allow
        None too.
    """

    name: ClassVar[str] = "mutable-default-argument"
    code: ClassVar[str] = "CW206"
    family: ClassVar[Family] = Family.STATE
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = Safety.UNSAFE

    VALID: ClassVar[tuple[Example, ...]] = (
        Example("def total(numbers=[]):\n    return sum(numbers)\n", path="app/total.py"),
        Example("def load(key, _cache={}):\n    _cache[key] = 1\n", path="app/load.py"),
        Example("def names(items=[]):\n    items = list(items)\n    items.append(1)\n", path="app/names.py"),
        Example(
            "def fetch(url, options={}):\n    if 'headers' in options:\n"
            "        options['headers'] = {**COMMON, **options['headers']}\n    return get(url, **options)\n",
            path="app/fetch.py",
        ),
        Example(
            "def dump(note, how={}):\n    how.setdefault('indent', 4)\n    return json.dumps(note, **how)\n",
            path="app/dump.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "def add(text, history=[]):\n    history.append(text)\n    return history\n",
            "def add(text, history=None):\n    if history is None:\n        history = []\n"
            "    history.append(text)\n    return history\n",
            path="app/talk.py",
        ),
        Example(
            'class Agent:\n    def __init__(self, memory={}):\n        """Keep the memory."""\n'
            "        self.memory = memory\n\n    def learn(self, fact):\n        self.memory[fact] = 1\n",
            'class Agent:\n    def __init__(self, memory=None):\n        """Keep the memory."""\n'
            "        if memory is None:\n            memory = {}\n        self.memory = memory\n\n"
            "    def learn(self, fact):\n        self.memory[fact] = 1\n",
            path="app/agent.py",
        ),
        Example(
            "def add(text: str, history: list = []) -> None:\n    history.append(text)\n",
            path="app/talk.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what stands in a default that can change."""
        return IN_SERVICE & Gate.any_of(has_mutable_default)

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each default that remembers."""
        if module.is_test or never_in_service(module.path):
            return
        for function in module.nodes.functions():
            if any(isinstance(around, FUNCTIONS) for around in module.nodes.ancestors(function)):
                continue  # its defaults are made anew with each call of the function around
            for argument, default in _defaults(function):
                if (
                    not makes_container(default)
                    or argument.arg.startswith("_")
                    or _CACHE.search(argument.arg)
                ):
                    continue
                how = _remembers(module, function, argument.arg, default)
                if how:
                    message = f"the default of `{argument.arg}` is made once and {how}: calls share it"
                    fix = _fix(module, function, argument, default)
                    yield finding(self, module, default, message, fix or BY_HAND)


_CACHE: Final = deferred(r"cache|memo(?!r)|seen|registry", re.IGNORECASE)
_TAKING: Final = ("pop", "remove", "discard", "clear", "popitem")


def _defaults(function: Function) -> Iterator[tuple[ast.arg, ast.expr]]:
    places = [*function.args.posonlyargs, *function.args.args]
    yield from zip(places[len(places) - len(function.args.defaults) :], function.args.defaults, strict=True)
    for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        if default is not None:
            yield argument, default


def _remembers(module: ModuleFacts, function: Function, name: str, default: ast.expr) -> str:
    """Say how a parameter's default outlives the call, "" where it does not or is replaced first."""
    uses = [node for node in own(module, function, ast.Name) if node.id == name]
    if any(not isinstance(node.ctx, ast.Load) for node in uses):
        return ""
    for node in uses:
        parent = module.nodes.parent(node)
        change = change_of(module, node, name, function)
        if change is not None and change.how not in _TAKING and not _is_constant(change):
            if _never_happens(module, change, default):
                continue
            return "changed"
        names = [spelled(target) for target in _targets(parent)]
        if any(name.startswith("self.") and _is_changed(module, function, name[5:]) for name in names):
            return "kept and changed"
    return ""


def _is_constant(change: Change) -> bool:
    """Tell whether every call puts in the same constant, and only once."""
    parts = (change.key, *change.values)
    return change.how == "setdefault" and all(isinstance(part, ast.Constant) for part in parts)


def _never_happens(module: ModuleFacts, change: Change, default: ast.expr) -> bool:
    """Tell whether a change waits for a key that an empty default never has: `if key in name:`."""
    match default:
        case ast.Dict(keys=[]) | ast.List(elts=[]) | ast.Call(args=[], keywords=[]):
            child: ast.AST = change.node
            for around in module.nodes.ancestors(change.node):
                match around:
                    case ast.If(
                        test=ast.Compare(ops=[ast.In()], comparators=[ast.Name(id=name)]), body=body
                    ) if name == change.name and child in body:
                        return True
                child = around
    return False


def _targets(statement: ast.AST | None) -> list[ast.expr]:
    """Give what the parameter is assigned to, with an annotation or without."""
    match statement:
        case ast.Assign(targets=targets, value=ast.Name()):
            return targets
        case ast.AnnAssign(target=target, value=ast.Name()):
            return [target]
    return []


def _is_changed(module: ModuleFacts, function: Function, attribute: str) -> bool:
    """Tell whether a method of the class changes what an attribute of the object holds."""
    cls = module.nodes.owner(function)
    for method in (f for f in cls.body if isinstance(f, FUNCTIONS)) if cls is not None else ():
        for node in own(module, method, ast.Attribute):
            if (
                node.attr == attribute
                and spelled(node.value) == "self"
                and change_of(module, node, "", method)
            ):
                return True
    return False


def _fix(module: ModuleFacts, function: Function, argument: ast.arg, default: ast.expr) -> Fix | None:
    """Make the default None, and the container in the function's first statement."""
    body = function.body
    first = body[0]
    is_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    if is_doc and len(body) > 1:
        first = body[1]
    line = module.lines.text(first.lineno)
    indent = line[: first.col_offset]
    decorated = bool(getattr(first, "decorator_list", None))
    if not module.editable or indent.strip() or decorated or (is_doc and len(body) == 1):
        return None
    if any(isinstance(node, (ast.Name, ast.Attribute, ast.Call)) for node in walk(default)):
        return None  # its parts would be looked up later, and elsewhere
    start, stop = module.span(default)
    made, newline = module.source[start:stop], module.lines.newline
    if b"\n" in made:
        return None
    step = module.lines.step(function.lineno, first.lineno)
    name = argument.arg.encode()
    at = module.lines.starts[first.lineno - 1]
    added = indent + b"if " + name + b" is None:" + newline + indent + step + name + b" = " + made + newline
    edits = [Edit(start, stop, b"None"), Edit(at, at, added)]
    if argument.annotation is not None:
        edit = _or_none(module, argument.annotation)
        return None if edit is None else Fix((*edits, *edit), Safety.UNSAFE)
    return Fix(tuple(edits), Safety.SAFE)


def _or_none(module: ModuleFacts, annotation: ast.expr) -> tuple[Edit, ...] | None:
    """Let an annotation allow None, one that is a text inside of it; None where that is not so simple."""
    text = module.text(annotation)
    if "None" in text or "Optional" in text:
        return ()
    place = module.span(annotation)[1]
    if isinstance(annotation, ast.Constant) and _QUOTED.fullmatch(text):
        return (Edit(place - 1, place - 1, b" | None"),)
    if isinstance(annotation, (ast.Name, ast.Attribute, ast.Subscript, ast.BinOp)):
        return (Edit(place, place, b" | None"),)
    return None


_QUOTED: Final = deferred(r"""(["'])[^"'\\]*\1""")
