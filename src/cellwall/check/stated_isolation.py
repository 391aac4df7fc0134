"""Isolation statements: `Isolation: <owner>; <mechanism>; <asserted boundary>.` in a docstring. Text only."""

import ast
import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from cellwall.check.deferred_pattern import deferred
from cellwall.check.node_index import Function

# The same in a file's bytes: behind a quote, a space or an escape, and so no end of a class's name.
# What stands before is looked at from behind: the word is found faster than any sign.
_ESCAPES: Final = "|".join(rf"(?<=\\{letters}Isolation:)" for letters in (r"\w" * n for n in range(1, 11)))
BEGINS: Final = deferred(rb"Isolation:(?:(?<!\wIsolation:)|" + _ESCAPES.encode() + rb")")
_START: Final = deferred(r"^[ \t]*Isolation:", re.MULTILINE)
_PARAGRAPH: Final = deferred(r"\n[ \t]*\n")
_WORD: Final = deferred(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_NAMED: Final = deferred(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*)(\()?")
_FILLING: Final = frozenset({"and", "for", "has", "its", "not", "one", "own", "test", "the", "with"})
LABEL: Final = "Isolation:"


class Stated(NamedTuple):
    """A statement with its white space made even; a part that is not there is ""."""

    text: str
    owner: str
    mechanism: str
    boundary: str


def docstring_of(function: Function) -> ast.Constant | None:
    """Give the node of a function's docstring."""
    first = function.body[0]
    value = first.value if isinstance(first, ast.Expr) else None
    return value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def stated_in(docstring: str) -> Stated | None:
    """Give the statement that a docstring makes: from a line's start to the end of its paragraph.

    >>> stated_in("Isolation: first; pool.send routes; first.events.").mechanism
    'pool.send routes'
    """
    start = _START.search(docstring)
    if start is None:
        return None
    paragraph = _PARAGRAPH.split(docstring[start.end() :], maxsplit=1)[0]
    text = " ".join(paragraph.split()).removesuffix(".")
    owner, mechanism, boundary, *_ = [*(part.strip() for part in text.split(";", 2)), "", "", ""]
    return Stated(text, owner, mechanism, boundary)


def last_words(text: str) -> frozenset[str]:
    """Give every word of a text; of a dotted one its parts.

    >>> sorted(last_words("one app.pool routes"))
    ['app', 'one', 'pool', 'routes']
    """
    return frozenset(part for word in _WORD.findall(text) for part in word.split("."))


def spoken(names: Iterable[str]) -> frozenset[str]:
    """Give names with the words that they are made of, as a sentence would say them, without an "s".

    >>> sorted(spoken(["answer_to_first", "users"]))
    ['answer', 'answer_to_first', 'first', 'user']
    """
    parts = {part for name in names for part in (name, *name.lower().split("_"))}
    return frozenset(part.removesuffix("s") for part in parts if len(part) > 2) - _FILLING


def names_in(text: str) -> frozenset[str]:
    """Give the words that can only be names of code: with an underscore, or called.

    >>> sorted(names_in("one my_app.pool routes for run(), e.g. WebSocket"))
    ['my_app', 'pool', 'run']
    """
    found: set[str] = set()
    for word, called in _NAMED.findall(text):
        if called or "_" in word.strip("_"):
            found.update(word.split("."))
    return frozenset(found)
