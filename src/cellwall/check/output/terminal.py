"""What a report for people may use of the place where it is shown: width and colours."""

import unicodedata
from enum import Enum
from typing import Final, NamedTuple

WIDEST: Final = 100  # of a source line no more is shown, however wide the terminal
NARROWEST: Final = 20


class Style(Enum):
    """How a part of a report looks, as the number of a terminal's "select graphic rendition"."""

    BOLD = 1
    RED = 31
    YELLOW = 33
    CYAN = 36


class Terminal(NamedTuple):
    """Columns, and whether colours are wanted: by default neither a narrow place nor a coloured one."""

    width: int = WIDEST
    colour: bool = False

    def painted(self, text: str, *styles: Style) -> str:
        """Give the text with its styles, as it is where no colours are wanted."""
        if not (self.colour and text):
            return text
        return f"\x1b[{';'.join(str(style.value) for style in styles)}m{text}\x1b[0m"


def columns(text: str) -> int:
    """Give the columns that printable text takes on a terminal: wide characters take two, marks none."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
