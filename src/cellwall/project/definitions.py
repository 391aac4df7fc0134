"""What one module defines, as far as roles need it: classes, functions, parameters. No files."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_ABSTRACT: Final = frozenset({"Protocol", "ABC", "ABCMeta"})
# Bases that add no public attributes, or none that anyone would use on the made object.
_PLAIN_BASES: Final = frozenset({"object", "Generic", "ABC", "Protocol"})
_SELF_ATTRIBUTE: Final = re.compile(rb"\bself\.([A-Za-z]\w*)[ \t]*(?::[^=\n]+)?=(?!=)")
_CONTEXT_MANAGERS: Final = frozenset({"asynccontextmanager", "contextmanager"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `annotation` is source text, empty where there is none."""

    name: str
    annotation: str
    required: bool


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method; `returns` is the last name of the return annotation."""

    name: str
    line: int
    parameters: tuple[Parameter, ...]  # without self and cls
    is_async: bool
    on_class: bool  # a classmethod or staticmethod
    context_manager: bool
    generator: bool
    returns: str

    @property
    def required(self) -> tuple[Parameter, ...]:
        """The parameters that a call must give."""
        return tuple(parameter for parameter in self.parameters if parameter.required)

    @property
    def awaited(self) -> bool:
        """Whether a call gives a coroutine."""
        return self.is_async and not self.context_manager and not self.generator


@dataclass(frozen=True, slots=True)
class Class:
    """A class; `constructor` has the parameters of `__init__` or of a dataclass's fields."""

    name: str
    line: int
    bases: tuple[str, ...]
    abstract: bool
    constructor: tuple[Parameter, ...]
    methods: tuple[Function, ...]
    members: tuple[str, ...]  # public attributes and methods that the class itself defines
    coroutines: tuple[str, ...]  # those that are awaited

    @property
    def own_bases(self) -> tuple[str, ...]:
        """The bases whose members belong to the object too."""
        return tuple(base for base in self.bases if base not in _PLAIN_BASES)


@dataclass(frozen=True, slots=True)
class Module:
    """What a module defines at its top."""

    path: str
    classes: tuple[Class, ...] = ()
    functions: tuple[Function, ...] = ()
    instances: dict[str, tuple[str, int]] = field(default_factory=dict)  # name -> (class name, line)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)  # name -> (module, name there)
    exported: frozenset[str] = frozenset()  # what `__all__` lists


def read_module(path: str, source: bytes) -> Module:
    """Give the definitions of a module.

    Raises:
        SyntaxError, ValueError, RecursionError: it does not parse.
    """
    tree = ast.parse(source)
    lines = source.splitlines()
    instances = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    instances[target.id] = (last_name(node.value.func), node.lineno)
    return Module(
        path,
        tuple(_class(node, lines) for node in tree.body if isinstance(node, ast.ClassDef)),
        tuple(_function(node, lines) for node in _functions(tree.body)),
        instances,
        dict(_imported(path, tree)),
        frozenset(_exported(tree)),
    )


def _exported(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and [last_name(target) for target in node.targets] == ["__all__"]:
            for item in getattr(node.value, "elts", ()):
                if isinstance(item, ast.Constant) and isinstance(item.value, str):
                    yield item.value


def _imported(path: str, tree: ast.Module) -> Iterator[tuple[str, tuple[str, str]]]:
    guarded = [inner for node in tree.body if isinstance(node, ast.If | ast.Try) for inner in node.body]
    for node in (*tree.body, *guarded):
        if isinstance(node, ast.ImportFrom):
            package = path.removesuffix(".py").split("/")[: -node.level] if node.level else []
            module = ".".join([*package, *([node.module] if node.module else [])])
            for alias in node.names:
                yield alias.asname or alias.name, (module, alias.name)


def last_name(node: ast.expr | None) -> str:
    """Give the last name of a dotted expression or annotation: `a.b.C` and `"C"` and `C[T]` are C."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript | ast.Call):
        return last_name(node.value if isinstance(node, ast.Subscript) else node.func)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.partition("[")[0].rpartition(".")[2].strip()
    return node.id if isinstance(node, ast.Name) else ""


def _functions(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _function(
    node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[bytes], *, method: bool = False
) -> Function:
    decorators = {last_name(decorator) for decorator in node.decorator_list}
    skip_first = method and "staticmethod" not in decorators
    return Function(
        node.name,
        node.lineno,
        tuple(_parameters(node.args))[1 if skip_first else 0 :],
        isinstance(node, ast.AsyncFunctionDef),
        bool(decorators & {"classmethod", "staticmethod"}),
        bool(decorators & _CONTEXT_MANAGERS),
        _yields(node, lines),
        last_name(node.returns),
    )


def _parameters(arguments: ast.arguments) -> Iterator[Parameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    first_default = len(positional) - len(arguments.defaults)
    for index, argument in enumerate(positional):
        yield _parameter(argument, required=index < first_default)
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _parameter(argument, required=default is None)


def _parameter(argument: ast.arg, *, required: bool) -> Parameter:
    annotation = ast.unparse(argument.annotation).strip("'\"") if argument.annotation else ""
    return Parameter(argument.arg, annotation, required)


def _class(node: ast.ClassDef, lines: list[bytes]) -> Class:
    methods = tuple(_function(inner, lines, method=True) for inner in _functions(node.body))
    bases = tuple(last_name(base) for base in node.bases)
    fields = _fields(node)
    initializer = next((method for method in methods if method.name == "__init__"), None)
    return Class(
        node.name,
        node.lineno,
        bases,
        bool(_ABSTRACT & set(bases)),
        initializer.parameters if initializer else fields,
        methods,
        tuple(sorted(_members(node, lines, methods, fields))),
        tuple(sorted(each.name for each in methods if each.awaited and not each.name.startswith("_"))),
    )


def _fields(node: ast.ClassDef) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(inner.target.id, ast.unparse(inner.annotation).strip("'\""), inner.value is None)
        for inner in node.body
        if isinstance(inner, ast.AnnAssign) and isinstance(inner.target, ast.Name)
    )


def _members(
    node: ast.ClassDef, lines: list[bytes], methods: tuple[Function, ...], fields: tuple[Parameter, ...]
) -> set[str]:
    names = {method.name for method in methods} | {parameter.name for parameter in fields}
    names |= {name.decode() for name in _SELF_ATTRIBUTE.findall(_text(node, lines))}
    return {name for name in names if not name.startswith("_")}


def _yields(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[bytes]) -> bool:
    # The walk is slow, and most functions do not have the word at all.
    return b"yield" in _text(node, lines) and any(
        isinstance(inner, ast.Yield | ast.YieldFrom) for inner in ast.walk(node)
    )


def _text(node: ast.stmt, lines: list[bytes]) -> bytes:
    return b"\n".join(lines[node.lineno - 1 : node.end_lineno])
