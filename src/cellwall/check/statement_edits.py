"""Puts isolation statements into docstrings: as byte edits that leave everything else as it is."""

import ast
import re
from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.derived_statement import derived_statement
from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.rule import RuleContext
from cellwall.check.stated_isolation import docstring_of

_WIDTH: Final = 97
_STATEMENT: Final = deferred(
    rb"(?<=[\n \t\"'])Isolation:.*?(?=\r?\n[ \t]*\r?\n|\s*(?:\"\"\"|''')\Z)", re.DOTALL
)
_SPACES: Final = deferred(r" {2,}")
_QUOTED: Final = deferred(rb"[uUrR]?(\"\"\"|''')(.*)\1", re.DOTALL)


def restated(module: ModuleFacts, test: Function, node: ast.Constant, context: RuleContext) -> Fix | None:
    """Replace the statement in a docstring by what can be read off the test."""
    text = derived_statement(module, test, context)
    start, end = module.span(node)
    raw = module.source[start:end]
    quoted = _QUOTED.fullmatch(raw)
    found = _STATEMENT.search(raw)
    if text is None or quoted is None or found is None or b"\\" in raw or quoted.group(1) in text.encode():
        return None
    indent = _indent(module, node)
    if indent is None:
        return None
    new = _wrapped(text, indent, module.lines.newline, behind=3 if found.start() <= 4 else 0)
    edit = Edit(start + found.start(), start + found.end(), new)
    return Fix((edit,), Safety.SAFE) if raw[found.start() : found.end()] != new else None


def stating(module: ModuleFacts, test: Function, context: RuleContext) -> Edit | None:
    """Add a statement to a test without one: to its docstring or as one; None where it cannot be."""
    text = derived_statement(module, test, context)
    indent = _indent(module, test.body[0])
    if text is None or indent is None or not module.editable:
        return None
    newline, docstring = module.lines.newline, docstring_of(test)
    if docstring is None:
        at = module.lines.starts[test.body[0].lineno - 1]
        return Edit(at, at, indent + b'"""' + _wrapped(text, indent, newline, behind=3) + b'"""' + newline)
    start, end = module.span(docstring)
    quoted = _QUOTED.fullmatch(module.source[start:end])
    if quoted is None or b"\\" in quoted.group(2) or b">>>" in quoted.group(2) or not quoted.group(2).strip():
        return None
    if quoted.group(1) in text.encode():
        return None
    kept = start + quoted.start(2) + len(quoted.group(2).rstrip())
    added = newline * 2 + indent + _wrapped(text, indent, newline) + newline + indent
    return Edit(kept, start + quoted.end(2), added)


def _indent(module: ModuleFacts, node: ast.expr | ast.stmt) -> bytes | None:
    """Give the white space before a statement; None where something else stands before it on its line."""
    decorators = getattr(node, "decorator_list", [])
    if decorators:
        return None
    line = module.lines.text(node.lineno)
    before = line[: node.col_offset]
    return None if before.strip() else before


def _wrapped(text: str, indent: bytes, newline: bytes, behind: int = 0) -> bytes:
    import textwrap  # few checks write a repair, and start faster

    width = max(40, _WIDTH - len(indent.expandtabs(4)))
    held = _SPACES.sub(lambda found: "\0" * len(found.group()), text)  # of texts that are quoted: they stay
    lines = textwrap.wrap("x" * behind + held, width, break_long_words=False, break_on_hyphens=False)
    return (newline + indent).join(line.replace("\0", " ").encode() for line in lines)[behind:]
