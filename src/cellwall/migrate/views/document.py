"""What a report consists of, before it is Markdown or HTML. Texts are as they came; the renderers escape."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 (the title) to 4."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A label with what was measured; `met` where it is a judgement ("" where it is none)."""

    label: str
    value: str
    met: bool | str | None = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts; `code` are the indices of the columns that hold code, paths or ids.

    `judged` says that the first column is "met", "not met" or "not measured".
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    code: frozenset[int] = frozenset()
    judged: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a gate said, of one or more lines, word for word."""

    text: str


Block = Heading | Line | Note | Table | Evidence
Document = list[Block]


def verdict_word(met: bool | None) -> str:
    """Give the word for a judgement."""
    return "not measured" if met is None else ("met" if met else "not met")
