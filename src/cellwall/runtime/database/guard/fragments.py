"""Which raw SQL may stand inside a compiled statement: words that can name no table and close no bracket."""

import re
from typing import Final

from cellwall.runtime.errors import UnguardedStatementError

_NAME: Final = r'(?:"[^"\\]+"|`[^`\\]+`|[A-Za-z_][\w$]*)'
_ATOM: Final = rf"(?:{_NAME}(?:\.{_NAME})*(?:\.\*)?|\*|\d+(?:\.\d+)?|'[^'\\]*')"
_FRAGMENT: Final = re.compile(
    rf"\s*{_ATOM}(?:\s+(?:asc|desc))?(?:\s+nulls\s+(?:first|last))?\s*", re.IGNORECASE
)
_SYMBOL: Final = re.compile(r"[<>=!~@#%^&|?*+/-]+")
_FIELD: Final = re.compile(r"\w+")
_TYPE: Final = re.compile(r'[\w ".,()\[\]]*')

STRUCTURE: Final = frozenset(
    [
        "from",
        "select",
        "union",
        "intersect",
        "except",
        "join",
        "where",
        "into",
        "update",
        "insert",
        "delete",
        "table",
        "values",
        "with",
        "using",
        "lateral",
        "having",
        "group",
        "order",
        "limit",
        "offset",
        "fetch",
        "returning",
        "set",
        "on",
        "natural",
        "cross",
        "only",
        "exec",
        "execute",
        "call",
        "do",
        "copy",
    ]
)
PREFIXES: Final = frozenset({"distinct", "all", "or ignore", "or abort", "or fail", "or rollback"})
OPERATOR_WORDS: Final = frozenset(
    {
        "and", "at time zone", "between", "collate", "contains", "div", "escape", "glob", "ilike", "in", "is",
        "is distinct from", "is not", "is not distinct from", "like", "match", "mod", "not ilike", "not in",
        "not like", "or", "overlaps", "regexp", "rlike", "similar to", "sounds like", "xor",
    }
)  # fmt: skip


def check_fragment(text: str) -> None:
    """Accept a name, a number, a plain string or `*`, with a sort direction at most.

    Raises:
        UnguardedStatementError: the text could hold a query or change the meaning of what surrounds it.
    """
    if not _FRAGMENT.fullmatch(text) or text.strip().lower() in STRUCTURE:
        raise UnguardedStatementError(
            f"raw SQL inside a statement cannot be checked: {_short(text)}; write it with columns and "
            "functions of SQLAlchemy (select(), func, case())"
        )


def check_prefix(text: str) -> None:
    """Accept the few words that may stand before or after a statement's list.

    Raises:
        UnguardedStatementError: any other text.
    """
    if " ".join(text.lower().split()) not in PREFIXES:
        raise UnguardedStatementError(
            f"prefix, suffix or hint {_short(text)} cannot be checked: write what it does by "
            "SQLAlchemy's own constructs, such as on_conflict_do_update()"
        )


def check_operator(text: str) -> None:
    """Accept an operator of symbols, or one of the known words.

    Raises:
        UnguardedStatementError: it could hold more than an operator.
    """
    symbol = _SYMBOL.fullmatch(text) and "--" not in text and "/*" not in text and "*/" not in text
    if not symbol and " ".join(text.lower().split()) not in OPERATOR_WORDS:
        raise UnguardedStatementError(f"operator {_short(text)} cannot be checked: use a plain one")


def check_field(text: str) -> None:
    """Accept one word, such as the `year` of `extract`.

    Raises:
        UnguardedStatementError: it is more than a word.
    """
    if not _FIELD.fullmatch(text):
        raise UnguardedStatementError(f"extract({_short(text)}) cannot be checked: give one word")


def check_type(text: str) -> None:
    """Accept the name of a type with its sizes.

    Raises:
        UnguardedStatementError: it could hold a query.
    """
    if not _TYPE.fullmatch(text) or STRUCTURE & set(re.findall(r"\w+", text.lower())) - {
        "with",
        "group",
        "set",
    }:
        raise UnguardedStatementError(f"type {_short(text)} cannot be checked")


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
