"""Puts the rest of a function's body under a `with` line, and takes statements out. Text only, no meaning.

Every line is moved by the same indentation but those that start inside a string: their text is a value.
"""

import ast
import io
import tokenize
from collections.abc import Iterable, Sequence

from cellwall.check.edit import Edit
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function


def wrap_from(
    module: ModuleFacts, function: Function, first: ast.stmt, header: str
) -> tuple[Edit, ...] | None:
    """Put the statements of a body from `first` to its end under the line `header`, which ends with a colon.

    None where the body has no lines of its own (`def f(): x()`, or `a(); b()`).
    """
    moved = indent_from(module, function, first)
    if moved is None:
        return None
    lines = module.lines
    start, unit = moved[0].start, moved[0].replacement
    indent = _indent(lines.text(lines.line_of(start)))
    # The edit begins at the newline before, so that no other insertion at this place can come in between.
    head = module.source[start - 1 : start] + indent + header.encode() + lines.newline + indent + unit
    return (Edit(start - 1, start + len(indent), head), *moved[1:])


def indent_from(module: ModuleFacts, function: Function, first: ast.stmt) -> tuple[Edit, ...] | None:
    """Move the statements of a body from `first` to its end one level in; None where they share lines."""
    lines = module.lines
    first_line, last_line = first.lineno, function.body[-1].end_lineno or function.body[-1].lineno
    if isinstance(first, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and first.decorator_list:
        first_line = first.decorator_list[0].lineno
    if not _alone(module, function, first, first_line):
        return None
    unit = lines.step(function.lineno, first_line)
    inside = module.fact(_lines_inside_strings)
    return tuple(
        Edit(lines.starts[line - 1], lines.starts[line - 1], unit)
        for line in range(first_line, last_line + 1)
        if line not in inside and lines.text(line).strip()
    )


def remove_statements(module: ModuleFacts, statements: Iterable[ast.stmt]) -> tuple[Edit, ...] | None:
    """Take whole statements out, `pass` where a block would be empty; None where they share lines."""
    gone = list(dict.fromkeys(statements))
    edits: list[Edit] = []
    for statement in gone:
        block = _block_of(module, statement)
        start = module.lines.starts[statement.lineno - 1]
        end = module.lines.next_line_start(statement.end_lineno or statement.lineno)
        if block is None or not _has_own_lines(module, statement):
            return None
        left = [other for other in block if other not in gone]
        if not left and statement is block[0]:
            indent = _indent(module.lines.text(statement.lineno))
            last = module.source[start:end]
            ending = module.lines.newline if last.endswith((b"\n", b"\r")) else b""
            edits.append(Edit(start, end, indent + b"pass" + ending))
        else:
            edits.append(Edit(start, end, b""))
    return tuple(edits)


def without_removed(moved: Iterable[Edit], removed: Iterable[Edit]) -> tuple[Edit, ...]:
    """Join the edits that move lines in with those that take statements out: what is gone is not moved."""
    gone = list(removed)
    shifts = {edit.start: edit.replacement for edit in moved if edit.start == edit.end}
    kept = [e for e in moved if e.start != e.end or not any(g.start <= e.start < g.end for g in gone)]
    return (
        *kept,
        *(
            Edit(g.start, g.end, shifts.get(g.start, b"") + g.replacement) if g.replacement else g
            for g in gone
        ),
    )


def _block_of(module: ModuleFacts, statement: ast.stmt) -> list[ast.stmt] | None:
    parent = module.nodes.parent(statement)
    for field in ("body", "orelse", "finalbody"):
        block = getattr(parent, field, None)
        if isinstance(block, list) and statement in block:
            return block
    return None


def _has_own_lines(module: ModuleFacts, statement: ast.stmt) -> bool:
    start, end = module.span(statement)
    before = module.source[module.lines.starts[statement.lineno - 1] : start]
    after = module.source[
        end : module.lines.next_line_start(statement.end_lineno or statement.lineno)
    ].strip()
    return not before.strip() and (not after or after.startswith(b"#"))


def _alone(module: ModuleFacts, function: Function, first: ast.stmt, first_line: int) -> bool:
    position = function.body.index(first)
    rest: Sequence[ast.stmt] = function.body[position:]
    previous = function.body[position - 1].end_lineno if position else _header_end(function)
    starts = [previous or 0]
    for statement in rest:
        begins = statement.lineno if statement is not first else first_line
        if begins <= starts[-1]:
            return False
        starts.append(statement.end_lineno or statement.lineno)
    return not module.lines.text(first_line)[: len(_indent(module.lines.text(first_line)))].strip()


def _header_end(function: Function) -> int:
    parts: list[ast.arg | ast.expr] = [
        *function.args.args,
        *function.args.kwonlyargs,
        *function.args.defaults,
    ]
    ends = [part.end_lineno or part.lineno for part in parts] + [function.lineno]
    return max(ends + ([function.returns.end_lineno or 0] if function.returns else []))


def _indent(line: bytes) -> bytes:
    return line[: len(line) - len(line.lstrip(b" \t\f"))]


def _lines_inside_strings(module: ModuleFacts) -> frozenset[int]:
    """Give the lines that start inside a string."""
    inside: set[int] = set()
    open_fstrings: list[int] = []
    reader = io.StringIO(module.source.decode("utf-8-sig"), newline="").readline
    for token in tokenize.generate_tokens(reader):
        name = tokenize.tok_name[token.type]
        if name == "FSTRING_START":
            open_fstrings.append(token.start[0])
        elif name == "FSTRING_END" and open_fstrings:
            inside.update(range(open_fstrings.pop() + 1, token.end[0] + 1))
        elif token.type == tokenize.STRING:
            inside.update(range(token.start[0] + 1, token.end[0] + 1))
    return frozenset(inside)
