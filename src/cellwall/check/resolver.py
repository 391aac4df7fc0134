"""Works out where a value comes from: scopes, imports, assignments, attributes, fixtures. Edits nothing."""

import ast
import builtins
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Final, final
from weakref import ref

from cellwall.check.bindings import Binding, Kind, Namespace, absolute_module, collect
from cellwall.check.bindings_in_force import in_force, is_none
from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.function_results import results
from cellwall.check.node_index import FUNCTIONS, Function, NodeIndex
from cellwall.check.origin import Origin
from cellwall.check.pytest_facts import Fixture, PytestFacts

MAX_DEPTH: Final = 24
_PATCH: Final = Origin("unittest.mock.patch", made=True)


@final
class Resolver:
    """Answers `resolve` for the expressions of one module."""

    def __init__(self, nodes: NodeIndex, module: str, package: str, project: ProjectFacts, path: str) -> None:
        """Prepare; namespaces are collected when they are first needed."""
        self._nodes = nodes
        self._module = module
        self._package = package
        self._project = project
        self._namespaces: dict[ast.AST, Namespace] = {}
        self._known: dict[ast.expr, Origin | None] = {}
        self._results: dict[Function, list[ast.expr]] = {}
        self._resolving: set[ast.expr] = set()
        self._on_the_way: dict[ast.expr, Origin | None] = {}
        self.pytest: Final = PytestFacts(nodes, path, project, _weakly(self))

    def resolve(self, node: ast.expr) -> Origin | None:
        """Work out where an expression's value comes from; None when that cannot be seen."""
        if node not in self._known:
            self._known[node] = self._resolve(node, 0)
        return self._known[node]

    def binding_scope(self, name: str, at: ast.AST) -> ast.AST | None:
        """Give the scope in which a name used at `at` is bound, None where it is bound nowhere here."""
        found = self._bound(name, at)
        return found[0] if found is not None else None

    def binding_candidates(self, name: str, at: ast.AST) -> tuple[ast.AST, list[Binding]] | None:
        """Give the scope in which a name used at `at` is bound, with the bindings that may be in force."""
        found = self._bound(name, at)
        if found is None:
            return None
        scope, use, bindings, first = found
        return scope, in_force(self._nodes, bindings, scope, use, same_scope=first)

    def _bound(self, name: str, at: ast.AST) -> tuple[ast.AST, ast.AST, list[Binding], bool] | None:
        """Give a name's scope, what in it holds the use, its bindings, and whether it is the first scope."""
        use: ast.AST = at
        scope = self._nodes.scope(at)
        first = True
        while True:
            namespace = self.namespace(scope)
            visible = first or not isinstance(scope, ast.ClassDef)
            if name in namespace.globals:
                scope = self._nodes.tree
                namespace = self.namespace(scope)
                visible = True
            if visible and name in namespace.names and name not in namespace.nonlocals:
                return scope, use, namespace.names[name], first
            if scope is self._nodes.tree:
                return None
            use, first = scope, False
            scope = self._nodes.scope(scope)

    def namespace(self, scope: ast.AST) -> Namespace:
        """Give the bindings of a scope."""
        if scope not in self._namespaces:
            self._namespaces[scope] = collect(scope, self._package, walrus=scope in self._with_walrus)
        return self._namespaces[scope]

    @cached_property
    def _with_walrus(self) -> frozenset[ast.AST]:
        """What has a `:=` somewhere inside of it."""
        return frozenset(
            around for walrus in self._nodes.of(ast.NamedExpr) for around in self._nodes.ancestors(walrus)
        )

    def _resolve(self, node: ast.expr | None, depth: int) -> Origin | None:
        """Resolve a node once on the way, however often it is met; a circle gives None."""
        if node is None or depth > MAX_DEPTH or node in self._resolving:
            return None
        if node in self._on_the_way:
            return self._on_the_way[node]
        self._resolving.add(node)
        try:
            found = self._resolve_kind(node, depth)
        finally:
            self._resolving.discard(node)
        if self._resolving:
            self._on_the_way[node] = found
        else:
            self._on_the_way.clear()
        return found

    def _resolve_kind(self, node: ast.expr, depth: int) -> Origin | None:
        match node:
            case ast.Name():
                return self._name(node, depth + 1)
            case ast.Attribute():
                return self._attribute(node, depth + 1)
            case ast.Call():
                return self._call(node, depth + 1)
            case ast.Await() | ast.NamedExpr() | ast.Starred():
                return self._resolve(node.value, depth + 1)
            case ast.IfExp():
                return self._agreed((node.body, node.orelse), depth)
            case ast.BoolOp():
                return self._agreed(node.values, depth)
        return None

    def _agreed(self, nodes: Iterable[ast.expr], depth: int) -> Origin | None:
        """Give the one origin that all values have; None constants do not count."""
        origins = [self._resolve(node, depth + 1) for node in nodes if not is_none(node)]
        return origins[0] if origins and all(origin == origins[0] for origin in origins) else None

    def _name(self, node: ast.Name, depth: int) -> Origin | None:
        found = self.binding_candidates(node.id, node)
        if found is None:
            return self._by_star(node.id)
        scope, candidates = found
        origins = [self._binding(binding, scope, depth) for binding in candidates]
        return origins[0] if origins and all(origin == origins[0] for origin in origins) else None

    def _by_star(self, name: str) -> Origin | None:
        """Guess that an unbound name comes from the last `from module import *`."""
        stars = [n for n in self._nodes.of(ast.ImportFrom) if n.names[0].name == "*"]
        if not stars or hasattr(builtins, name):
            return None
        return Origin(f"{absolute_module(stars[-1], self._package)}.{name}", guessed=True)

    def _attribute(self, node: ast.Attribute, depth: int) -> Origin | None:
        base = self._resolve(node.value, depth)
        if base is None:
            return None
        kept = self._kept_on(base, node.attr, depth)
        if kept is not None:
            return kept
        origin = base.attribute(node.attr)
        if not origin.made and not base.made:
            cls = self._project.class_of_instance(origin.dotted)
            if cls is not None:
                return Origin(cls, made=True)
        return origin

    def _kept_on(self, base: Origin, attribute: str, depth: int) -> Origin | None:
        """Give the origin of `self.attribute` from the assignments in the class, when they agree."""
        if not base.local:
            return None
        cls = self._local_class(base.dotted)
        if cls is None:
            return None
        values = [value for value in self.attribute_values(cls, attribute) if not is_none(value)]
        origins = [self._resolve(value, depth + 1) for value in values]
        return origins[0] if origins and all(origin == origins[0] for origin in origins) else None

    def attribute_values(self, cls: ast.ClassDef, attribute: str) -> list[ast.expr]:
        """Give the expressions assigned to `self.attribute`, `cls.attribute` or in the class body."""
        found = [
            binding.value
            for binding in self.namespace(cls).names.get(attribute, ())
            if binding.kind is Kind.VALUE and binding.value is not None
        ]
        return found + self._own_attributes.get((cls, attribute), [])

    @cached_property
    def _own_attributes(self) -> dict[tuple[ast.ClassDef, str], list[ast.expr]]:
        """The values assigned to `self.attribute` and `cls.attribute`, by class and attribute."""
        found: dict[tuple[ast.ClassDef, str], list[ast.expr]] = {}
        assignments: list[ast.Assign | ast.AnnAssign] = [
            *self._nodes.of(ast.Assign),
            *self._nodes.of(ast.AnnAssign),
        ]
        for node in assignments:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Attribute) and is_own_attribute(target, target.attr):
                    for cls in self._nodes.ancestors(target):
                        if isinstance(cls, ast.ClassDef) and node.value is not None:
                            found.setdefault((cls, target.attr), []).append(node.value)
        return found

    def _local_class(self, dotted: str) -> ast.ClassDef | None:
        return self._classes.get(dotted)

    @cached_property
    def _classes(self) -> dict[str, ast.ClassDef]:
        return {self.qualified(cls): cls for cls in reversed(self._nodes.of(ast.ClassDef))}

    @cached_property
    def _functions(self) -> dict[str, Function]:
        return {self.qualified(function): function for function in reversed(self._nodes.functions())}

    def _call(self, node: ast.Call, depth: int) -> Origin | None:
        base = self._resolve(node.func, depth)
        if base is None:
            return None
        if base.dotted in ("typing.cast", "cast") and len(node.args) == 2:
            return self.annotated(node.args[0], depth)
        if base.local and not base.made:
            result = self._local_result(base, depth)
            if result is not None:
                return result
        return base.called()

    def _local_result(self, base: Origin, depth: int) -> Origin | None:
        """Give what a function of this module returns, when that can be seen."""
        function = self._functions.get(base.dotted)
        return self.result_of(function, depth + 1) if function is not None else None

    def result_of(self, function: Function, depth: int = 0) -> Origin | None:
        """Give the origin of what a function returns or yields, by its statements or its annotation."""
        if depth > MAX_DEPTH:
            return None
        if function not in self._results:
            self._results[function] = [value for value in results(function) if not is_none(value)]
        values = self._results[function]
        origins = [self._resolve(value, depth + 1) for value in values]
        if origins and origins[0] is not None and all(origin == origins[0] for origin in origins):
            return origins[0]
        return self.annotated(function.returns, depth + 1) if function.returns is not None else None

    def annotated(self, annotation: ast.expr | None, depth: int = 0) -> Origin | None:
        """Give the origin of an instance of the annotated class; Optional and `| None` are looked through."""
        if annotation is None or depth > MAX_DEPTH:
            return None
        match annotation:
            case ast.Constant(value=str(text)):
                return self._annotated_text(annotation, text, depth + 1)
            case ast.BinOp(op=ast.BitOr()):
                sides = [s for s in (annotation.left, annotation.right) if not is_none(s)]
                return self.annotated(sides[0], depth + 1) if len(sides) == 1 else None
            case ast.Subscript():
                base = self._resolve(annotation.value, depth)
                wraps = base is not None and base.dotted.rpartition(".")[2] in _WRAPPERS
                inner = (
                    annotation.slice.elts[0] if isinstance(annotation.slice, ast.Tuple) else annotation.slice
                )
                return self.annotated(inner, depth + 1) if wraps else None
            case ast.Name() | ast.Attribute():
                origin = self._resolve(annotation, depth)
                return None if origin is None or origin.dotted == "typing.Any" else origin.called()
        return None

    def _annotated_text(self, annotation: ast.expr, text: str, depth: int) -> Origin | None:
        name = text.strip()
        if not name.isidentifier():
            return None
        found = self.binding_candidates(name, annotation)
        if found is None:
            return None
        scope, candidates = found
        origins = [self._binding(binding, scope, depth) for binding in candidates]
        return origins[0].called() if len(origins) == 1 and origins[0] is not None else None

    def _binding(self, binding: Binding, scope: ast.AST, depth: int) -> Origin | None:
        match binding.kind:
            case Kind.IMPORT:
                cls = self._project.class_of_instance(binding.target)
                return Origin(cls, made=True) if cls else Origin(binding.target)
            case Kind.CLASS | Kind.FUNCTION:
                assert isinstance(binding.node, (ast.ClassDef, *FUNCTIONS))
                return Origin(self.qualified(binding.node), local=True)
            case Kind.PARAMETER:
                assert isinstance(binding.node, ast.arg)
                return self._parameter(binding.node, scope, depth)
            case Kind.VALUE:
                return self._resolve(binding.value, depth) or self.annotated(binding.annotation, depth)
            case Kind.CONTEXT:
                return self._entered(self._resolve(binding.value, depth))
        return None

    def _entered(self, manager: Origin | None) -> Origin | None:
        """Give what `with manager as name` binds: a mock for `patch(...)`, else the manager itself."""
        return None if manager is None else (_PATCH if manager.is_double else manager._replace(guessed=True))

    def _parameter(self, argument: ast.arg, scope: ast.AST, depth: int) -> Origin | None:
        if isinstance(scope, FUNCTIONS):
            own = self._own_instance(argument, scope)
            if own is not None:
                return own
            given = self._injected(scope, argument.arg, depth)
            if given is not None:
                return given
        return self.annotated(argument.annotation, depth)

    def _injected(self, function: Function, name: str, depth: int) -> Origin | None:
        """Give the origin of what pytest injects for a parameter, when the fixture is known."""
        if not self.pytest.injects(function):
            return None
        fixture = self.pytest.find_fixture(function, name)
        if isinstance(fixture, Fixture):
            return self.result_of(fixture.function, depth + 1)
        return Origin(fixture.gives, made=True) if fixture is not None and fixture.gives else None

    def _own_instance(self, argument: ast.arg, function: Function) -> Origin | None:
        """Give the class itself for `self` and `cls`."""
        owner = self._nodes.owner(function)
        every = [*function.args.posonlyargs, *function.args.args]
        if owner is None or not every or every[0] is not argument:
            return None
        decorators = {d.id for d in function.decorator_list if isinstance(d, ast.Name)}
        if "staticmethod" in decorators:
            return None
        return Origin(self.qualified(owner), made="classmethod" not in decorators, local=True)

    def qualified(self, node: ast.ClassDef | Function) -> str:
        """Give the dotted name of a class or function of this module."""
        parts = [node.name]
        for ancestor in self._nodes.ancestors(node):
            if isinstance(ancestor, ast.ClassDef):
                parts.append(ancestor.name)
            elif isinstance(ancestor, FUNCTIONS):
                parts += ["<locals>", ancestor.name]
        return ".".join([self._module, *reversed(parts)])


def _weakly(resolver: Resolver) -> Callable[[ast.expr], Origin | None]:
    """Give `resolver.resolve` without holding the resolver: no cycle, so a checked module is gone at once."""
    reference = ref(resolver)

    def resolve(node: ast.expr) -> Origin | None:
        alive = reference()
        assert alive is not None, "the facts of a module were used after the module was gone"
        return alive.resolve(node)

    return resolve


_WRAPPERS: Final = frozenset(
    {"Optional", "Annotated", "Generator", "Iterator", "AsyncGenerator", "AsyncIterator", "Awaitable"}
)


def is_own_attribute(target: object, attribute: str) -> bool:
    """Tell whether an assignment's target is `self.attribute` or `cls.attribute`."""
    return (
        isinstance(target, ast.Attribute)
        and target.attr == attribute
        and isinstance(target.value, ast.Name)
        and target.value.id in ("self", "cls")
    )
