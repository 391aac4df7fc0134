"""Text as a PostgreSQL literal of plain ASCII; the only place where a value becomes part of SQL."""

import re
from typing import Final

_PLAIN: Final = re.compile(r"[A-Za-z0-9_.:@ -]*\Z")


def literal(value: str) -> str:
    """Give a literal that reads as `value` whatever the client's encoding and the server's settings are.

    Whatever is not a plain letter, digit or one of `_.:@ -` is written as the number of its character,
    so neither quotes, backslashes nor bytes of another encoding can end the literal.

    Raises:
        ValueError: the value has a character that PostgreSQL's text cannot hold.
    """
    if _PLAIN.match(value):
        return f"'{value}'"
    return "E'" + "".join(map(_escaped, value)) + "'"


def _escaped(character: str) -> str:
    number = ord(character)
    if number == 0 or 0xD800 <= number <= 0xDFFF:
        raise ValueError(f"character {number:#x} cannot be stored as text")
    if _PLAIN.match(character):
        return character
    return f"\\u{number:04X}" if number < 0x10000 else f"\\U{number:08X}"
