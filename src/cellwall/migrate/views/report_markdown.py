"""The report as Markdown. Texts of plans and repositories are escaped: they show, and mark up nothing."""

import re
from typing import Final

from cellwall.migrate.state import State
from cellwall.migrate.views.document import Block, Evidence, Heading, Line, Note, Table
from cellwall.migrate.views.plain_text import plain, plain_lines
from cellwall.migrate.views.report_document import report_document

SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~!&@])")
LINKS: Final = re.compile(r"(https?|ftp|www)(?=[:.])", re.IGNORECASE)  # some readers link bare addresses
STARTS: Final = re.compile(r"^(\s*)([-+=]|\d+[.)])(?=\s|$|-|=)")
TICKS: Final = re.compile(r"`+")


def render_markdown(state: State) -> str:
    """Give the report as Markdown (GitHub's dialect: tables)."""
    text = "\n".join(_render(block) for block in report_document(state))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _render(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"\n{'#' * level} {escape(text)}\n"
        case Line(label, value):
            return f"- {escape(label)}: {escape(value)}"
        case Note(text):
            return f"\n{escape(text)}\n"
        case Table():
            return _table(block)
        case Evidence(text):
            return _fenced(text)


def _table(table: Table) -> str:
    head = f"| {' | '.join(map(escape, table.columns))} |"
    rule = f"|{'---|' * len(table.columns)}"
    rows = (f"| {' | '.join(_cell(table, i, cell) for i, cell in enumerate(row))} |" for row in table.rows)
    return "\n" + "\n".join((head, rule, *rows)) + "\n"


def _cell(table: Table, column: int, text: str) -> str:
    return code(text) if column in table.code else escape(text)


def escape(text: object) -> str:
    """Give the text on one line so that it shows as it is, wherever on a line it stands."""
    shown = SPECIAL.sub(r"\\\1", plain(text))
    return STARTS.sub(r"\1\\\2", LINKS.sub(r"\1&#8203;", shown)) if shown else ""


def code(text: object) -> str:
    """Give the text as a code span that fits into a table's cell."""
    shown = plain(text).replace("|", "\\|")
    fence = "`" * (1 + max((len(run) for run in TICKS.findall(shown)), default=0))
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown.strip() else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _fenced(text: str) -> str:
    lines = plain_lines(text)
    longest = max((len(run) for line in lines for run in TICKS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join(("", f"{fence}text", *lines, fence, ""))
