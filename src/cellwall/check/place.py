"""Where a change can go inside a function: statement starts, parameter lists. Offsets only, no meaning."""

import ast

from cellwall.check.edit import Edit
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import COMPREHENSIONS, FUNCTIONS, Function


def runs_directly_in(module: ModuleFacts, node: ast.AST, function: Function) -> bool:
    """Tell whether nothing (lambda, comprehension, inner class, default value) stands between the two."""
    for ancestor in module.nodes.ancestors(node):
        if ancestor is function:
            return True
        if isinstance(ancestor, (ast.Lambda, ast.ClassDef, ast.JoinedStr, *COMPREHENSIONS, *FUNCTIONS)):
            return False
    return False


def first_statement(function: Function) -> ast.stmt:
    """Give the first statement after the docstring and the imports at a function's start."""
    body = list(function.body)
    if len(body) > 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    while len(body) > 1 and isinstance(body[0], (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)):
        body = body[1:]
    return body[0]


def insert_before(module: ModuleFacts, statement: ast.stmt, text: str) -> Edit:
    """Put a one-line statement before another, above the comments that belong to it."""
    lines = module.lines
    start = lines.offset(statement.lineno, statement.col_offset)
    decorators = getattr(statement, "decorator_list", [])
    if decorators:  # the `@` stands before the first decorator's expression
        line_start = lines.line_start(lines.offset(decorators[0].lineno, 0))
        start = module.source.index(b"@", line_start)
    line = lines.line_of(start)
    indent = module.source[lines.starts[line - 1] : start]
    if indent.strip():
        return Edit(start, start, text.encode() + b"; ")
    while (
        line > 1 and lines.text(line - 1).strip().startswith(b"#") and _indent(lines.text(line - 1)) == indent
    ):
        line -= 1
    at = lines.starts[line - 1]
    return Edit(at, at, indent + text.encode() + lines.newline)


def _indent(line: bytes) -> bytes:
    return line[: len(line) - len(line.lstrip())]


def add_parameter(module: ModuleFacts, function: Function, name: str) -> Edit | None:
    """Add a parameter where pytest passes it by name; None where the signature leaves no such place."""
    arguments = function.args
    if arguments.posonlyargs or getattr(function, "type_params", []):
        return None
    plain = arguments.args[: len(arguments.args) - len(arguments.defaults)]
    if plain:
        last = plain[-1]
        at = module.lines.offset(last.end_lineno or last.lineno, last.end_col_offset or 0)
        return Edit(at, at, f", {name}".encode())
    opening = module.source.index(b"(", module.lines.offset(function.lineno, function.col_offset)) + 1
    others = arguments.args or arguments.vararg or arguments.kwonlyargs or arguments.kwarg
    return Edit(opening, opening, f"{name}, ".encode() if others else name.encode())


def is_named_elsewhere(module: ModuleFacts, function: Function) -> bool:
    """Tell whether the module names a function beside its definition: someone here may call it."""
    owner = module.nodes.owner(function)
    if owner is None:
        return any(
            name.id == function.name and _binds(module, name, function) for name in module.of(ast.Name)
        )
    if module.resolver.attribute_values(owner, function.name):
        return False  # an attribute of this name hides the method
    return any(
        node.attr == function.name and _may_be_instance(module, node.value)
        for node in module.of(ast.Attribute)
    )


def _binds(module: ModuleFacts, name: ast.Name, function: Function) -> bool:
    found = module.resolver.binding_candidates(name.id, name)
    return found is not None and any(binding.node is function for binding in found[1])


def _may_be_instance(module: ModuleFacts, node: ast.expr) -> bool:
    """Tell whether an expression may be an object of a class of this module."""
    origin = module.resolve(node)
    return origin is None or origin.local
