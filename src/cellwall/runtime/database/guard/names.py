"""The names in finished SQL: a second look for tables that something wrote past the compiler.

A construct of the application's own (`@compiles`, a type with its own SQL) writes text that the compiler
never sees. Every owned table's name after FROM, JOIN and the like must be one that the compiler wrote, and so
must every function that reads by itself.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Final

_TOKEN: Final = re.compile(
    r"""
      (?P<string>[eE]?'(?P<inside>(?:[^'\\]|''|\\.)*)')
    | (?P<dollar>\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
    | (?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<escaped>[uU]&"(?:[^"]|"")+")
    | "(?P<quoted>(?:[^"]|"")+)" | `(?P<ticked>[^`]+)` | \[(?P<boxed>[A-Za-z_][^\]]*)\]
    | (?P<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)
    | (?P<mark>[^\s\w])
    """,
    re.VERBOSE | re.DOTALL,
)
ESCAPED: Final = 'U&""'  # a name whose letters are written as numbers: SQLAlchemy writes none

# Functions that run a text, or read files, other sessions, or what the connection did before.
_READERS: Final = re.compile(
    r"\w*_to_xml(schema|_and_xmlschema)?|ts_(stat|rewrite)|dblink\w*|crosstab\w*|connectby|xpath_table"
    r"|pg_(read|ls|stat_get|logical)_\w+|lo_(get|import|export|open)|loread|set_config|lastval|currval"
    r"|load_extension|readfile|last_insert_rowid|total_changes",
    re.IGNORECASE,
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
    matches = [match for match in _TOKEN.finditer(sql) if not match["comment"]]
    tokens = list(map(_text, matches))
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
        name = _name(matches[index], token)
        if (name in names or name == ESCAPED) and tokens[index + 1 : index + 2] != ["."]:
            before = _before(tokens, index)
            if before in _BEFORE_TABLE or (before == "," and in_list[-1]):
                found[name] += 1
    return found


def reader_calls(sql: str) -> Counter[str]:
    """Count calls of functions that read by themselves: run a text, read a file or another session's doing.

    Example:
        >>> reader_calls("SELECT lower(a), pg_catalog.query_to_xml('SELECT b FROM items', true, true, '')")
        Counter({'query_to_xml': 1})
    """
    if not _READERS.search(sql):
        return Counter()
    tokens = [_text(match) for match in _TOKEN.finditer(sql) if not match["comment"]]
    called = pairwise(tokens)
    return Counter(name for name, bracket in called if bracket == "(" and _READERS.fullmatch(name))


def _text(match: re.Match[str]) -> str:
    if match["string"] or match["dollar"]:
        return "'"
    name = (
        match["escaped"]
        or match["quoted"]
        or match["ticked"]
        or match["boxed"]
        or match["word"]
        or match["mark"]
    )
    return name.lower()


def _name(match: re.Match[str], token: str) -> str:
    """Give the name that a token can be: SQLite takes a string for one where it needs a name."""
    if match["escaped"]:
        return ESCAPED
    return match["inside"].lower() if match["inside"] else token


def _before(tokens: list[str], index: int) -> str:
    """Give what stands before a name, its schema and brackets left out."""
    index -= 1
    while index >= 1 and tokens[index] == ".":
        index -= 2
    while index >= 0 and tokens[index] == "(":
        index -= 1
    return tokens[index] if index >= 0 else ""
