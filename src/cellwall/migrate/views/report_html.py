"""The report as one HTML page that loads nothing; every text is escaped. For light, dark and paper."""

from html import escape as escape_html
from typing import Final

from cellwall.migrate.state import State
from cellwall.migrate.views.document import Block, Evidence, Heading, Line, Note, Table
from cellwall.migrate.views.plain_text import plain, plain_lines
from cellwall.migrate.views.report_document import report_document
from cellwall.migrate.views.report_style import STYLE

MARKS: Final[dict[bool | None, str]] = {True: "met", False: "missed", None: "unknown"}
WORDS: Final = {"met": "met", "not met": "missed", "not measured": "unknown"}
PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def render_html(state: State) -> str:
    """Give the report as a self-contained HTML page."""
    blocks = report_document(state)
    title = next((block.text for block in blocks if isinstance(block, Heading)), "")
    parts: list[str] = []
    in_list = False
    for block in blocks:
        if isinstance(block, Line) is not in_list:
            in_list = not in_list
            parts.append("<dl>" if in_list else "</dl>")
        parts.append(_render(block))
    parts += ["</dl>"] if in_list else []
    return PAGE.format(title=escape(title), style=STYLE, body="\n".join(parts))


def escape(text: object) -> str:
    """Give the text for an element's content or an attribute."""
    return escape_html(plain(text), quote=True)


def _render(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"<h{level}>{escape(text)}</h{level}>"
        case Line(label, value, met):
            mark = MARKS[met] if met is None or isinstance(met, bool) else "plain"
            return f'<div class="{mark}"><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>'
        case Note(text):
            return f"<p>{escape(text)}</p>"
        case Table():
            return _table(block)
        case Evidence(text):
            lines = "\n".join(escape(line) for line in plain_lines(text))
            return f"<pre>{lines}</pre>"


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    rows = "\n".join(_row(table, row) for row in table.rows)
    inside = f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>"
    return f'<div class="wide"><table>\n{inside}\n</table></div>'


def _row(table: Table, row: tuple[str, ...]) -> str:
    mark = f' class="{WORDS.get(row[0], "unknown")}"' if table.judged else ""
    return f"<tr{mark}>" + "".join(_cell(table, i, cell) for i, cell in enumerate(row)) + "</tr>"


def _cell(table: Table, column: int, text: str) -> str:
    shown = escape(text)
    return f"<td><code>{shown}</code></td>" if column in table.code else f"<td>{shown}</td>"
