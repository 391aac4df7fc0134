"""Takes lists of items, scopes and plain text out of a section, without Markdown's inline marks."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from cellwall.migrate.plan.blocks import Block, Code, Heading, Text
from cellwall.migrate.plan.model import Item
from cellwall.migrate.plan.sections import Section, list_items

_MARKS = re.compile(r"`([^`]*)`|\*\*")
MAX_BARE: Final = 2000  # characters of a line of scopes without backticks
_SIGN = re.compile(r"^(?:\[[ xX]\]|[^\w\s<>(){}\[\]\"'`*./~#%&@$-]+)\s+")


def plain(text: str) -> str:
    """Give a line without bold, code marks and a leading sign (an emoji, a check box).

    >>> plain("✅ All `Cart` tests **pass**")
    'All Cart tests pass'
    """
    return _MARKS.sub(lambda mark: mark[1] or "", _SIGN.sub("", text)).strip()


def items(section: Section) -> list[Item]:
    """Give the list's items, one per outermost bullet or number; without a list, one per line of text.

    An item's further lines and inner bullets belong to it, joined into one text.
    """
    texts = [block for block in section.blocks if isinstance(block, Text)]
    outermost = min((item.depth for item in list_items(texts)), default=0)
    if not outermost:
        return [Item(text, block.line) for block in texts if (text := plain(block.text))]
    found = (Item(_joined(group, outermost), group[0].line) for group in _groups(texts, outermost))
    return [item for item in found if item.text]


def _groups(texts: Sequence[Text], outermost: int) -> Iterator[list[Text]]:
    group: list[Text] = []
    for text in texts:
        if text.starts_item and text.depth == outermost:
            if group:
                yield group
            group = [text]
        elif group and text.depth >= outermost:
            group.append(text)
    if group:
        yield group


def _joined(group: Sequence[Text], outermost: int) -> str:
    inner = ("; " if text.starts_item and text.depth > outermost else " " for text in group)
    return "".join(mark + plain(text.text) for mark, text in zip(inner, group, strict=True)).strip(" ;")


def paragraph(section: Section) -> Item | None:
    """Give the section's text as one item at its first line, or None when there is none."""
    texts = [block for block in section.blocks if isinstance(block, Text)]
    text = " ".join(filter(None, (plain(block.text) for block in texts)))
    return Item(text, texts[0].line) if text else None


def globs(section: Section) -> Iterator[Item]:
    """Give the globs of a scope: what stands in backticks, or on a line without any, separated by commas."""
    for block in section.blocks:
        if isinstance(block, Text):
            for glob in re.findall(r"`([^`]*)`", block.text) or _bare_globs(block.text):
                yield Item(glob.strip(), block.line)
        elif isinstance(block, Code):
            lines = enumerate(block.text.split("\n"), start=block.first)
            yield from (Item(text.strip(), line) for line, text in lines if text.strip())


def _bare_globs(text: str) -> list[str]:
    if len(text) > MAX_BARE:
        return []
    pieces = [piece.strip() for piece in re.split(r",|;|\s+(?:and|or)\s+", text)]
    return [piece for piece in pieces if piece and (" " not in piece or set("/*\\") & set(piece))]


def raw_lines(blocks: Sequence[Block]) -> Iterator[Item]:
    """Give every line as it is written, for what is shown again: a dashboard, a report's structure."""
    for block in blocks:
        if isinstance(block, Code):
            lines = enumerate(block.text.split("\n"), start=block.first)
            yield from (Item(text.rstrip(), line) for line, text in lines if text.strip())
        elif isinstance(block, Heading):
            yield Item("#" * block.level + " " + block.text, block.line)
        elif block.text:
            yield Item(("- " if block.starts_item else "") + block.text, block.line)
