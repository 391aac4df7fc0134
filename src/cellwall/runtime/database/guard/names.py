"""The names in finished SQL: a second look for tables that something wrote past the compiler.

A construct of the application's own (`@compiles`, a type with its own SQL) writes text that the compiler
never sees. Every owned table's name after FROM, JOIN and the like must be one that the compiler wrote.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

_TOKEN: Final = re.compile(
    r"""
      (?P<string>[eE]?'(?:[^'\\]|''|\\.)*')
    | (?P<dollar>\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
    | (?P<comment>--[^\n]*|/\*.*?\*/)
    | "(?P<quoted>(?:[^"]|"")+)" | `(?P<ticked>[^`]+)` | \[(?P<boxed>[A-Za-z_][^\]]*)\]
    | (?P<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)
    | (?P<mark>[^\s\w])
    """,
    re.VERBOSE | re.DOTALL,
)
_BEFORE_TABLE: Final = frozenset({"from", "join", "into", "update", "table", "only", "using"})
_LISTS_TABLES: Final = frozenset({"from", "using"})
_ENDS_LIST: Final = frozenset(
    {"select", "where", "group", "order", "having", "limit", "offset", "fetch", "for", "union", "intersect"}
    | {"except", "set", "values", "returning", "window", "with"}
)


def table_mentions(sql: str, names: frozenset[str]) -> Counter[str]:
    """Count where tables of these names stand as tables: after FROM, JOIN and the like, or in a FROM's list.

    Args:
        sql: finished SQL.
        names: of tables, in lower case.

    Example:
        >>> sql = "SELECT items.id FROM items WHERE 'from items' = ?"
        >>> table_mentions(sql, frozenset({"items"}))
        Counter({'items': 1})
    """
    found: Counter[str] = Counter()
    tokens = [_text(match) for match in _TOKEN.finditer(sql) if not match["comment"]]
    in_list = [False]  # for each bracket that is open
    for index, token in enumerate(tokens):
        if token == "(":
            in_list.append(in_list[-1])
        elif token == ")" and len(in_list) > 1:
            in_list.pop()
        elif token in _LISTS_TABLES and tokens[max(index - 1, 0)] != "distinct":
            in_list[-1] = True
        elif token in _ENDS_LIST:
            in_list[-1] = False
        if token in names and tokens[index + 1 : index + 2] != ["."]:
            before = _before(tokens, index)
            if before in _BEFORE_TABLE or (before == "," and in_list[-1]):
                found[token] += 1
    return found


def _text(match: re.Match[str]) -> str:
    if match["string"] or match["dollar"]:
        return "'"
    name = match["quoted"] or match["ticked"] or match["boxed"] or match["word"] or match["mark"]
    return name.lower()


def _before(tokens: list[str], index: int) -> str:
    """Give what stands before a name, its schema and brackets left out."""
    index -= 1
    while index >= 1 and tokens[index] == ".":
        index -= 2
    while index >= 0 and tokens[index] == "(":
        index -= 1
    return tokens[index] if index >= 0 else ""
