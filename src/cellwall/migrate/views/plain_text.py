"""Makes texts of plans, repositories and target code harmless to show: nothing in them can steer a terminal.

Names of rich's or Markdown's own mark-up are not known here.
"""

from rich.cells import cell_len, set_cell_size

from cellwall.project.number_of import number_of


def plain(text: object) -> str:
    """Give the text on one line, every character that does not print shown by its escape: `\\x1b`, `\\n`.

    Not printing are controls, zero-width and bidirectional marks, line separators, and lone surrogates.
    """
    shown = str(text)
    return shown if shown.isprintable() else "".join(map(_shown, shown))


def _shown(character: str) -> str:
    return character if character.isprintable() else ascii(character)[1:-1]


def plain_lines(text: object) -> list[str]:
    """Give the text's lines, each made plain; for evidence of several lines."""
    return [plain(line) for line in str(text).split("\n")]


def fit(text: str, width: int, *, ascii_only: bool = False) -> str:
    """Cut or pad a plain text to exactly `width` terminal cells; a cut text ends in an ellipsis."""
    text = as_ascii(text) if ascii_only else text
    if cell_len(text) > width:
        mark = ".." if ascii_only else "…"
        keep = max(0, width - len(mark))
        text = (set_cell_size(text, keep) + mark)[:width] if keep else mark[:width]
    return set_cell_size(text, width)


def as_ascii(text: str) -> str:
    """Give the text with "?" for what an ASCII terminal cannot show."""
    return text.encode("ascii", "replace").decode("ascii")


def duration(seconds: float) -> str:
    """Give a length of time as people say it, e.g. "2 hours 5 minutes", "45 seconds"."""
    whole = round(max(0.0, seconds))
    if whole < 60:
        return number_of(whole, "second")
    minutes = round(whole / 60)
    hours, rest = divmod(minutes, 60)
    parts = [number_of(hours, "hour") if hours else "", number_of(rest, "minute") if rest else ""]
    return " ".join(filter(None, parts))
