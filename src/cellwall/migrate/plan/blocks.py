"""Markdown as a flat row of headings, lines of text and code blocks, each with its exact line.

What they mean is not decided here. Of Markdown's inline marks nothing is interpreted; texts keep them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from cellwall.migrate.plan.fault import fault

MAX_LEVEL: Final = 40  # nesting of lists and quotes, in Markdown's own count: two for each list


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `underlined` when it is marked by the line below it instead of by "#"."""

    text: str
    line: int
    level: int
    underlined: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A line of a paragraph; in a list, `depth` is at least 1 and `starts_item` marks a first line."""

    text: str
    line: int
    depth: int = 0
    starts_item: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """A code block: `line` is where it opens, `first` the line of its first line of code."""

    text: str
    line: int
    first: int
    language: str = ""


Block = Heading | Text | Code


def read_blocks(text: str, path: str) -> tuple[Block, ...]:
    """Give the document's blocks in order.

    Raises:
        PlanError: a code fence is never closed, or lists are nested too deeply.
    """
    tokens = _markdown().parse(text)
    lines = text.split("\n")
    for token in tokens:
        _check(token, lines, path)
    return tuple(_blocks(tokens))


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"maxNesting": MAX_LEVEL + 20})
    markdown.core.ruler.disable(["inline", "text_join"])
    return markdown.disable("reference")


def _check(token: Token, lines: Sequence[str], path: str) -> None:
    if token.level > MAX_LEVEL:
        raise fault(path, _line(token), "lists or quotes are nested too deeply to be read")
    if token.type == "fence":
        _check_fence(token, lines, path)


def _check_fence(token: Token, lines: Sequence[str], path: str) -> None:
    open_here = f"the code block that opens here is not closed by {token.markup}"
    if not _closed(token, lines):
        raise fault(path, _line(token), open_here)
    another = re.compile(rf" {{0,3}}{re.escape(token.markup)}{token.markup[0]}*\s*[A-Za-z]")
    for number, line in enumerate(token.content.split("\n"), _line(token) + 1):
        if another.match(line):
            raise fault(path, _line(token), f"{open_here} before line {number} opens another")


def _closed(token: Token, lines: Sequence[str]) -> bool:
    start, end = token.map or (0, 0)
    last = lines[end - 1].lstrip(" \t>").rstrip() if end - 1 > start else ""
    return len(last) >= len(token.markup) and set(last) == {token.markup[0]}


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    depth, fresh = 0, False
    heading: Token | None = None
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        elif token.type == "list_item_open":
            fresh = True
        elif token.type == "heading_open":
            heading = token
        elif token.type == "inline" and heading:
            yield from _heading(heading, token)
            heading, fresh = None, False
        elif token.type == "inline":
            yield from _texts(token, depth, fresh)
            fresh = False
        elif token.type in ("fence", "code_block"):
            yield _code(token)


def _heading(opening: Token, content: Token) -> Iterator[Block]:
    """Give a heading; a paragraph of several lines above a "---" is meant as text above a rule."""
    underlined = opening.markup in ("-", "=")
    if underlined and ("\n" in content.content or re.match(r"\*\*|__", content.content)):
        yield from _texts(content, 0, False)
    else:
        yield Heading(content.content.strip(), _line(opening), int(opening.tag[1:]), underlined)


def _texts(token: Token, depth: int, fresh: bool) -> Iterator[Text]:
    for number, text in enumerate(token.content.split("\n")):
        yield Text(text.strip(), _line(token) + number, depth, fresh and number == 0)


def _code(token: Token) -> Code:
    line = _line(token)
    first = line + 1 if token.type == "fence" else line
    language = next(iter(token.info.split()), "").strip("{}.").lower()
    return Code(token.content, line, first, language)
