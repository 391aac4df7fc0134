"""Takes a whole statement out of a file, with the lines that it leaves blank, and its comment where asked."""

import ast

from cellwall.check.edit import Edit
from cellwall.check.module_facts import ModuleFacts


def is_own_line(module: ModuleFacts, statement: ast.stmt) -> bool:
    """Tell whether a statement stands on one line that holds nothing else."""
    start, end = module.span(statement)
    line = module.lines.text(statement.lineno)
    return statement.lineno == statement.end_lineno and line.strip() == module.source[start:end]


def removed(module: ModuleFacts, statement: ast.stmt, *, comment: bool = False) -> Edit:
    """Take out the line of a statement, and a comment line above it where `comment` asks for that.

    `is_own_line` must hold, and the block around must keep another statement.
    """
    lines = module.lines
    first, after = statement.lineno, statement.lineno + 1
    if comment and lines.text(first - 1).lstrip().startswith(b"#"):
        first -= 1
    last = after >= len(lines.starts)
    blank_after = last or not lines.text(after).strip()
    while first > 2 and blank_after and not lines.text(first - 1).strip():
        first -= 1
    return Edit(lines.starts[first - 1], lines.next_line_start(statement.lineno), b"")
