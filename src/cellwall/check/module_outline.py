"""The outline of a module: its text without the insides of what is defined at its left margin."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from cellwall.check.bindings import Kind
from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import TEXTS
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.node_index import children
from cellwall.check.parse import ParseError

_MAX_BYTES: Final = 1 << 19  # the pattern keeps notes about each line and text that it goes through
# What binds a name in an expression, ends a line without the usual sign, or takes one back to the margin.
_CONFUSING: Final = (b":=", b"\r", b"\f")
# What stands at the margin, up to the next line, outside of texts and comments, that has something there
# which closes no bracket. An f-string with its own quotes inside is three texts here, and ends where it does.
_STATEMENT: Final = deferred(
    b"(?:"
    + b"|".join([
        rb"[^\"'#\n]++",
        rb"#[^\n]*+",
        *TEXTS,
        rb"\n(?![^ \t\n#)\]}])",
    ])
    + rb")*\n",
    re.DOTALL,
)  # fmt: skip
_DEFINITION: Final = deferred(rb"(?:class|def|async)(?!\w)")
_FUNCTION: Final = deferred(rb"(?:async[ \t]+)?def[ \t]+([A-Za-z_]\w*)[ \t]*[(\[]")
_CLASS: Final = deferred(rb"class[ \t]+[A-Za-z_]\w*[ \t]*(?:\([^()#\"'\[\]\\]*\))?[ \t]*:")
_INNER_CLASS: Final = deferred(rb"\n[ \t]+class(?!\w)")
_GOES_ON: Final = deferred(rb"\\\n\S")  # at the margin, though it is no statement of its own


def outline_facts(
    path: str, source: bytes, project: ProjectFacts, *, is_test: bool = True
) -> ModuleFacts | ParseError:
    """Give facts of a module that hold for its own namespace and for what its classes inherit from.

    What its functions and classes do is parsed only where these depend on it, or where the outline cannot
    tell. Of a file that does not parse, the outline may.
    """
    outline = outlined(source)
    if outline is not None:
        module = module_facts(path, outline, project, is_test=is_test)
        if not isinstance(module, ParseError) and not _depends_on_insides(module):
            return module
    return module_facts(path, source, project, is_test=is_test)


def outlined(source: bytes) -> bytes | None:
    """Give a module without what its functions and classes do; None where its text alone does not tell that.

    Definitions in which there is a class, or that are no statements at the margin, stay whole. No definition
    begins inside of brackets; where one ends in them, their other half is left over and nothing parses.
    """
    source = source.replace(b"\r\n", b"\n") + b"\n"
    if len(source) > _MAX_BYTES or any(one in source for one in _CONFUSING) or _GOES_ON.search(source):
        return None
    shortened: list[bytes] = []
    at = 0
    while at < len(source):
        statement = _STATEMENT.match(source, at)
        short = _shortened(statement[0]) if statement is not None else None  # None: a text that does not end
        if statement is None or short is None:
            return None
        shortened.append(short)
        at = statement.end()
    return b"".join(shortened)


def _shortened(statement: bytes) -> bytes | None:
    """Give a definition without its inside, any other statement as it is; None for what cannot be told."""
    if _DEFINITION.match(statement) is None or _INNER_CLASS.search(statement) is not None:
        return statement
    cls = _CLASS.match(statement)
    if cls is not None:
        return cls[0] + b" pass\n"
    function = _FUNCTION.match(statement)
    return b"def " + function[1] + b"(): pass\n" if function is not None else None


def _depends_on_insides(module: ModuleFacts) -> bool:
    """Tell whether what the module binds, or inherits from, takes a look into its functions or classes.

    That is where a value is called or asked for an attribute, and is not known to come from another module:
    calling a class of its own, though, gives an object of it.
    """
    names = module.resolver.namespace(module.tree).names
    own = {name for name, bound in names.items() if any(one.kind is not Kind.IMPORT for one in bound)}
    classes = {name for name, bound in names.items() if all(one.kind is Kind.CLASS for one in bound)}
    values = [part for bound in names.values() for one in bound for part in (one.value, one.annotation)]
    for value in (*values, *(base for cls in module.of(ast.ClassDef) for base in cls.bases)):
        parts = [*_looked_through(value)] if value is not None else []
        used = own.intersection(part.id for part in parts if isinstance(part, ast.Name))
        kinds = {type(part) for part in parts}
        if used and (ast.Attribute in kinds or (ast.Call in kinds and used - classes)):
            return True
    return False


_LOOKED_THROUGH: Final = (
    ast.Attribute, ast.Await, ast.NamedExpr, ast.Starred, ast.IfExp, ast.BoolOp, ast.Subscript, ast.BinOp,
    ast.Tuple,
)  # fmt: skip


def _looked_through(value: ast.expr) -> Iterator[ast.AST]:
    """Give the parts of an expression on which it depends where its value comes from, and some more."""
    stack: list[ast.AST] = [value]
    while stack:
        part = stack.pop()
        yield part
        if isinstance(part, _LOOKED_THROUGH):
            stack += children(part)
        elif isinstance(part, ast.Call):
            stack += (part.func, *part.args[:1])  # the first one says it for `cast`
